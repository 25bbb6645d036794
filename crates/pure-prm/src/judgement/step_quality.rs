//! How well single steps are judged.
//!
//! With `p_i` the probability that step `i` of `n` is good, `y_i` 1 if it is, and "called good" meaning
//! `p_i >= 1/2`, where the reward turns from negative:
//!
//! ```text
//! accuracy  = (1 / n) sum_i [called good = good]
//! precision = called so and so / called so        recall = called so and so / so
//! F1        = 2 * called so and so / (called so + so)
//! log loss  = -(1 / n) sum_i (y_i ln p_i + (1 - y_i) ln (1 - p_i))
//! Brier     = (1 / n) sum_i (p_i - y_i)^2
//! ```
//!
//! "So" is each class in turn, good and bad: where nearly all steps are good, accuracy and the class of
//! good steps look fine for a model that never finds an error. All as scikit-learn defines them; there an
//! absent number is written as 0, and `p` is clipped by its type's epsilon for the log loss, as here.

use serde::Serialize;

use super::{DEFAULT_BINS, JudgedSteps, Reliability, roc_auc, share};

const THRESHOLD: f32 = 0.5;

/// The numbers of a set of steps; what they do not give is absent.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct StepQuality {
    /// The number of steps.
    pub steps: usize,
    /// The share of them that are good. The accuracy of calling all of them good, to be beaten.
    pub share_good: Option<f64>,
    /// The share of them that are called what they are.
    pub accuracy: Option<f64>,
    /// How well good steps are recognised.
    pub good: ClassQuality,
    /// How well bad steps are recognised.
    pub bad: ClassQuality,
    /// The [area under the ROC curve](roc_auc): whatever the threshold, are good steps ranked above bad
    /// ones?
    pub roc_auc: Option<f64>,
    /// The mean cross entropy, in nats, `p` kept `f32::EPSILON` away from 0 and 1.
    pub log_loss: Option<f64>,
    /// The mean squared error of `p`.
    pub brier: Option<f64>,
    /// The [expected calibration error](Reliability), in [`DEFAULT_BINS`].
    pub calibration_error: Option<f64>,
}

/// How well the steps of one class are recognised.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct ClassQuality {
    /// Of the steps called so, the share that are; absent if none is called so.
    pub precision: Option<f64>,
    /// Of the steps that are so, the share called so; absent if none is so.
    pub recall: Option<f64>,
    /// Their harmonic mean, 0 where steps are so but none is rightly called so; absent only if none is
    /// so nor called so.
    pub f1: Option<f64>,
}

impl ClassQuality {
    fn of(both: usize, called: usize, are: usize) -> Self {
        Self {
            precision: share(both, called),
            recall: share(both, are),
            f1: share(2 * both, called + are),
        }
    }
}

impl StepQuality {
    /// That of steps.
    pub fn of(steps: &JudgedSteps) -> Self {
        let pairs = steps.pairs();
        // By what they are called, then by what they are: bad, good.
        let mut counts = [[0; 2]; 2];
        for &(p, good) in pairs {
            counts[usize::from(p >= THRESHOLD)][usize::from(good)] += 1;
        }
        let [[bad_as_bad, good_as_bad], [bad_as_good, good_as_good]] = counts;
        let (good, bad) = (good_as_good + good_as_bad, bad_as_bad + bad_as_good);
        let mean = |of: fn(f64, bool) -> f64| {
            let sum: f64 = pairs.iter().map(|&(p, good)| of(f64::from(p), good)).sum();
            (!pairs.is_empty()).then(|| sum / pairs.len() as f64)
        };
        Self {
            steps: pairs.len(),
            share_good: share(good, pairs.len()),
            accuracy: share(good_as_good + bad_as_bad, pairs.len()),
            good: ClassQuality::of(good_as_good, good_as_good + bad_as_good, good),
            bad: ClassQuality::of(bad_as_bad, bad_as_bad + good_as_bad, bad),
            roc_auc: roc_auc(pairs.iter().map(|&(p, good)| (f64::from(p), good))),
            log_loss: mean(cross_entropy),
            brier: mean(|p, good| (p - f64::from(u8::from(good))).powi(2)),
            calibration_error: Reliability::of(steps, DEFAULT_BINS).calibration_error,
        }
    }
}

fn cross_entropy(p: f64, good: bool) -> f64 {
    let epsilon = f64::from(f32::EPSILON);
    let p = p.clamp(epsilon, 1.0 - epsilon);
    -(if good { p } else { 1.0 - p }).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure<const N: usize>(pairs: [(f32, bool); N]) -> StepQuality {
        let mut steps = JudgedSteps::default();
        steps.extend(pairs).unwrap();
        StepQuality::of(&steps)
    }

    #[test]
    fn each_number_follows_its_formula() {
        let found = measure([(0.75, true), (0.5, false), (0.25, true), (0.125, false)]);
        assert_eq!((found.steps, found.share_good), (4, Some(0.5)));
        assert_eq!((found.accuracy, found.roc_auc), (Some(0.5), Some(0.75)));
        let half = ClassQuality {
            precision: Some(0.5),
            recall: Some(0.5),
            f1: Some(0.5),
        };
        assert_eq!((found.good, found.bad), (half, half));
        let brier = (0.0625 + 0.25 + 0.5625 + 0.015625) / 4.0;
        assert_eq!(found.brier, Some(brier));
        let likelihood: f64 = 0.75 * 0.5 * 0.25 * 0.875;
        assert!((found.log_loss.unwrap() + likelihood.ln() / 4.0).abs() < 1e-12);
    }

    #[test]
    fn a_model_that_never_finds_an_error_has_no_precision_there_and_f1_of_zero() {
        let found = measure([(0.9, true), (0.8, false)]);
        let blind = ClassQuality {
            precision: None,
            recall: Some(0.0),
            f1: Some(0.0),
        };
        assert_eq!(found.bad, blind);
        assert_eq!(found.good.recall, Some(1.0));
    }

    #[test]
    fn what_the_data_do_not_give_is_absent() {
        assert_eq!(measure([]), StepQuality::default());
        let right = measure([(1.0, true)]);
        assert_eq!((right.bad, right.roc_auc), (ClassQuality::default(), None));
    }

    #[test]
    fn certainty_that_is_wrong_costs_much_but_not_everything() {
        let found = measure([(1.0, false), (0.0, true)]);
        assert!((found.log_loss.unwrap() - 15.94).abs() < 0.01);
        assert_eq!(
            (found.brier, found.calibration_error),
            (Some(1.0), Some(1.0))
        );
    }
}
