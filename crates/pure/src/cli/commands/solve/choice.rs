//! Which of several answers a reward model prefers.
//!
//! ```text
//! chosen = argmax over answers i of aggregate(r_i1 … r_in)      best of N (arXiv 2305.20050)
//! ```
//!
//! the aggregate from 0 to 1, as `pure eval` has it; the first of those that tie. An answer that could not be judged has
//! no score, and is chosen only where none has.

use pure::core::{Aggregate, Aggregates, Finish};
use pure::eval::Compute;
use pure::verify::Verifier;
use serde::Serialize;
use serde_json::json;

/// An answer of the model.
pub struct Attempt {
    pub text: String,
    pub tokens: usize,
    pub finish: Finish,
}

/// An answer with what the reward model thinks of it.
#[derive(Serialize)]
pub struct Scored {
    pub sample: usize,
    /// From 0 to 1.
    pub score: Option<f64>,
    /// The final answer that it states.
    pub answer: Option<String>,
    pub rewards: Vec<f32>,
    pub tokens: usize,
    pub finish: Finish,
    pub text: String,
}

/// All answers, the best one first.
pub struct Choice {
    pub aggregate: Aggregate,
    /// Tokens that all of it took.
    pub compute: Compute,
    answers: Vec<Scored>,
}

impl Choice {
    /// That among attempts, one at least, whose steps have these rewards.
    pub fn of(
        aggregate: Aggregate,
        compute: Compute,
        attempts: Vec<Attempt>,
        rewards: Vec<Option<Vec<f32>>>,
    ) -> Self {
        let verifier = Verifier::default();
        let scored = attempts.into_iter().zip(rewards).enumerate();
        let scored = scored.map(|(sample, (attempt, rewards))| {
            let rewards = rewards.unwrap_or_default();
            Scored {
                sample,
                score: Aggregates::of(&rewards).map(|all| all.weight(aggregate)),
                answer: verifier.verify(&attempt.text, "").extracted,
                rewards,
                tokens: attempt.tokens,
                finish: attempt.finish,
                text: attempt.text,
            }
        });
        let mut answers: Vec<Scored> = scored.collect();
        let score = |answer: &Scored| answer.score.unwrap_or(f64::NEG_INFINITY);
        answers.sort_by(|a, b| score(b).total_cmp(&score(a)));
        Self {
            aggregate,
            compute,
            answers,
        }
    }

    pub fn chosen(&self) -> &Scored {
        &self.answers[0]
    }

    /// The others, from the best to the worst.
    pub fn rejected(&self) -> &[Scored] {
        &self.answers[1..]
    }

    pub fn json(&self, problem: &str) -> String {
        let all = json!({
            "problem": problem, "aggregate": self.aggregate, "compute": self.compute,
            "chosen": self.chosen(), "rejected": self.rejected(),
        });
        format!("{all}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(aggregate: Aggregate) -> Choice {
        let texts = [
            "It is \\boxed{1}.",
            "It is \\boxed{2}.",
            "No.",
            "\\boxed{4}",
        ];
        let attempt = |text: &str| Attempt {
            text: text.to_owned(),
            tokens: 10,
            finish: Finish::End,
        };
        let rewards = [
            Some(vec![0.0, 0.8]),
            Some(vec![0.4, 0.2]),
            None,
            Some(vec![0.4, 0.2]),
        ];
        let compute = Compute::default();
        Choice::of(
            aggregate,
            compute,
            texts.map(attempt).into(),
            rewards.into(),
        )
    }

    /// Worked by hand: minima 0 and 0.2, means 0.4 and 0.3, products 0.5 * 0.9 and 0.7 * 0.6.
    #[test]
    fn the_aggregate_decides_and_of_those_that_tie_the_first_is_taken() {
        for (aggregate, order, best) in [
            (Aggregate::Min, [1, 3, 0, 2], 0.6),
            (Aggregate::Mean, [0, 1, 3, 2], 0.7),
            (Aggregate::Product, [0, 1, 3, 2], 0.45),
            (Aggregate::Last, [0, 1, 3, 2], 0.9),
        ] {
            let choice = choice(aggregate);
            let found: Vec<usize> = choice.answers.iter().map(|it| it.sample).collect();
            assert_eq!(found, order, "{aggregate}");
            assert!(
                (choice.chosen().score.unwrap() - best).abs() < 1e-6,
                "{aggregate}"
            );
        }
    }

    #[test]
    fn what_could_not_be_judged_is_last() {
        let choice = choice(Aggregate::Min);
        let last = choice.rejected().last().unwrap();
        assert_eq!((last.sample, last.score), (2, None));
        assert_eq!(choice.chosen().answer.as_deref(), Some("2"));
    }
}
