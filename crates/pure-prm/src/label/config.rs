//! How steps are labelled: settings, as they stand in files.

use pure_data::StepLabel;
use pure_rollout::Sampling;
use serde::{Deserialize, Serialize};

use super::error::LabelError;
use super::step_labels::Count;

/// How steps are labelled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelConfig {
    /// What is asked, and what the labels are made of.
    pub method: LabelMethod,
    /// Completions of a prefix.
    pub samples: usize,
    /// How they are drawn.
    pub sampling: Sampling,
}

/// What is asked of the policy, and what labels are made of its answers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LabelMethod {
    /// Completions from every step (Math-Shepherd).
    MonteCarlo(ShareRule),
    /// Completions from so many steps as it takes to find the first error (OmegaPRM).
    BinarySearch,
}

/// From the right ones among the completions of a prefix to the label of its last step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ShareRule {
    /// Their share is the label: Math-Shepherd's soft estimation, equation 4.
    Soft,
    /// Good if there is one: its hard estimation, equation 3.
    AnyRight,
    /// Good if this share of the completions is right, above 0 and at most 1.
    AtLeast(f64),
}

impl LabelConfig {
    /// # Errors
    ///
    /// [`LabelError::Setting`] if there are no samples, or a share is none. What is wrong with the
    /// sampling is told by the sampler.
    pub(super) fn check(&self) -> Result<(), LabelError> {
        let must = |holds: bool, setting, found, expected| match holds {
            true => Ok(()),
            false => Err(LabelError::Setting {
                setting,
                found,
                expected,
            }),
        };
        must(self.samples > 0, "samples", 0.0, "1 or above")?;
        if let LabelMethod::MonteCarlo(ShareRule::AtLeast(share)) = self.method {
            let sound = share > 0.0 && share <= 1.0;
            must(sound, "threshold", share, "above 0 and at most 1")?;
        }
        Ok(())
    }
}

impl ShareRule {
    /// The label of a step.
    pub(super) fn label(self, count: Count) -> StepLabel {
        let good = |good| match good {
            true => StepLabel::Good,
            false => StepLabel::Bad,
        };
        match self {
            Self::Soft => StepLabel::Soft(count.share() as f32),
            Self::AnyRight => good(count.right > 0),
            Self::AtLeast(share) => good(count.share() >= share),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_that_is_met_exactly_is_enough() {
        let count = |right| Count { right, samples: 10 };
        for right in 0..=10 {
            let share = right as f64 / 10.0;
            if right > 0 {
                let rule = ShareRule::AtLeast(share);
                assert_eq!(rule.label(count(right)), StepLabel::Good);
                assert_eq!(rule.label(count(right - 1)), StepLabel::Bad);
            }
            let soft = ShareRule::Soft.label(count(right));
            assert_eq!(soft, StepLabel::Soft(share as f32));
        }
        assert_eq!(ShareRule::AnyRight.label(count(1)), StepLabel::Good);
        assert_eq!(ShareRule::AnyRight.label(count(0)), StepLabel::Bad);
    }

    #[test]
    fn settings_without_meaning_are_refused_by_name() {
        let with = |method, samples| LabelConfig {
            method,
            samples,
            sampling: Sampling::default(),
        };
        let refused = |config: LabelConfig| config.check().unwrap_err().to_string();
        assert!(refused(with(LabelMethod::BinarySearch, 0)).contains("`samples` is 0"));
        for share in [0.0, 1.1, f64::NAN] {
            let method = LabelMethod::MonteCarlo(ShareRule::AtLeast(share));
            assert!(refused(with(method, 1)).contains("`threshold`"));
        }
        let method = LabelMethod::MonteCarlo(ShareRule::AtLeast(1.0));
        assert!(with(method, 1).check().is_ok());
    }
}
