//! PURE in one file, without settings and without a run's folder: from prompts to updates on the library's parts.
//!
//! ```text
//! cargo run --example rl_in_one_file
//! prompts -> rollouts -> steps -> scores -> credit -> advantages -> update      arXiv 2504.15275, algorithm 1
//! ```
//!
//! The task is to count upwards from a digit, five digits long. A token is a step, and its process reward is 1 if it
//! follows the digit before it, less the further off it is: a rule stands in for the reward model. Credit is the soft
//! minimum, so an answer is worth what its worst digit is. The policy begins with random weights.
#![recursion_limit = "256"]

use std::error::Error;

use burn::tensor::{Device, Int, Tensor};
use pure::core::credit::SoftMin;
use pure::core::{
    Baseline, CreditConfig, LossToken, MethodConfig, PolicyLoss, PolicyStats, Response, Rollout,
    Scores, SeparatorAdvantage, StepFormat, StepSpan,
};
use pure::model::{Batch, Batching, CausalLm, Gradients, ModelConfig, Sequence};
use pure::rollout::{Engine, EngineOptions, Request, Sampler, Sampling, sample_all};
use pure::run::{LrScheduler, OptimizerConfig, TrainState};

const ITERATIONS: u64 = 300;
/// Answers to each prompt, which are compared with each other.
const GROUP: usize = 16;
/// Digits of an answer: the generation limit.
const LIMIT: usize = 5;
/// Tokens 0 to 9 are the digits.
const DIGITS: u32 = 10;

const SHAPE: &str = r#"{
    "model_type": "qwen2", "vocab_size": 10, "hidden_size": 32, "intermediate_size": 64,
    "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
    "max_position_embeddings": 16, "rope_theta": 10000.0
}"#;

/// An answer with the steps and scores that it was given.
struct Answer {
    prompt: u32,
    rollout: Rollout,
    steps: Vec<StepSpan>,
    scores: Scores,
}

fn main() -> Result<(), Box<dyn Error>> {
    let device = Device::flex().autodiff();
    device.seed(0);
    let policy = ModelConfig::from_json(SHAPE)?.init(&device);
    let scheduler = LrScheduler::constant(2e-3);
    let mut policy = TrainState::new(
        policy,
        &OptimizerConfig::default(),
        scheduler,
        ITERATIONS as usize,
    );
    let mut sampler = Engine::unloaded(EngineOptions::default());
    // Every token ends a step.
    let format = StepFormat::new(0..DIGITS, 0);
    // From scores to advantages: the soft minimum, less the mean of the other answers to the prompt.
    let method = MethodConfig {
        credit: CreditConfig::SoftMin(SoftMin::default()),
        baseline: Baseline::Rloo,
        limit: Some(LIMIT),
        whiten: false,
        separators: SeparatorAdvantage::Kept,
        ..MethodConfig::default()
    }
    .build()?;

    for iteration in 0..ITERATIONS {
        // prompts
        let prompts: Vec<u32> = (0..DIGITS).collect();

        // -> rollouts
        let requests = prompts.iter().map(|&digit| Request {
            prompt: vec![digit],
            samples: 0..GROUP,
            stream: iteration * u64::from(DIGITS) + u64::from(digit),
            sampling: Sampling {
                max_new_tokens: LIMIT,
                ..Sampling::default()
            },
            stop: None,
        });
        sampler.load(policy.frozen());
        let (groups, _) = sample_all(&mut sampler, &requests.collect::<Vec<_>>())?;
        sampler.unload();

        // -> steps -> scores
        let pairs = prompts.iter().zip(groups);
        let answers = pairs.flat_map(|(&prompt, rollouts)| {
            rollouts.into_iter().map(move |rollout| (prompt, rollout))
        });
        let answers: Vec<Answer> = answers
            .map(|(prompt, rollout)| Answer {
                steps: format.split(&rollout.tokens),
                scores: score(prompt, &rollout.tokens),
                prompt,
                rollout,
            })
            .collect();

        // -> credit -> advantages
        let responses = answers.iter().map(|answer| {
            let group = answer.prompt as usize;
            Response::of_rollout(group, &answer.rollout, &answer.steps, &answer.scores, None)
        });
        let credited = method.run(&responses.collect::<Vec<_>>())?;

        // -> update
        let tokens: usize = answers
            .iter()
            .map(|answer| answer.rollout.tokens.len())
            .sum();
        let sequences = answers.iter().zip(credited.responses());
        let sequences = sequences.map(|(answer, credited)| {
            let rollout = &answer.rollout;
            Sequence::predicting(&[answer.prompt], &rollout.tokens, |place, token| {
                LossToken {
                    token,
                    old_log_prob: rollout.log_probs[place],
                    reference: rollout.log_probs[place],
                    advantage: credited.advantages[place],
                    policy_weight: 1.0,
                    loss_weight: 1.0 / tokens as f32,
                }
            })
        });
        let sequences: Vec<Sequence<LossToken>> = sequences.collect();
        let batching = Batching {
            batch_tokens: 512,
            packed: None,
        };
        let mut stats = PolicyStats::default();
        let gradients = policy.gradients(
            batching.batches(&sequences.iter().collect::<Vec<_>>()),
            |model, batch, sum| add_gradients(model, &batch, sum),
            |seen| stats += seen,
        );
        policy.update(iteration as usize, gradients, true)?;

        if iteration % 50 == 0 || iteration + 1 == ITERATIONS {
            let rewards = answers.iter().flat_map(|answer| &answer.scores.process);
            let right = rewards.filter(|reward| **reward == 1.0).count();
            println!(
                "after {:>3} iterations {:5.1} % of the digits are right, entropy {:.2}",
                iteration,
                100.0 * right as f64 / tokens as f64,
                stats.entropy
            );
        }
    }
    Ok(())
}

/// 1 for a digit that follows the one before it, down to -1 for the one that is furthest from it.
fn score(prompt: u32, answer: &[u32]) -> Scores {
    let before = [prompt].into_iter().chain(answer.iter().copied());
    let rewards = before.zip(answer).map(|(before, digit)| {
        let off = (before + 1).abs_diff(*digit) % DIGITS;
        1.0 - 0.4 * off.min(DIGITS - off) as f32
    });
    Scores {
        process: rewards.collect(),
        outcome: None,
    }
}

/// Adds the gradients of PPO's clipped loss to a sum: the loss and its slopes are numbers, and only the sum of
/// log-probabilities, each times its slope, is differentiated.
fn add_gradients(policy: &CausalLm, batch: &Batch<LossToken>, sum: &mut Gradients) -> PolicyStats {
    let device = &policy.model.device();
    let hidden = batch.hidden(&policy.model);
    let tokens: Vec<i32> = batch
        .targets
        .iter()
        .map(|target| target.token as i32)
        .collect();
    let tokens = Tensor::<1, Int>::from_ints(tokens.as_slice(), device).unsqueeze();
    let scores = policy.score_tokens(batch.hidden_at_targets(hidden).unsqueeze(), tokens, 1.0);
    let numbers = |tensor: &Tensor<2>| -> Vec<f32> {
        let data = tensor.clone().detach().into_data();
        data.try_into_vec().expect("they are f32")
    };
    let (log_probs, entropies) = (numbers(&scores.log_probs), numbers(&scores.entropies));
    let (stats, slopes) = PolicyLoss::default().of(&log_probs, &entropies, &batch.targets);
    let slopes = Tensor::<1>::from_floats(slopes.log_probs.as_slice(), device).unsqueeze();
    let objective = (scores.log_probs * slopes).sum();
    sum.add(policy, &mut objective.backward());
    stats
}
