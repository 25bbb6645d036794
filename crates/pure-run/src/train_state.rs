//! A model in training with its optimizer: what Flax calls a train state.
//!
//! ```text
//! g = sum of the batches' gradients        each batch's loss is its part of the step's loss
//! g <- g min(1, limit / |g|)               w <- AdamW(w, g, learning rate)
//! ```
//!
//! So an update of many small batches is that of one large batch, to rounding. A gradient that is not finite,
//! or that its learner knows to be useless, changes nothing: the update is skipped, and counted.

use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn::tensor::Device;
use pure_core::metrics::{GRAD_NORM, LEARNING_RATE, SKIPPED};
use pure_model::{Gradients, Precision, is_copied, merged, side_by_side, while_awake};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::measures::Measures;
use crate::optim::{LrScheduler, OptimizerConfig, clipped};
use crate::parts::Part;
use crate::weights::Weights;

/// So many skipped updates in a row end a run.
const HOPELESS: usize = 20;

/// A model, its optimizer, and how far they are.
pub struct TrainState<M> {
    weights: Weights<M>,
    optimizer: ModuleOptimizer,
    max_grad_norm: f64,
    scheduler: LrScheduler,
    /// Updates of the whole run, which the scheduler is laid out over.
    updates: usize,
    progress: Progress,
}

/// What a checkpoint keeps of it beside weights and moments.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// Updates so far, skipped ones included.
    updates: usize,
    skipped: usize,
    skipped_in_a_row: usize,
    /// What the scheduler's learning rates are multiplied by.
    slowed: f64,
}

/// What an update was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Update {
    /// Its learning rate.
    pub learning_rate: f64,
    /// The L2 norm of the gradient of all parameters, before it was clipped.
    pub grad_norm: f64,
    /// Whether it changed nothing.
    pub is_skipped: bool,
}

impl Update {
    /// Under their names.
    pub fn measures(self) -> Measures {
        Measures::default()
            .with(LEARNING_RATE.name, self.learning_rate)
            .with(GRAD_NORM.name, self.grad_norm)
            .with(SKIPPED.name, f64::from(u8::from(self.is_skipped)))
    }
}

impl<M: Module> TrainState<M> {
    /// A model at the beginning of so many updates.
    pub fn new(
        model: M,
        optimizer: &OptimizerConfig,
        scheduler: LrScheduler,
        updates: usize,
    ) -> Self {
        Self {
            weights: Weights::new(model),
            optimizer: optimizer.init(),
            max_grad_norm: optimizer.max_grad_norm,
            scheduler,
            updates,
            progress: Progress {
                updates: 0,
                skipped: 0,
                skipped_in_a_row: 0,
                slowed: 1.0,
            },
        }
    }

    /// The same where copies of the weights compute, if that is in another precision or on another device than theirs.
    pub fn computing(self, precision: Precision, device: &Device) -> Self {
        if precision == Precision::F32 && self.model().devices().contains(device) {
            return self;
        }
        Self {
            weights: self.weights.computing(precision, device),
            ..self
        }
    }

    /// The model as it computes while it is trained.
    pub fn model(&self) -> &M {
        self.weights.model()
    }

    /// The model without gradients, as it answers and is evaluated: adapters are part of its weights.
    pub fn frozen(&self) -> M {
        merged(self.model())
    }

    /// The model that was trained, without gradients, its adapters beside the weights.
    ///
    /// # Errors
    ///
    /// [`Error::NothingLearned`] if every single update was skipped.
    pub fn into_model(self) -> Result<M, Error> {
        let count = self.progress.updates;
        if count > 0 && self.progress.skipped == count {
            return Err(Error::NothingLearned { count });
        }
        Ok(self.masters())
    }

    /// The model as the optimizer has it, without gradients: its adapters beside the weights, nothing rounded.
    pub fn masters(&self) -> M {
        self.weights.masters().clone().valid()
    }

    /// The summed gradients of some batches. `find` adds those of one, and what else it found goes to `fold` in
    /// the order of the batches.
    pub fn gradients<B: Send, S: Send>(
        &self,
        batches: Vec<B>,
        find: impl Fn(&M, B, &mut Gradients) -> S + Sync,
        mut fold: impl FnMut(S),
    ) -> Gradients {
        let (model, mut sum) = (self.model(), Gradients::default());
        if is_copied(model) {
            let alone = |model: &M, batch| {
                let mut own = Gradients::default();
                let seen = find(model, batch, &mut own);
                (own, seen)
            };
            side_by_side(model, batches, alone, |(own, seen)| {
                sum.merge(model, own);
                fold(seen);
            });
        } else {
            let device = &model.devices()[0];
            for batch in batches {
                let seen = while_awake(device, || find(model, batch, &mut sum));
                fold(seen);
            }
        }
        sum
    }

    /// Updates the model by gradients, unless they are not finite or known to be useless. `step` is that of the
    /// run, counted from 0.
    ///
    /// # Errors
    ///
    /// [`Error::Diverged`] after too many useless ones in a row.
    pub fn update(
        &mut self,
        step: usize,
        gradients: Gradients,
        is_usable: bool,
    ) -> Result<Update, Error> {
        let gradients = gradients.into_params();
        let (gradients, grad_norm) = clipped(self.model(), gradients, self.max_grad_norm);
        let progress = &mut self.progress;
        let learning_rate = self.scheduler.at(progress.updates, self.updates) * progress.slowed;
        let is_usable = is_usable && grad_norm.is_finite();
        progress.updates += 1;
        if is_usable {
            progress.skipped_in_a_row = 0;
            self.weights
                .update(&mut self.optimizer, learning_rate, gradients);
        } else {
            progress.skipped += 1;
            progress.skipped_in_a_row += 1;
            if progress.skipped_in_a_row == HOPELESS {
                return Err(Error::Diverged {
                    count: HOPELESS,
                    step: step + 1,
                });
            }
        }
        Ok(Update {
            learning_rate,
            grad_norm,
            is_skipped: !is_usable,
        })
    }

    /// Multiplies all learning rates to come by a factor, and tells by how much they are slowed in all.
    pub fn slow_down(&mut self, factor: f64) -> f64 {
        self.progress.slowed *= factor;
        self.progress.slowed
    }

    /// The parts of a checkpoint: weights and optimizer, under these names.
    pub fn parts(&mut self, model: &'static str, optimizer: &'static str) -> Vec<Part<'_>> {
        vec![
            Part {
                name: model,
                content: &mut self.weights,
            },
            Part {
                name: optimizer,
                content: &mut self.optimizer,
            },
        ]
    }

    /// What is not in the parts, for the learner's state.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// Goes back to where [`progress`](Self::progress) was taken.
    pub fn restore(&mut self, progress: Progress) {
        self.progress = progress;
    }
}

#[cfg(test)]
mod tests {
    use burn::nn::{Linear, LinearConfig};
    use burn::tensor::DType;

    use super::*;

    #[test]
    fn masters_compute_themselves_where_nothing_else_is_asked_for() {
        let device = Device::flex().autodiff();
        let state = |precision| {
            let model: Linear = LinearConfig::new(3, 2).init(&device);
            let scheduler = LrScheduler::constant(1e-3);
            TrainState::new(model, &OptimizerConfig::default(), scheduler, 1)
                .computing(precision, &device)
        };
        let exact = state(Precision::F32);
        assert!(std::ptr::eq(exact.model(), exact.weights.masters()));
        let rounded = state(Precision::Bf16);
        assert_eq!(rounded.model().weight.val().dtype(), DType::BF16);
        assert_eq!(rounded.weights.masters().weight.val().dtype(), DType::F32);
    }
}
