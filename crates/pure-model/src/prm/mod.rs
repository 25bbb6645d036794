//! A process reward model (PRM): a decoder that judges each step of an answer where the step ends.
//!
//! ```text
//! z = head(decoder(prompt, answer)_e)      the two logits [bad, good] at the marker e of a step
//! r = P(good) - P(bad) = tanh((z_good - z_bad) / 2)      in [-1, 1]
//! ```
//!
//! with `P = softmax(z)`; PURE, arXiv 2504.15275, section 3. A marker stands at the end of
//! each step when it is read, in the place of its last token or behind it. Which tokens these are is the caller's
//! business ([`MarkedAnswer`]): this crate does not know how answers are split.
//!
//! Departures: the difference of probabilities is taken as one `tanh`, which does not cancel for
//! undecided steps. It is f32, whatever the model's precision.

mod files;
mod groups;
mod head;
mod judge;

use burn::module::Module;
use burn::tensor::{DType, Device, Tensor};

pub use self::head::PrmHead;
use self::head::{Head, LABELS};
pub use self::judge::MarkedAnswer;
use crate::{Decoder, ModelConfig};
pub(crate) use files::OwnCode;

/// A process reward model; its fields are named as in the Hugging Face checkpoint.
#[derive(Module, Debug)]
pub struct ProcessRewardModel {
    /// The decoder, for whoever wants its hidden states.
    pub model: Decoder,
    score: Head,
}

impl ModelConfig {
    /// A reward model of this shape with the given head; see [`init`](Self::init).
    pub fn init_prm(&self, head: PrmHead, device: &Device) -> ProcessRewardModel {
        let score = head.init(self, device);
        ProcessRewardModel::new(self.init_decoder(device), score)
    }
}

impl ProcessRewardModel {
    fn new(model: Decoder, score: Head) -> Self {
        Self { model, score }
    }

    /// The layout of its head.
    pub fn head(&self) -> PrmHead {
        self.score.layout()
    }

    /// The logits of the two labels `[bad, good]`, from hidden states, in f32.
    ///
    /// # Shapes
    ///
    /// - `hidden`: `[batch, length, hidden]`
    /// - output: `[batch, length, 2]`
    pub fn label_logits(&self, hidden: Tensor<3>) -> Tensor<3> {
        let [batch, length, width] = hidden.dims();
        let logits = self.score.forward(hidden.reshape([batch * length, width]));
        logits.cast(DType::F32).reshape([batch, length, LABELS])
    }

    /// `P(good) - P(bad)` from hidden states, in f32.
    ///
    /// # Shapes
    ///
    /// - `hidden`: `[batch, length, hidden]`
    /// - output: `[batch, length]`, in `[-1, 1]`
    pub fn rewards(&self, hidden: Tensor<3>) -> Tensor<2> {
        // From 10 on a tanh is 1 in f32; some drivers' overflow for large numbers.
        const CERTAIN: f64 = 15.0;
        let logits = self.label_logits(hidden);
        let label = |index| logits.clone().narrow(2, index, 1).squeeze_dim::<2>(2);
        let half = (label(1) - label(0)) / 2.0;
        half.clamp(-CERTAIN, CERTAIN).tanh()
    }
}
