//! Answers of any kind, and the line run over them.

use proptest::collection::vec;
use proptest::prelude::*;
use pure_core::{CreditedBatch, Finish, LogProbs, MethodConfig, Response, Scores, StepSpan};

pub const LIMIT: usize = 64;

/// An answer with everything a [`Response`] borrows from.
#[derive(Debug, Clone)]
pub struct Answer {
    pub group: usize,
    pub steps: Vec<StepSpan>,
    pub scores: Scores,
    pub log_probs: Vec<(f32, f32)>,
    pub finish: Finish,
}

pub fn spans(lengths: &[usize]) -> Vec<StepSpan> {
    let mut end = 0;
    let span = |&length: &usize| {
        end += length;
        StepSpan {
            start: end - length,
            end,
        }
    };
    lengths.iter().map(span).collect()
}

pub fn answer(numbers: impl Strategy<Value = f32> + Clone) -> impl Strategy<Value = Answer> {
    let steps = vec((1_usize..8, numbers.clone()), 0..8);
    let outcome = prop_oneof![Just(None), Just(Some(0.0)), Just(Some(1.0))];
    let finish = prop_oneof![Just(Finish::End), Just(Finish::Length)];
    let log_probs = vec((numbers.clone(), numbers), LIMIT);
    (0_usize..4, steps, outcome, finish, log_probs).prop_map(
        |(group, steps, outcome, finish, mut log_probs)| {
            let (lengths, process): (Vec<usize>, Vec<f32>) = steps.into_iter().unzip();
            log_probs.truncate(lengths.iter().sum());
            let scores = Scores { process, outcome };
            Answer {
                group,
                steps: spans(&lengths),
                scores,
                log_probs,
                finish,
            }
        },
    )
}

pub fn calm() -> impl Strategy<Value = f32> + Clone {
    -1.0_f32..1.0
}

/// Any finite number, the largest and smallest included.
pub fn wild() -> impl Strategy<Value = f32> + Clone {
    prop_oneof![
        prop::num::f32::NORMAL | prop::num::f32::SUBNORMAL | prop::num::f32::ZERO,
        Just(f32::MAX),
        Just(f32::MIN),
        -1.0_f32..1.0,
    ]
}

pub fn run(config: &MethodConfig, answers: &[Answer]) -> CreditedBatch {
    let log_probs: Vec<(Vec<f32>, Vec<f32>)> = answers
        .iter()
        .map(|answer| answer.log_probs.iter().copied().unzip())
        .collect();
    let responses = answers
        .iter()
        .zip(&log_probs)
        .map(|(answer, (policy, reference))| Response {
            group: answer.group,
            length: policy.len(),
            steps: &answer.steps,
            scores: &answer.scores,
            log_probs: Some(LogProbs { policy, reference }),
            finish: answer.finish,
        });
    config
        .build()
        .unwrap()
        .run(&responses.collect::<Vec<_>>())
        .unwrap()
}

pub fn worst(rewards: &[f32]) -> usize {
    let by_reward = |&a: &usize, &b: &usize| rewards[a].total_cmp(&rewards[b]);
    (0..rewards.len()).min_by(by_reward).unwrap()
}

pub fn plain(group: usize, outcome: f32) -> Answer {
    let scores = Scores {
        process: vec![0.5, -0.5],
        outcome: Some(outcome),
    };
    let log_probs = vec![(0.0, 0.0); 6];
    Answer {
        group,
        steps: spans(&[3, 3]),
        scores,
        log_probs,
        finish: Finish::End,
    }
}
