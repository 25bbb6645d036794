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

use super::config::MethodConfig;
use crate::advantages::Baseline;
use crate::credit::{Credit, CreditConfig};
use crate::error::Error;
use crate::groups::Groups;
use crate::response::Response;

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

/// How a group is credited and compared.
pub(super) struct Form {
    pub credit: Box<dyn Credit>,
    pub baseline: Baseline,
}

/// The forms of a batch's groups.
pub(super) struct Forms {
    pub verified: Form,
    /// Where it is another.
    pub unverified: Option<Form>,
}

impl Forms {
    pub fn of(config: &MethodConfig) -> Result<Self, Error> {
        let form = |credit: CreditConfig, baseline| -> Result<Form, Error> {
            let credit = credit.build_over(config.minimum_over)?;
            Ok(Form { credit, baseline })
        };
        let unverified = config.unverified.map(|own| form(own.credit, own.baseline));
        Ok(Self {
            verified: form(config.credit, config.baseline)?,
            unverified: unverified.transpose()?,
        })
    }

    /// The form of each group.
    pub fn of_groups(&self, responses: &[Response<'_>], groups: &Groups) -> Vec<&Form> {
        let unverified = self.unverified.as_ref().unwrap_or(&self.verified);
        let mut forms = vec![unverified; groups.count()];
        for (index, response) in responses.iter().enumerate() {
            if response.scores.outcome.is_some() {
                forms[groups.place(index)] = &self.verified;
            }
        }
        forms
    }
}
