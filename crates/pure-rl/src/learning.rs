//! The update: from advantages to weights.
//!
//! ```text
//! answers, advantages -> tokens with their weights -> batches -> gradients -> AdamW
//! ```
//!
//! A token's weight in the mean is that of all answers of an update, so eight batches of one answer are one
//! batch of eight, to rounding.

use pure_core::{CreditedBatch, LossToken, PolicyStats, TokenSelection};
use pure_model::{Batching, CausalLm, Dropout, Recording, Sequence};
use pure_run::{TrainState, Update};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::answer::Answer;
use crate::config::{OldLogProbs, PolicyConfig, UpdateConfig};
use crate::error::Error;
use crate::objective::PolicyObjective;
use crate::reference;

/// What an iteration's updates saw.
#[derive(Debug, Clone, Default)]
pub(crate) struct Learned {
    pub stats: PolicyStats,
    pub updates: usize,
    pub skipped: usize,
    pub last: Option<Update>,
    pub policy_gap: Gap,
}

/// How far the sampler's log-probabilities are from the trainer's, over the tokens of an iteration's
/// first update.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Gap {
    pub mean: f64,
    pub largest: f64,
}

/// Learns from the answers of an iteration, if there are any.
pub(crate) fn learn(
    config: &PolicyConfig,
    policy: &mut TrainState<CausalLm>,
    iteration: usize,
    answers: &[Answer],
    credited: Option<&CreditedBatch>,
) -> Result<Learned, Error> {
    let Some(credited) = credited else {
        return Ok(Learned::default());
    };
    let (sequences, gap) = sequences(config, policy, answers, credited)?;
    // What was filtered out counts in no mean.
    let kept = sequences.into_iter().zip(credited.responses());
    let kept = kept.filter(|(_, response)| response.is_kept);
    let sequences: Vec<Sequence<LossToken>> = kept.map(|(sequence, _)| sequence).collect();
    let mut learned = Learned::default();
    let mut random = ChaCha8Rng::seed_from_u64(config.seed);
    random.set_stream(iteration as u64);
    let per_update = config.update.mini_batch_size.unwrap_or(sequences.len());
    for _ in 0..config.update.epochs {
        let mut order: Vec<usize> = (0..sequences.len()).collect();
        if per_update < sequences.len() {
            order.shuffle(&mut random);
        }
        for chosen in order.chunks(per_update.max(1)) {
            let chosen = chosen.iter().map(|&index| sequences[index].clone());
            let mut mini_batch: Vec<Sequence<LossToken>> = chosen.collect();
            weigh(config, &mut mini_batch);
            let place = learned.updates;
            let (stats, update) = update(config, policy, iteration, place, &mini_batch)?;
            if place == 0 {
                let tokens = stats.tokens.max(1.0);
                learned.policy_gap = gap.unwrap_or(Gap {
                    mean: stats.gap / tokens,
                    largest: stats.largest_gap,
                });
            }
            learned.stats += stats;
            learned.updates += 1;
            learned.skipped += usize::from(update.is_skipped);
            learned.last = Some(update);
        }
    }
    Ok(learned)
}

/// One step of the optimizer.
fn update(
    config: &PolicyConfig,
    policy: &mut TrainState<CausalLm>,
    iteration: usize,
    place: usize,
    mini_batch: &[Sequence<LossToken>],
) -> Result<(PolicyStats, Update), Error> {
    let number = ((iteration as u64) << 32) + place as u64;
    let batching = Batching {
        batch_tokens: config.update.tokens(),
        packed: config.update.packing.then_some(config.update.tokens()),
    };
    let objective = PolicyObjective {
        loss: config.loss,
        temperature: config.rollouts.temperature,
    };
    let mut stats = PolicyStats::default();
    let batches = batching.batches(&mini_batch.iter().collect::<Vec<_>>());
    let dropout = config.lora.as_ref().map_or(0.0, |lora| lora.dropout);
    let recording = |batch: usize| Recording {
        gradient_checkpointing: config.update.gradient_checkpointing,
        dropout: Dropout::of(dropout, [config.seed, number, batch as u64]),
    };
    let gradients = policy.gradients(
        batches.into_iter().enumerate().collect(),
        |model, (number, batch), sum| {
            objective.add_gradients(model, &batch, recording(number), sum)
        },
        |part| stats += part,
    );
    let mean_ratio = stats.ratio / stats.tokens.max(1.0);
    let is_usable = stats.loss.is_finite() && mean_ratio <= config.update.exploding_ratio;
    let update = policy.update(iteration, gradients, is_usable)?;
    Ok((stats, update))
}

