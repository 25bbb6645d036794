//! Which fields hold what.

use serde::{Deserialize, Serialize};

/// A form in which step-labelled answers are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LabelForm {
    /// The stepwise supervision form of TRL.
    Trl,
    /// PRM800K as OpenAI published it.
    Prm800k,
    /// Math-Shepherd, its steps marked with `ки`.
    MathShepherd,
}

impl LabelForm {
    /// Every form, in words.
    pub(super) const KNOWN: &str = "`prompt`, `completions` and `labels` (TRL), `question` and \
        `label` (PRM800K), or `input` and `label` (Math-Shepherd)";

    /// The form that these fields are of.
    pub(super) fn of(has: impl Fn(&str) -> bool) -> Option<Self> {
        let all = [Self::Trl, Self::Prm800k, Self::MathShepherd];
        all.into_iter().find(|form| form.fits(&has))
    }

    /// Whether these fields make a record one of this form.
    pub(super) fn fits(self, has: impl Fn(&str) -> bool) -> bool {
        let mut fields = match self {
            Self::Trl => ["prompt", "completions", "labels"].iter(),
            Self::Prm800k => ["question", "label"].iter(),
            Self::MathShepherd => ["input", "label"].iter(),
        };
        fields.all(|field| has(field))
    }
}
