//! The update: from advantages to weights.
//!
//! ```text
//! answers, advantages -> tokens with shares and weights -> batches -> gradients -> AdamW
//! ```
//!
//! The shares of an update are those of all its answers, so a batch of one answer eight times is a
//! batch of eight, to rounding.

use burn::module::Module;
use burn::train::Learner;
use pure_core::{CreditedBatch, LossToken, PolicyLoss, PolicyStats, TokenSelection, TokenWeights};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::answers::Scored;
use super::config::{OldLogProbs, UpdateConfig};
use super::model::{Lesson, PolicyModel, Sampled};
use super::reference;
use super::rewards::Answer;
use crate::Error;
use crate::layout::{Layout, Text};
use crate::update::{Gathered, Updated, Updater};

/// How iterations are learned from.
pub(super) struct Learning {
    pub config: UpdateConfig,
    pub loss: PolicyLoss,
    pub weights: TokenWeights,
    pub temperature: f64,
    /// The generation limit.
    pub limit: usize,
    pub seed: u64,
    pub updater: Updater,
}

/// What an iteration's updates saw.
#[derive(Debug, Clone, Default)]
pub(super) struct Learned {
    pub stats: PolicyStats,
    pub updates: usize,
    pub skipped: usize,
    pub grad_norm: f64,
    pub learning_rate: f64,
    pub policy_gap: Gap,
}

/// How far the sampler's log-probabilities are from the trainer's, over the tokens of an iteration's
/// first update.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Gap {
    pub mean: f64,
    pub largest: f64,
}

impl Learning {
    /// Learns from the answers of an iteration, if there are any.
    pub fn learn(
        &mut self,
        learner: &mut Learner<PolicyModel>,
        iteration: usize,
        answers: &[Scored],
        credited: Option<&CreditedBatch>,
    ) -> Result<Learned, Error> {
        let Some(credited) = credited else {
            return Ok(Learned::default());
        };
        let (lessons, gap) = self.lessons(learner, answers, credited)?;
        let mut learned = Learned::default();
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        random.set_stream(iteration as u64);
        let per_update = self.config.answers.unwrap_or(lessons.len()).max(1);
        for _ in 0..self.config.epochs {
            let mut order: Vec<usize> = (0..lessons.len()).collect();
            if per_update < lessons.len() {
                order.shuffle(&mut random);
            }
            for chosen in order.chunks(per_update) {
                let mut texts: Vec<Text<Sampled>> =
                    chosen.iter().map(|&index| lessons[index].clone()).collect();
                self.share(&mut texts);
                let (stats, updated) = self.update(learner, iteration, &texts)?;
                if learned.updates == 0 {
                    let tokens = stats.tokens.max(1.0);
                    learned.policy_gap = gap.unwrap_or(Gap {
                        mean: stats.gap / tokens,
                        largest: stats.largest_gap,
                    });
                }
                learned.stats += stats;
                learned.updates += 1;
                learned.skipped += usize::from(updated.is_skipped);
                learned.grad_norm = updated.grad_norm;
                learned.learning_rate = updated.learning_rate;
            }
        }
        Ok(learned)
    }

    /// One step of the optimizer.
    fn update(
        &mut self,
        learner: &mut Learner<PolicyModel>,
        iteration: usize,
        texts: &[Text<Sampled>],
    ) -> Result<(PolicyStats, Updated), Error> {
        let layout = Layout {
            batch_tokens: self.config.tokens,
            packed: self.config.packing.then_some(self.config.tokens),
        };
        let mut stats = PolicyStats::default();
        let mut gathered = Gathered::new(learner);
        let (loss, temperature) = (self.loss, self.temperature);
        let recompute = self.config.recompute;
        let lesson = |batch| Lesson {
            batch,
            loss,
            temperature,
            recompute,
        };
        let batches = layout.lay_out(&texts.iter().collect::<Vec<_>>());
        gathered.gather(
            batches,
            |model, batch| model.gradients(&lesson(batch)),
            |part| stats += part,
        );
        let mean_ratio = stats.ratio / stats.tokens.max(1.0);
        let is_usable = stats.loss.is_finite() && mean_ratio <= self.config.exploding_ratio;
        let updated = self
            .updater
            .apply(learner, iteration, gathered, is_usable)?;
        Ok((stats, updated))
    }

