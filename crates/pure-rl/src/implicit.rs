//! An implicit reward model that learns while the policy does: a language model, whose log-probabilities are rewards.
//!
//! ```text
//! s_l = log p_phi(y_l) - log p_ref(y_l)          the reward of token l; ref: phi as it was when the run began
//! r_t = beta sum_{l in step t} s_l               the reward of step t
//! rewards -> credit -> advantages -> the policy's update -> phi learns: BCE(sigmoid(beta S), r)
//! ```
//!
//! PRIME, arXiv 2502.01456: see [`ImplicitPrm`], which says over which tokens `S` sums. Only outcomes that rewards may
//! use teach it. Departures: there the reward model learns before its rewards are paid, here after the policy, as every
//! reward model that learns does; rewards are those of steps, there of tokens.

use std::path::Path;

use pure_core::metrics::{PRM_LOSS, PRM_UPDATES};
use pure_core::reward_model::{ImplicitPrm, token_rewards};
use pure_core::{LossToken, PolicyLoss};
use pure_model::{Batching, CausalLm, Checkpoint, Dropout, Precision, Recording, Sequence};
use pure_run::{Measures, Part, Progress, TrainState};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::config::OnlineConfig;
use crate::error::Error;
use crate::objective::PolicyObjective;
use crate::reference::scores;
use crate::rewards::StepRewards;

/// A language model that rewards steps, and how it learns.
pub(crate) struct ImplicitRewardModel {
    pub implicit: ImplicitPrm,
    pub lm: TrainState<CausalLm>,
    /// As it was when the run began.
    pub reference: CausalLm,
    /// Where it came from, for the files around its weights.
    pub checkpoint: Checkpoint,
    /// Tokens that it reads at once.
    pub batch_tokens: usize,
    pub settings: OnlineConfig,
    pub seed: u64,
}

/// The tokens of an answer.
struct Judged {
    /// Their log-probabilities now.
    log_probs: Vec<f32>,
    rewards: Vec<f32>,
}

impl ImplicitRewardModel {
    fn judge(&self, answers: &[Answer]) -> Result<Vec<Judged>, Error> {
        let own = scores(&self.lm.frozen(), answers, 1.0, self.batch_tokens)?;
        let reference = scores(&self.reference, answers, 1.0, self.batch_tokens)?;
        let pairs = own.into_iter().zip(reference);
        let judged = pairs.map(|(own, reference)| {
            let log_probs = own.log_probs;
            Judged {
                rewards: token_rewards(&log_probs, &reference.log_probs),
                log_probs,
            }
        });
        Ok(judged.collect())
    }

    /// A step of the optimizer on some answers whose outcomes are known, and its loss.
    fn update(&mut self, iteration: usize, answers: &[Answer]) -> Result<f64, Error> {
        let (mut loss, mut sequences) = (0.0, Vec::new());
        let share = 1.0 / answers.len() as f64;
        for (answer, judged) in answers.iter().zip(self.judge(answers)?) {
            let Judged { log_probs, rewards } = judged;
            let outcome = answer.scores.outcome.unwrap_or_default();
            let (sum, learns) = self.implicit.answer(&rewards, &answer.steps);
            let (of_answer, slope) = self.implicit.loss(sum, outcome);
            loss += share * of_answer;
            let target = |place, token| LossToken {
                token,
                // The importance ratio is 1, and the gradient by a log-probability minus the advantage.
                old_log_prob: log_probs[place],
                reference: log_probs[place],
                advantage: if learns.contains(&place) {
                    -slope as f32
                } else {
                    0.0
                },
                policy_weight: 1.0,
                loss_weight: share as f32,
            };
            let prompt = &answer.prompt.tokens;
            sequences.push(Sequence::predicting(prompt, &answer.rollout.tokens, target));
        }
        let batching = Batching {
            batch_tokens: self.settings.batch_tokens,
            packed: None,
        };
        let objective = PolicyObjective {
            loss: PolicyLoss::default(),
            temperature: 1.0,
        };
        let recording = Recording {
            gradient_checkpointing: self.settings.gradient_checkpointing,
            dropout: Dropout::of(0.0, [self.seed, 0, 0]),
        };
        let gradients = self.lm.gradients(
            batching.batches(&sequences.iter().collect::<Vec<_>>()),
            |model, batch, sum| objective.add_gradients(model, &batch, recording, sum),
            |_| (),
        );
        self.lm.update(iteration, gradients, loss.is_finite())?;
        Ok(loss)
    }
}

impl StepRewards for ImplicitRewardModel {
    fn rewards(&mut self, answers: &[Answer]) -> Result<Vec<Vec<f32>>, Error> {
        let judged = self.judge(answers)?.into_iter().zip(answers);
        let rewards = judged.map(|(Judged { rewards, .. }, answer)| {
            self.implicit.step_rewards(&rewards, &answer.steps)
        });
        Ok(rewards.collect())
    }

    fn learn(&mut self, iteration: usize, answers: &[&Answer]) -> Result<Measures, Error> {
        let known = answers
            .iter()
            .filter(|answer| answer.scores.outcome.is_some());
        let mut known: Vec<Answer> = known.map(|&answer| answer.clone()).collect();
        let per_update = self.settings.mini_batch_size.unwrap_or(known.len());
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        random.set_stream(iteration as u64);
        let (mut loss, mut updates) = (0.0, 0_usize);
        for _ in 0..self.settings.epochs {
            if per_update < known.len() {
                known.shuffle(&mut random);
            }
            for chosen in known.chunks(per_update.max(1)) {
                loss += self.update(iteration, chosen)?;
                updates += 1;
            }
        }
        let mut measures = Measures::default();
        measures.put(PRM_UPDATES.name, updates as f64);
        if updates > 0 {
            measures.put(PRM_LOSS.name, loss / updates as f64);
        }
        Ok(measures)
    }

    fn parts(&mut self) -> Vec<Part<'_>> {
        self.lm.parts("prm", "prm.optimizer")
    }

    fn state(&mut self) -> Value {
        json!(self.lm.progress())
    }

    fn restore(&mut self, state: &Value) -> Result<(), Error> {
        let progress = Progress::deserialize(state);
        let progress = progress.map_err(|error| pure_run::Error::State(error.to_string()))?;
        self.lm.restore(progress);
        Ok(())
    }

    fn finish(&mut self, run: &Path) -> Result<(), Error> {
        let lm = self.lm.masters();
        pure_files::write_folder(run.join("prm"), |folder| {
            Ok(self.checkpoint.save_as(folder, &lm, Precision::F32)?)
        })
    }
}
