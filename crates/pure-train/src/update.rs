//! One step of the optimizer on the gradients of some batches.
//!
//! ```text
//! g = sum of the batches' gradients        each batch's loss is its share of the step's loss
//! g <- g min(1, limit / |g|)               w <- AdamW(w, g, rate)
//! ```
//!
//! So a step of many small batches is the step of one large batch, to rounding. A gradient that is
//! not finite, or that its learner knows to be useless, changes nothing: the step is skipped, and
//! counted.

use burn::optim::GradientsParams;
use burn::train::{Learner, LearnerModel, TrainStep};
use pure_core::metrics;
use pure_model::side_by_side;

use crate::optim::Gradients;
use crate::{Error, Measures};

/// So many skipped steps in a row end a run.
const HOPELESS: usize = 20;

/// The gradients of a step's batches, added up.
pub(crate) struct Gathered<M> {
    model: M,
    gradients: Gradients<M>,
}

/// Takes steps, and keeps an eye on them.
pub(crate) struct Updater {
    pub max_grad_norm: f64,
    skipped: usize,
}

/// What an update was.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Updated {
    pub learning_rate: f64,
    /// Before clipping.
    pub grad_norm: f64,
    pub is_skipped: bool,
}

impl From<Updated> for Measures {
    fn from(updated: Updated) -> Self {
        Self::default()
            .with(metrics::LEARNING_RATE.name, updated.learning_rate)
            .with(metrics::GRAD_NORM.name, updated.grad_norm)
            .with(
                metrics::SKIPPED.name,
                f64::from(u8::from(updated.is_skipped)),
            )
    }
}

impl Updater {
    pub fn new(max_grad_norm: f64) -> Self {
        Self {
            max_grad_norm,
            skipped: 0,
        }
    }

    /// Takes a step; `fold` puts together what the batches measure.
    pub fn step<M>(
        &mut self,
        learner: &mut Learner<M>,
        step: usize,
        batches: Vec<<M as TrainStep>::Input>,
        fold: impl FnMut(Measures),
    ) -> Result<Measures, Error>
    where
        M: LearnerModel + TrainStep<Output = Measures>,
    {
        let mut gathered = Gathered::new(learner);
        let gradients = |model: &M, batch| {
            let output = TrainStep::step(model, batch);
            (output.grads, output.item)
        };
        gathered.gather(batches, gradients, fold);
        Ok(self.apply(learner, step, gathered, true)?.into())
    }

    /// Moves the model along gathered gradients, unless they are of no use, or known to be.
    pub fn apply<M: LearnerModel>(
        &mut self,
        learner: &mut Learner<M>,
        step: usize,
        gathered: Gathered<M>,
        is_usable: bool,
    ) -> Result<Updated, Error> {
        let Gathered { model, gradients } = gathered;
        let (gradients, norm) = gradients.clipped(&model, self.max_grad_norm);
        // The learner's own copy must be the only one, for the optimizer to change it in place.
        drop(model);
        learner.lr_step();
        let is_usable = is_usable && norm.is_finite();
        if is_usable {
            learner.optimizer_step(gradients);
            self.skipped = 0;
        } else {
            self.skipped += 1;
            if self.skipped == HOPELESS {
                let count = self.skipped;
                return Err(Error::Diverged {
                    count,
                    step: step + 1,
                });
            }
        }
        Ok(Updated {
            learning_rate: learner.lr_current().base(),
            grad_norm: norm,
            is_skipped: !is_usable,
        })
    }
}

impl<M: LearnerModel> Gathered<M> {
    /// None yet.
    pub fn new(learner: &Learner<M>) -> Self {
        Self {
            model: learner.model(),
            gradients: Gradients::new(),
        }
    }

    /// Adds those of some batches, and gives `fold` what else was found of each.
    pub fn gather<B: Send, S: Send>(
        &mut self,
        batches: Vec<B>,
        find: impl Fn(&M, B) -> (GradientsParams, S) + Sync,
        mut fold: impl FnMut(S),
    ) {
        let Self { model, gradients } = self;
        side_by_side(model, batches, find, |(found, seen)| {
            gradients.add(model, found);
            fold(seen);
        });
    }
}