    /// What there is to learn, its shares still to be found, and how far sampler and trainer are apart where that is known already.
    fn lessons(
        &self,
        learner: &Learner<PolicyModel>,
        answers: &[Scored],
        credited: &CreditedBatch,
    ) -> Result<(Vec<Text<Sampled>>, Option<Gap>), Error> {
        let selects = self.weights.tokens != TokenSelection::All;
        let computes = self.config.old_log_probs == OldLogProbs::Trainer;
        let trainer = match computes || selects {
            true => {
                let policy = learner.model().valid().lm;
                let seen: Vec<Answer<'_>> = answers.iter().map(|a| a.answer.seen()).collect();
                let (temperature, tokens) = (self.temperature, self.config.tokens);
                Some(reference::scores(&policy, &seen, temperature, tokens)?)
            }
            false => None,
        };
        let mut weights = vec![1.0; credited.advantages().len()];
        let entropies: Vec<f32> = match &trainer {
            Some(scores) => scores.iter().flat_map(|s| s.entropies.clone()).collect(),
            None => vec![0.0; weights.len()],
        };
        let lengths_and_outcomes = answers
            .iter()
            .map(|scored| (scored.answer.rollout.tokens.len(), scored.scores.outcome));
        let lengths_and_outcomes: Vec<(usize, Option<f32>)> = lengths_and_outcomes.collect();
        self.weights
            .assign(&lengths_and_outcomes, &entropies, &mut weights);

        let mut weights = weights.into_iter();
        let (mut gap, mut tokens) = (Gap::default(), 0_usize);
        let lessons = answers.iter().enumerate().map(|(index, scored)| {
            let rollout = &scored.answer.rollout;
            let advantages = credited.response(index).advantages;
            let trained = trainer
                .as_ref()
                .filter(|_| computes)
                .map(|t| &t[index].log_probs);
            let mut text = scored.answer.prompt.tokens.clone();
            let first = text.len() - 1;
            text.extend(&rollout.tokens);
            // The last token is asked for, and not read.
            text.pop();
            let asked = rollout.tokens.iter().enumerate().map(|(place, &token)| {
                let sampled = rollout.log_probs[place];
                let old = trained.map_or(sampled, |trained| trained[place]);
                let apart = f64::from(old - sampled).abs();
                gap.mean += apart;
                gap.largest = gap.largest.max(apart);
                tokens += 1;
                let drawn = rollout.drawn_log_probs.as_ref();
                let drawn = drawn.map_or(sampled, |drawn| drawn[place]);
                let weight = weights.next().unwrap_or(1.0) * self.importance(old, drawn);
                let facts = LossToken {
                    old_log_prob: old,
                    reference: scored.reference.as_ref().map_or(old, |all| all[place]),
                    advantage: advantages[place],
                    weight,
                    share: 0.0,
                };
                (first + place, Sampled { token, facts })
            });
            let asked = asked.collect();
            Text {
                tokens: text,
                asked,
            }
        });
        let lessons = lessons.collect();
        gap.mean /= tokens.max(1) as f64;
        let gap = computes.then_some(gap);
        Ok((lessons, gap))
    }

    /// What a token weighs for having been drawn from another distribution than that of the ratio's
    /// lower half.
    fn importance(&self, old: f32, drawn: f32) -> f32 {
        match self.config.largest_weight {
            Some(largest) => f64::from(old - drawn).exp().min(largest) as f32,
            None => 1.0,
        }
    }

    /// Gives each token its share in the mean over all of them.
    fn share(&self, texts: &mut [Text<Sampled>]) {
        let (answers, tokens) = (texts.len(), texts.iter().map(|t| t.asked.len()).sum());
        for text in texts {
            let length = text.asked.len();
            let share = self.loss.mean.share(length, answers, tokens, self.limit);
            for (_, sampled) in &mut text.asked {
                sampled.facts.share = share as f32;
            }
        }
    }
}
