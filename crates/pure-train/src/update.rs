//! One step of the optimizer on the gradients of some batches.
//!
//! ```text
//! g = sum of the batches' gradients        each batch's loss is its share of the step's loss
//! g <- g min(1, limit / |g|)               w <- AdamW(w, g, rate)
//! ```
//!
//! So a step of many small batches is the step of one large batch, to rounding. A gradient that is
//! not finite changes nothing: the step is skipped, and counted.

use burn::train::{Learner, LearnerModel, TrainStep};

use crate::optim::Gradients;
use crate::{Error, Measures, Signal};

/// So many skipped steps in a row end a run.
const HOPELESS: usize = 20;

/// Takes steps, and keeps an eye on them.
pub(crate) struct Updater {
    pub max_grad_norm: f64,
    skipped: usize,
}

impl Updater {
    pub const GRAD_NORM: Signal = Signal {
        name: "grad_norm",
        meaning: "length of the gradient of all parameters, before it is clipped",
        higher_is_better: false,
    };
    pub const SKIPPED: Signal = Signal {
        name: "skipped",
        meaning: "1 if the gradient was not finite and the step therefore changed nothing",
        higher_is_better: false,
    };

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
        batches: impl IntoIterator<Item = <M as TrainStep>::Input>,
        mut fold: impl FnMut(Measures),
    ) -> Result<Measures, Error>
    where
        M: LearnerModel + TrainStep<Output = Measures>,
    {
        let model = learner.model();
        let mut gradients = Gradients::new();
        for batch in batches {
            let output = learner.train_step(batch);
            gradients.add(&model, output.grads);
            fold(output.item);
        }
        let (gradients, norm) = gradients.clipped(&model, self.max_grad_norm);
        // The learner's own copy must be the only one, for the optimizer to change it in place.
        drop(model);
        learner.lr_step();
        if norm.is_finite() {
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
        Ok(Measures::default()
            .with("learning_rate", learner.lr_current().base())
            .with(Self::GRAD_NORM.name, norm)
            .with(Self::SKIPPED.name, f64::from(u8::from(!norm.is_finite()))))
    }
}
