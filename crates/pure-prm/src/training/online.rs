//! A reward model that learns from answers as they come, while somebody else asks it.
//!
//! ```text
//! outcomes   right: -log prod_t q_t        wrong: -log(1 - prod_t q_t)        mean over the answers of a step
//! labels     cross-entropy of each step's label                               mean over their labelled steps
//! ```
//!
//! `q_t = P(good)` of step `t`: see [`outcome_loss`](pure_core::reward_model::outcome_loss), and PRIME (arXiv
//! 2502.01456) for a reward model that learns from outcomes in every iteration. PURE (arXiv 2504.15275) leaves
//! the online training of its reward model open, so both are own proposals.

use std::rc::Rc;

use pure_data::StepLabel;
use pure_model::{MarkedAnswer, ProcessRewardModel, Sequence};
use pure_run::{BatchConfig, Measures, Supervised, TrainState};

use super::examples::{number, questions};
use super::loss::Loss;
use super::objective::StepLabels;
use crate::error::Error;

/// What a reward model learns from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LearnsFrom {
    /// Whether answers are right: all steps of an answer have that for a label.
    Outcomes,
    /// Whether steps are good.
    Steps,
}

/// A reward model with its optimizer.
pub struct OnlinePrm {
    learner: Supervised<StepLabels>,
}

impl OnlinePrm {
    /// A reward model that is to learn from one of both.
    pub fn new(
        state: TrainState<ProcessRewardModel>,
        learns_from: LearnsFrom,
        batch: &BatchConfig,
    ) -> Self {
        let loss = match learns_from {
            LearnsFrom::Outcomes => Loss::Outcome,
            LearnsFrom::Steps => Loss::CrossEntropy([1.0; 2]),
        };
        let nothing: Rc<[_]> = Rc::new([]);
        let learner = Supervised::new(
            StepLabels { loss },
            state,
            batch,
            0,
            nothing.clone(),
            nothing,
        );
        Self { learner }
    }

    /// The model with its optimizer.
    pub fn train_state(&mut self) -> &mut TrainState<ProcessRewardModel> {
        self.learner.train_state()
    }

    /// A step of the optimizer on some answers, each with a label a step, at least one of all not ignored. `step`
    /// is that of the run, counted from 0.
    ///
    /// # Errors
    ///
    /// [`Error::Run`] where it has diverged.
    pub fn learn(
        &mut self,
        step: usize,
        answers: &[(MarkedAnswer, Vec<StepLabel>)],
    ) -> Result<Measures, Error> {
        let sequences = answers.iter();
        let sequences = sequences.map(|(answer, labels)| questions(answer.clone(), labels));
        let mut sequences: Vec<Sequence<_>> = sequences.collect();
        number(&mut sequences);
        Ok(self
            .learner
            .learn(step, &sequences.iter().collect::<Vec<_>>())?)
    }
}
