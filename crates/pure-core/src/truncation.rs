//! What becomes of answers that the limit on their length cut.
//!
//! A cut answer may have been on the right way; its last step and its outcome judge an accident.
//! Kept, it teaches the model to be short, or, where the cut tail scores well, to be cut. Masked (the
//! "overlong filtering" of DAPO, arXiv 2503.14476, section 3.4), it teaches nothing. Penalised, it
//! costs a fixed amount.
//!
//! Departures: a masked answer still counts in its group's baseline, as in DAPO; it is left out of
//! whitening.

use serde::{Deserialize, Serialize};

/// What to do with a cut answer.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
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
        /// What being cut costs.
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
