//! What becomes of answers that the limit on their length cut.
//!
//! A cut answer may have been right so far, but its last step and its outcome are judged as if it had
//! ended there. Kept, such answers teach the model to be short, or, where the cut end scores well, to be
//! cut. Masked (the "overlong filtering" of DAPO, arXiv 2503.14476, section 3.4), they teach nothing.
//! Penalised, they are paid a fixed amount less.
//!
//! Departures: a masked answer still counts in its group's baseline, as in DAPO; it is left out of
//! whitening.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What to do with a cut answer.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Truncated {
    /// Nothing: it is an answer like others.
    #[default]
    Kept,
    /// Its advantages are 0.
    Masked,
    /// Its last token is paid `-penalty`, counted with the outcome reward.
    Penalised {
        /// Reward that an answer loses for being cut.
        penalty: f64,
    },
}

impl Truncated {
    pub(crate) fn penalty(self) -> f64 {
        match self {
            Self::Kept | Self::Masked => 0.0,
            Self::Penalised { penalty } => penalty,
        }
    }
}
