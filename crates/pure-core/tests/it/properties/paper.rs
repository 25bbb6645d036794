//! The paper's advantages, computed a second time from its formula.

use proptest::collection::vec;
use proptest::prelude::*;
use pure_core::credit::{Min, Sum};
use pure_core::{Baseline, CreditConfig, MethodConfig, RewardSource, SeparatorAdvantage};

use super::answers::{Answer, LIMIT, answer, calm, run, spans, worst};

/// The smallest reward of the answer for tokens up to the step that has it, then 0.
fn min_return(answer: &Answer, token: usize) -> f64 {
    let rewards = &answer.scores.process;
    if rewards.is_empty() {
        return 0.0;
    }
    let worst = worst(rewards);
    if token < answer.steps[worst].end {
        f64::from(rewards[worst])
    } else {
        0.0
    }
}

/// The returns of all tokens of an answer, one by one.
fn summed_returns(answer: &Answer) -> f64 {
    (0..answer.log_probs.len())
        .map(|token| min_return(answer, token))
        .sum()
}

proptest! {
    #[test]
    fn the_papers_advantages_follow_its_formula_term_by_term(answers in vec(answer(calm()), 1..10)) {
        let config = MethodConfig {
            credit: CreditConfig::Min(Min),
            separators: SeparatorAdvantage::Kept,
            limit: Some(LIMIT),
            ..MethodConfig::default()
        };
        let batch = run(&config, &answers);
        for (i, (answer, response)) in answers.iter().zip(batch.responses()).enumerate() {
            let others = answers.iter().enumerate().filter(|(j, other)| *j != i && other.group == answer.group);
            let others: Vec<&Answer> = others.map(|(_, other)| other).collect();
            let mean = |of: &dyn Fn(&Answer) -> f64| {
                others.iter().map(|other| of(other)).sum::<f64>() / others.len().max(1) as f64
            };
            let outcome = |answer: &Answer| f64::from(answer.scores.outcome.unwrap_or(0.0));
            let baseline = mean(&outcome) + mean(&summed_returns) / LIMIT as f64;
            for (token, advantage) in response.advantages.iter().enumerate() {
                let kl: f64 = answer.log_probs[token..].iter().map(|(p, q)| f64::from(p - q)).sum();
                let own = min_return(answer, token) + outcome(answer) - 0.001 * kl;
                prop_assert!((f64::from(*advantage) - (own - baseline)).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn a_sum_over_one_step_that_is_paid_its_outcome_is_the_outcome_alone(
        answers in vec(answer(calm()), 2..10),
        verdicts in vec(any::<bool>(), 10),
    ) {
        let mut answers = answers;
        for (answer, right) in answers.iter_mut().zip(&verdicts) {
            let worth = f32::from(u8::from(*right));
            let length = answer.log_probs.len();
            answer.steps = if length == 0 { vec![] } else { spans(&[length]) };
            answer.scores.process = vec![worth; answer.steps.len()];
            // An answer without tokens is paid nothing for steps that it does not have.
            answer.scores.outcome = Some(if length == 0 { 0.0 } else { worth });
        }
        let of = |source| {
            let mut config = MethodConfig {
                credit: CreditConfig::Sum(Sum { gamma: 1.0 }),
                baseline: Baseline::Rloo,
                separators: SeparatorAdvantage::Kept,
                limit: Some(LIMIT),
                ..MethodConfig::default()
            };
            config.reward.source = source;
            run(&config, &answers).advantages().to_vec()
        };
        prop_assert_eq!(of(RewardSource::Process), of(RewardSource::Outcome));
    }
}
