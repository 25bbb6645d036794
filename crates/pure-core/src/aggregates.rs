//! One number for a whole answer from the rewards of its steps.
//!
//! With `r_1 … r_n` the rewards of the steps, `P_t = (1 + r_t) / 2` the probability that step `t` is
//! good, and `T = 0.1`:
//!
//! | name | number | range |
//! | --- | --- | --- |
//! | `min` | `min_t r_t`: the answer is as good as its worst step | -1 to 1 |
//! | `soft_min` | `sum_t w_t r_t`, `w = softmax(-r / T)`: what [`SoftMin`] pays in all | -1 to 1 |
//! | `mean` | `sum_t r_t / n` | -1 to 1 |
//! | `product` | `prod_t P_t`: all steps are good, were they independent; longer answers lose | 0 to 1 |
//! | `last` | `r_n`: a last step that sees the whole answer judges it | -1 to 1 |
//!
//! Minimum and product are those of "Let's Verify Step by Step" (arXiv 2305.20050), the last step that
//! of "Scaling LLM Test-Time Compute Optimally" (arXiv 2408.03314).

use serde::{Deserialize, Serialize};

use crate::{Credit, Scores, SoftMin, StepSpan};

/// What the rewards of an answer's steps say of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aggregates {
    /// The worst reward.
    pub min: f64,
    /// The mean, weighted towards the worst.
    pub soft_min: f64,
    /// The plain mean.
    pub mean: f64,
    /// The product of the probabilities of being good.
    pub product: f64,
    /// The reward of the last step.
    pub last: f64,
}

impl Aggregates {
    /// Those of rewards in `[-1, 1]`; nothing where there are no steps.
    pub fn of(rewards: &[f32]) -> Option<Self> {
        let last = f64::from(*rewards.last()?);
        let wide = || rewards.iter().copied().map(f64::from);
        Some(Self {
            min: wide().fold(f64::INFINITY, f64::min),
            soft_min: soft_min(rewards),
            mean: wide().sum::<f64>() / rewards.len() as f64,
            product: wide().map(|reward| (1.0 + reward) / 2.0).product(),
            last,
        })
    }
}

/// What the form of credit pays to steps of one token each.
fn soft_min(rewards: &[f32]) -> f64 {
    let step = |start| StepSpan {
        start,
        end: start + 1,
    };
    let steps: Vec<StepSpan> = (0..rewards.len()).map(step).collect();
    let scores = Scores {
        process: rewards.to_vec(),
        outcome: None,
    };
    let mut paid = vec![0.0; rewards.len()];
    SoftMin::default().assign(&steps, &scores, &mut paid);
    paid.into_iter().map(f64::from).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_is_what_the_table_says() {
        let found = Aggregates::of(&[0.5, -0.5, 0.75]).unwrap();
        assert_eq!(
            (found.min, found.mean, found.last),
            (-0.5, 0.75 / 3.0, 0.75)
        );
        assert!((found.product - 0.75 * 0.25 * 0.875).abs() < 1e-12);
        let weights = [0.5_f64, -0.5, 0.75].map(|reward| (-reward / 0.1).exp());
        let sum: f64 = weights.iter().sum();
        let expected = (0.5 * weights[0] - 0.5 * weights[1] + 0.75 * weights[2]) / sum;
        assert!((found.soft_min - expected).abs() < 1e-7);
    }

    #[test]
    fn one_step_is_its_answer() {
        let found = Aggregates::of(&[-0.25]).unwrap();
        assert_eq!(
            [found.min, found.soft_min, found.mean, found.last],
            [-0.25; 4]
        );
        assert_eq!(found.product, 0.375);
    }

    #[test]
    fn an_answer_without_steps_has_none() {
        assert_eq!(Aggregates::of(&[]), None);
    }
}
