//! A reward model that learns while the policy does, so that it goes on telling right from wrong among answers that
//! it was never taught on.
//!
//! ```text
//! rewards -> credit -> advantages -> the policy's update -> learn
//! right answer: -log prod_t q_t        wrong answer: -log(1 - prod_t q_t)        q_t = P(good) of step t
//! ```
//!
//! Only outcomes that rewards may use teach it. PURE (arXiv 2504.15275) leaves this open; that a reward model learns
//! from verified answers in every iteration is PRIME's (arXiv 2502.01456), the loss is
//! [`outcome_loss`](pure_core::reward_model::outcome_loss). Departures from PRIME: it is a model of steps, not of
//! tokens, and learns after the policy, so that what the policy was paid by is what was measured.
//!
//! A [`StepJudge`] takes the place of outcomes: then the loss is the cross-entropy of each step's label.

use std::path::Path;
use std::rc::Rc;

use pure_core::metrics::{LOSS, PRM_LOSS, PRM_UPDATES};
use pure_model::{Checkpoint, Precision};
use pure_prm::{OnlinePrm, StepReader};
use pure_run::{Measures, Part, Progress};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::config::OnlineConfig;
use crate::error::Error;
use crate::judgement::{OF_FROZEN, put_judgement};
use crate::lessons::{StepJudge, lessons};
use crate::rewards::{RewardModel, StepRewards, has_room, judge};

/// A reward model, what it learns from, and how.
pub(crate) struct OnlineRewardModel {
    pub prm: OnlinePrm,
    /// Where it came from, for the files around its weights.
    pub checkpoint: Checkpoint,
    pub reader: Rc<StepReader>,
    /// Tokens that it judges at once.
    pub batch_tokens: usize,
    /// In place of outcomes.
    pub judge: Option<Box<dyn StepJudge>>,
    pub settings: OnlineConfig,
    pub seed: u64,
    /// As it was when the run began, to compare with.
    pub frozen: Option<RewardModel>,
}

impl StepRewards for OnlineRewardModel {
    fn rewards(&mut self, answers: &[Answer]) -> Result<Vec<Vec<f32>>, Error> {
        let prm = self.prm.train_state().frozen();
        judge(&prm, &self.reader, answers.iter(), self.batch_tokens)
    }

    fn learn(&mut self, iteration: usize, answers: &[&Answer]) -> Result<Measures, Error> {
        let mut measures = Measures::default();
        if let Some(frozen) = &self.frozen {
            let rewards = frozen.judge(answers.iter().copied())?;
            let judged = answers
                .iter()
                .copied()
                .zip(rewards.iter().map(Vec::as_slice));
            put_judgement(&mut measures, OF_FROZEN, judged);
        }
        let mut lessons = lessons(answers, &self.reader, self.judge.as_deref_mut())?;
        let prm = self.prm.train_state().model();
        lessons.retain(|(marked, _)| has_room(prm, marked));
        let per_update = self.settings.mini_batch_size.unwrap_or(lessons.len());
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        random.set_stream(iteration as u64);
        let (mut loss, mut updates) = (0.0, 0_usize);
        for _ in 0..self.settings.epochs {
            let mut order: Vec<usize> = (0..lessons.len()).collect();
            if per_update < lessons.len() {
                order.shuffle(&mut random);
            }
            for chosen in order.chunks(per_update.max(1)) {
                let chosen = chosen.iter().map(|&index| lessons[index].clone());
                let update = self.prm.learn(iteration, &chosen.collect::<Vec<_>>())?;
                loss += update.get(LOSS.name).unwrap_or(f64::NAN);
                updates += 1;
            }
        }
        measures.put(PRM_UPDATES.name, updates as f64);
        if updates > 0 {
            measures.put(PRM_LOSS.name, loss / updates as f64);
        }
        Ok(measures)
    }

    fn parts(&mut self) -> Vec<Part<'_>> {
        self.prm.train_state().parts("prm", "prm.optimizer")
    }

    fn state(&mut self) -> Value {
        json!(self.prm.train_state().progress())
    }

    fn restore(&mut self, state: &Value) -> Result<(), Error> {
        let progress = Progress::deserialize(state);
        let progress = progress.map_err(|error| pure_run::Error::State(error.to_string()))?;
        self.prm.train_state().restore(progress);
        Ok(())
    }

    fn finish(&mut self, run: &Path) -> Result<(), Error> {
        let prm = self.prm.train_state().masters();
        pure_files::write_folder(run.join("prm"), |folder| {
            self.checkpoint.save_prm_as(folder, &prm, Precision::F32)?;
            Ok(self.reader.taught().write(folder)?)
        })
    }
}
