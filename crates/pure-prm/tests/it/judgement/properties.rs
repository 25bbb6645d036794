//! What holds for every reward model.

use std::num::NonZeroU16;

use proptest::collection::vec;
use proptest::prelude::*;
use pure_prm::judgement::{
    BestOfN, BestThreshold, Candidate, FirstErrorQuality, JudgedSteps, Reliability, StepQuality,
};

use super::{Answer, collected, steps};

/// Any probability, often one that ties; eighths, so that `1 - p` is exact.
fn probability() -> impl Strategy<Value = f32> {
    prop_oneof![
        (0_u8..=8).prop_map(|eighths| f32::from(eighths) / 8.0),
        0.0_f32..=1.0
    ]
}

fn pairs() -> impl Strategy<Value = Vec<(f32, bool)>> {
    vec((probability(), any::<bool>()), 0..60)
}

fn answers() -> impl Strategy<Value = Vec<Answer>> {
    let answer = (
        vec(probability(), 0..6),
        any::<prop::sample::Index>(),
        any::<bool>(),
    );
    let answer = answer.prop_map(|(p_good, index, has_error)| {
        let error = (has_error && !p_good.is_empty()).then(|| index.index(p_good.len()));
        (p_good, error)
    });
    vec(answer, 0..12)
}

/// Scores that often tie, or any that are finite.
fn samples(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Candidate>> {
    let score = prop_oneof![(-2_i8..4).prop_map(f64::from), any::<f64>()];
    let sample = (score, any::<bool>(), prop::option::of(0_usize..4));
    let sample = sample.prop_map(|(score, right, answer)| Candidate {
        score: if score.is_finite() { score } else { 0.0 },
        right,
        answer,
    });
    vec(sample, count)
}

/// Every number of a report, wherever it stands; JSON has `null` for what is none, and for the absent.
fn numbers(report: &impl serde::Serialize) -> Vec<f64> {
    fn walk(value: &serde_json::Value, numbers: &mut Vec<f64>) {
        match value {
            serde_json::Value::Array(list) => list.iter().for_each(|value| walk(value, numbers)),
            serde_json::Value::Object(map) => map.values().for_each(|value| walk(value, numbers)),
            other => numbers.extend(other.as_f64()),
        }
    }
    let mut found = Vec::new();
    walk(&serde_json::to_value(report).unwrap(), &mut found);
    found
}

proptest! {
    #[test]
    fn a_model_turned_round_is_as_good_on_labels_turned_round(pairs in pairs()) {
        // 1 - p is rounded, so that it may tie what did not: only the exact ones.
        let exact = |&(p, _): &(f32, bool)| (p * 8.0).fract() == 0.0;
        let pairs: Vec<_> = pairs.into_iter().filter(exact).collect();
        let turned: Vec<_> = pairs.iter().map(|&(p, good)| (1.0 - p, !good)).collect();
        let (one, other) = (StepQuality::of(&steps(&pairs)), StepQuality::of(&steps(&turned)));
        prop_assert_eq!(one.roc_auc, other.roc_auc);
        prop_assert_eq!(one.brier, other.brier);
    }

    #[test]
    fn area_is_the_share_of_pairs_in_order(pairs in pairs()) {
        let (mut wins, mut count) = (0.0, 0.0);
        for &(good, _) in pairs.iter().filter(|(_, good)| *good) {
            for &(bad, _) in pairs.iter().filter(|(_, good)| !good) {
                wins += if good > bad { 1.0 } else if good == bad { 0.5 } else { 0.0 };
                count += 1.0;
            }
        }
        let expected = (count > 0.0).then(|| wins / count);
        prop_assert_eq!(StepQuality::of(&steps(&pairs)).roc_auc, expected);
    }

    #[test]
    fn what_comes_in_parts_is_measured_as_what_comes_at_once(pairs in pairs(), cut in 0_usize..60) {
        let (head, tail) = pairs.split_at(cut.min(pairs.len()));
        let mut parts = JudgedSteps::default();
        parts.extend(head.iter().copied()).unwrap();
        parts.extend(tail.iter().copied()).unwrap();
        prop_assert_eq!(StepQuality::of(&parts), StepQuality::of(&steps(&pairs)));
    }

    #[test]
    fn step_numbers_are_shares_or_absent(pairs in pairs(), bins in 1_u16..40) {
        let steps = steps(&pairs);
        let StepQuality { steps: count, log_loss, .. } = StepQuality::of(&steps);
        prop_assert!(log_loss.is_none_or(|loss| (0.0..16.0).contains(&loss)));
        let shares = StepQuality { steps: 0, log_loss: None, ..StepQuality::of(&steps) };
        for share in numbers(&shares) {
            prop_assert!((0.0..=1.0).contains(&share), "{:?}", shares);
        }
        let diagram = Reliability::of(&steps, NonZeroU16::new(bins).unwrap());
        prop_assert!(diagram.calibration_error.is_none_or(|e| (0.0..=1.0).contains(&e)));
        prop_assert_eq!(diagram.bins.iter().map(|bin| bin.steps).sum::<usize>(), count);
        for (index, bin) in diagram.bins.iter().enumerate() {
            let inside = |mean: f64| {
                (bin.above - 1e-12..=bin.up_to + 1e-12).contains(&mean) && (index == 0 || mean > 0.0)
            };
            prop_assert!(bin.mean_predicted.is_none_or(inside), "{:?}", bin);
        }
    }

    #[test]
    fn answers_count_as_their_first_errors_say(answers in answers(), threshold in probability()) {
        let found = FirstErrorQuality::of(&collected(&answers), threshold).unwrap();
        let right = |(p_good, error): &&Answer| {
            let first_called_bad = p_good.iter().position(|&p| p < threshold);
            first_called_bad == *error
        };
        let share = |of: &dyn Fn(&Answer) -> bool| {
            let all = answers.iter().filter(|answer| of(answer));
            let count = all.clone().count();
            (count > 0).then(|| all.filter(right).count() as f64 / count as f64)
        };
        prop_assert_eq!(found.accuracy, share(&|_| true));
        prop_assert_eq!(found.accuracy_with_error, share(&|answer| answer.1.is_some()));
        prop_assert_eq!(found.accuracy_without_error, share(&|answer| answer.1.is_none()));
        let mean = found.accuracy_with_error.zip(found.accuracy_without_error).map(|(a, b)| {
            if a + b > 0.0 { 2.0 * a * b / (a + b) } else { 0.0 }
        });
        prop_assert_eq!(found.f1.is_some(), mean.is_some());
        prop_assert!((found.f1.unwrap_or(0.0) - mean.unwrap_or(0.0)).abs() < 1e-12);
    }

    #[test]
    fn the_best_threshold_is_the_best_of_all_that_differ(answers in answers()) {
        let all = collected(&answers);
        let at = |threshold: f32| FirstErrorQuality::of(&all, threshold).unwrap().f1;
        let occurring = answers.iter().flat_map(|(p_good, _)| p_good.iter().copied());
        let mut candidates: Vec<f32> = occurring.chain([0.0, 1.0]).collect();
        candidates.sort_by(f32::total_cmp);
        candidates.dedup();
        let Some(best) = BestThreshold::of(&all) else {
            prop_assert_eq!(at(0.5), None);
            return Ok(());
        };
        let highest = candidates.iter().filter_map(|&threshold| at(threshold)).fold(0.0, f64::max);
        prop_assert_eq!(best.quality.f1, Some(highest));
        prop_assert_eq!(Some(best.quality), FirstErrorQuality::of(&all, best.threshold).ok());
        // The range is all of one value, holds the threshold, and none as good is wider.
        prop_assert!(best.above <= best.threshold && best.threshold <= best.up_to);
        let mut run = 0.0;
        for range in candidates.windows(2) {
            let good = at(range[1]) == Some(highest);
            let inside = best.above <= range[0] && range[1] <= best.up_to;
            prop_assert!(good || !inside);
            run = if good { run + f64::from(range[1]) - f64::from(range[0]) } else { 0.0 };
            prop_assert!(run <= f64::from(best.up_to) - f64::from(best.above) + 1e-6);
        }
    }

    #[test]
    fn the_best_of_one_is_any(problems in vec(samples(1..12), 1..6)) {
        let first = BestOfN::of(&problems).unwrap().curve[0];
        let share = |problem: &Vec<Candidate>| {
            problem.iter().filter(|sample| sample.right).count() as f64 / problem.len() as f64
        };
        let mean = problems.iter().map(share).sum::<f64>() / problems.len() as f64;
        prop_assert!((first.best - mean).abs() < 1e-12 && (first.pass - mean).abs() < 1e-12);
    }

    #[test]
    fn a_score_that_knows_the_truth_passes_and_more_samples_help_it(
        mut problems in vec(samples(1..40), 1..6),
    ) {
        for sample in problems.iter_mut().flatten() {
            sample.score = f64::from(u8::from(sample.right));
        }
        let curve = BestOfN::of(&problems).unwrap().curve;
        prop_assert!(curve.iter().all(|point| (point.best - point.pass).abs() < 1e-12));
        prop_assert!(curve.windows(2).all(|pair| pair[0].best <= pair[1].best + 1e-12));
    }

    #[test]
    fn no_score_beats_passing_and_none_is_no_share(problems in vec(samples(1..40), 0..6)) {
        let found = BestOfN::of(&problems).unwrap();
        prop_assert_eq!(found.curve.is_empty(), problems.is_empty());
        for point in &found.curve {
            prop_assert!(-1e-12 <= point.best && point.best <= point.pass + 1e-12);
            prop_assert!(point.pass <= 1.0);
        }
        if let Some(votes) = found.votes {
            prop_assert!((0.0..=1.0).contains(&votes.majority));
            prop_assert!(votes.weighted.is_none_or(|share| (0.0..=1.0).contains(&share)));
        }
    }

    #[test]
    fn order_of_samples_does_not_matter(problem in samples(1..20).prop_shuffle()) {
        let mut sorted = problem.clone();
        sorted.sort_by(|a, b| a.score.total_cmp(&b.score).then(a.right.cmp(&b.right)));
        prop_assert_eq!(BestOfN::of(&[problem]).unwrap(), BestOfN::of(&[sorted]).unwrap());
    }

    #[test]
    fn equal_weights_are_a_majority(mut problems in vec(samples(1..20), 1..6)) {
        for sample in problems.iter_mut().flatten() {
            sample.score = 0.5;
        }
        if let Some(votes) = BestOfN::of(&problems).unwrap().votes {
            prop_assert_eq!(Some(votes.majority), votes.weighted);
        }
    }
}

/// A quadratic search would not end.
#[test]
fn a_hundred_thousand_answers_have_a_best_threshold_and_a_true_judge_is_calibrated() {
    let mut state = 1_u64;
    let mut random = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1_u64 << 24) as f32
    };
    let answers: Vec<Answer> = (0..100_000)
        .map(|index| {
            let p_good = (0..10).map(|_| random()).collect();
            (p_good, (index % 2 == 0).then_some(index % 10))
        })
        .collect();
    assert!(BestThreshold::of(&collected(&answers)).is_some());

    let p_good = answers.iter().flat_map(|answer| &answer.0);
    let pairs: Vec<_> = p_good.map(|&p| (p, random() < p)).collect();
    let quality = StepQuality::of(&steps(&pairs));
    assert!(quality.calibration_error.unwrap() < 0.01, "{quality:?}");
}