/// The answers as sequences to learn from, their weights in the mean still to be found; and how far sampler and
/// trainer are apart, where that is known already.
fn sequences(
    config: &PolicyConfig,
    policy: &TrainState<CausalLm>,
    answers: &[Answer],
    credited: &CreditedBatch,
) -> Result<(Vec<Sequence<LossToken>>, Option<Gap>), Error> {
    let selects = config.weights.tokens != TokenSelection::All;
    let computes = config.update.old_log_probs == OldLogProbs::Trainer;
    let trainer = match computes || selects {
        true => {
            let (temperature, tokens) = (config.rollouts.temperature, config.update.tokens());
            let policy = policy.frozen();
            Some(reference::scores(&policy, answers, temperature, tokens)?)
        }
        false => None,
    };
    let mut weights = vec![1.0; credited.advantages().len()];
    let entropies: Vec<f32> = match &trainer {
        Some(scores) => scores.iter().flat_map(|s| s.entropies.clone()).collect(),
        None => vec![0.0; weights.len()],
    };
    let known = |answer: &Answer| (answer.rollout.tokens.len(), answer.scores.outcome);
    let known: Vec<(usize, Option<f32>)> = answers.iter().map(known).collect();
    config.weights.assign(&known, &entropies, &mut weights);
    let written = answers.iter();
    let written = written.map(|answer| (answer.group, answer.rollout.tokens.as_slice()));
    let written: Vec<(usize, &[u32])> = written.collect();
    config.weights.divide_shared(&written, &mut weights);
    let mut weights = weights.into_iter();
    let (mut gap, mut tokens) = (Gap::default(), 0_usize);
    let sequences = answers.iter().enumerate().map(|(index, answer)| {
        let rollout = &answer.rollout;
        let advantages = credited.response(index).advantages;
        let trained = trainer.as_ref().filter(|_| computes);
        let trained = trained.map(|scores| &scores[index].log_probs);
        Sequence::predicting(&answer.prompt.tokens, &rollout.tokens, |place, token| {
            let sampled = rollout.log_probs[place];
            let old = trained.map_or(sampled, |trained| trained[place]);
            let apart = f64::from(old - sampled).abs();
            gap.mean += apart;
            gap.largest = gap.largest.max(apart);
            tokens += 1;
            let drawn = rollout.drawn_log_probs.as_ref();
            let drawn = drawn.map_or(sampled, |drawn| drawn[place]);
            let weight = weights.next().unwrap_or(1.0) * importance(&config.update, old, drawn);
            LossToken {
                token,
                old_log_prob: old,
                reference: answer.reference.as_ref().map_or(old, |all| all[place]),
                advantage: advantages[place],
                policy_weight: weight,
                loss_weight: 0.0,
            }
        })
    });
    let sequences = sequences.collect();
    gap.mean /= tokens.max(1) as f64;
    Ok((sequences, computes.then_some(gap)))
}

/// The importance weight of a token that was drawn from another distribution than the one that the ratio
/// divides by.
fn importance(config: &UpdateConfig, old: f32, drawn: f32) -> f32 {
    match config.importance_sampling_cap {
        Some(largest) => f64::from(old - drawn).exp().min(largest) as f32,
        None => 1.0,
    }
}

/// Gives each token its weight in the mean over all tokens of an update.
fn weigh(config: &PolicyConfig, mini_batch: &mut [Sequence<LossToken>]) {
    let answers = mini_batch.len();
    let tokens = mini_batch.iter().map(|s| s.targets.len()).sum();
    for sequence in mini_batch {
        let (mean, length) = (config.loss.mean, sequence.targets.len());
        let weight = mean.token_weight(length, answers, tokens, config.limit());
        for (_, target) in &mut sequence.targets {
            target.loss_weight = weight as f32;
        }
    }
}
