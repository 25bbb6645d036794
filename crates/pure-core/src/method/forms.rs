//! How each group of a batch is credited and compared.

use super::config::MethodConfig;
use crate::advantages::Baseline;
use crate::credit::{Credit, CreditConfig};
use crate::error::Error;
use crate::groups::Groups;
use crate::response::Response;

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
