//! Groups without a verified answer, which may be credited in another form than the others.
//!
//! ```text
//! a group in which an outcome is known     credit, baseline
//! a group in which none is                 unverified.credit, unverified.baseline
//! ```
//!
//! Methods that compare outcomes, as [`Papo`](crate::Baseline::Papo), learn nothing where no outcome is
//! known; the paper's soft minimum needs none. So one run may have both: the first where answers can be
//! verified, the second where only the reward model speaks. Own proposal, in no paper.
//!
//! Groups share all other settings, and are whitened together where whitening is on: without it, their
//! advantages have different scales, standardised ones and ones within the range of the rewards.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::advantages::Baseline;
use crate::credit::CreditConfig;

/// Settings that groups without a verified answer have of their own. The default is the paper's: soft
/// minimum, leave-one-out over the generation limit.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UnverifiedConfig {
    /// Form of credit of these groups.
    pub credit: CreditConfig,
    /// Baseline of these groups.
    pub baseline: Baseline,
}
