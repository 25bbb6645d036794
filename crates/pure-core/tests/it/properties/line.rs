//! The whole line, for any settings and any answers.

use proptest::collection::vec;
use proptest::prelude::*;
use pure_core::{Baseline, Preset, SeparatorAdvantage, Truncated};

use super::answers::{Answer, answer, calm, run, wild};
use super::settings::{config, without_whitening};

proptest! {
    #[test]
    fn order_of_answers_and_groups_changes_nothing(
        config in config(),
        answers in vec(answer(calm()), 1..12),
        seed in any::<u64>(),
    ) {
        let mut order: Vec<usize> = (0..answers.len()).collect();
        order.sort_by_key(|&index| (index as u64 + 1).wrapping_mul(seed | 1));
        let shuffled: Vec<Answer> = order.iter().map(|&index| {
            let answer = answers[index].clone();
            Answer { group: 3 - answer.group, ..answer }
        }).collect();
        let (plain, shuffled) = (run(&config, &answers), run(&config, &shuffled));
        for (place, &index) in order.iter().enumerate() {
            let (a, b) = (plain.response(index), shuffled.response(place));
            prop_assert_eq!(a.token_rewards, b.token_rewards);
            prop_assert_eq!(a.returns, b.returns);
            for (a, b) in a.advantages.iter().zip(b.advantages) {
                prop_assert!((a - b).abs() <= 1e-4 * a.abs().max(1.0), "{} and {}", a, b);
            }
        }
    }

    #[test]
    fn other_groups_and_their_lengths_change_nothing(
        config in config(),
        answers in vec(answer(calm()), 1..8),
        other in answer(calm()),
    ) {
        let config = without_whitening(config);
        let mut more = answers.clone();
        more.push(Answer { group: 9, ..other });
        let (alone, beside) = (run(&config, &answers), run(&config, &more));
        for index in 0..answers.len() {
            prop_assert_eq!(alone.response(index), beside.response(index));
        }
    }

    #[test]
    fn finite_inputs_give_finite_outputs(config in config(), answers in vec(answer(wild()), 1..8)) {
        let batch = run(&config, &answers);
        for response in batch.responses() {
            prop_assert!(response.token_rewards.iter().all(|value| value.is_finite()));
            prop_assert!(response.returns.iter().all(|value| value.is_finite()));
            prop_assert!(response.advantages.iter().all(|value| value.is_finite()));
            prop_assert!(response.baseline.constant.is_finite());
            prop_assert!(response.baseline.per_unit.is_finite());
        }
    }

    #[test]
    fn advantages_are_returns_less_the_baseline(answers in vec(answer(calm()), 1..8), config in config()) {
        let mut config = without_whitening(config);
        config.truncated = Truncated::Kept;
        if config.baseline == Baseline::Grpo {
            config.baseline = Baseline::DrGrpo;
        }
        let batch = run(&config, &answers);
        for (answer, response) in answers.iter().zip(batch.responses()) {
            let baseline = response.baseline.at_tokens(&answer.steps, response.returns.len());
            for (token, advantage) in response.advantages.iter().enumerate() {
                let separator = answer.steps.iter().any(|step| step.last() == token);
                if separator && config.separators == SeparatorAdvantage::Masked {
                    prop_assert_eq!(*advantage, 0.0);
                } else {
                    let expected = response.returns[token] - baseline[token];
                    prop_assert!((advantage - expected).abs() < 1e-5);
                }
            }
        }
    }

    #[test]
    fn whitened_advantages_have_mean_0_and_deviation_1(answers in vec(answer(calm()), 4..12)) {
        let mut config = Preset::Verl.config();
        config.whiten = true;
        let batch = run(&config, &answers);
        let n = batch.advantages().len() as f64;
        prop_assume!(n > 20.0);
        let values = || batch.advantages().iter().map(|&a| f64::from(a));
        let mean = values().sum::<f64>() / n;
        let variance = values().map(|a| (a - mean).powi(2)).sum::<f64>() / (n - 1.0);
        prop_assert!(mean.abs() < 1e-5, "{}", mean);
        prop_assert!((variance - 1.0).abs() < 1e-3, "{}", variance);
    }
}
