//! All settings of the method, and three presets: the paper and both branches of the reference.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::advantages::{Baseline, Deviation};
use crate::credit::{CreditConfig, SoftMin};
use crate::error::{Error, check_amount, check_discount, check_setting};
use crate::kl::{KlConfig, KlEstimator};
use crate::names::named;
use crate::returns::MinimumOver;
use crate::reward::{OutcomeRange, RewardConfig};
use crate::truncation::Truncated;

/// What becomes of the advantages of steps' last tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SeparatorAdvantage {
    /// They stay. Users of the verl branch report that the model then learns to separate early and
    /// "hacks into empty outputs quickly".
    Kept,
    /// They are set to 0, before whitening, and left out of it. The very last token of an answer ends
    /// a step too.
    #[default]
    Masked,
}

/// The settings of the method, from scores to advantages. Every field may be left out of a file.
///
/// The default is the preset [`paper`](Preset::Paper).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MethodConfig {
    /// Form of credit: how the returns of tokens follow from the step rewards.
    pub credit: CreditConfig,
    /// Which rewards are paid, and their coefficients.
    pub reward: RewardConfig,
    /// The KL penalty in the reward of each token.
    pub kl: KlConfig,
    /// Baseline that is subtracted from the returns.
    pub baseline: Baseline,
    /// The generation limit, `N` in the baselines. Without it the length of the longest answer of the
    /// batch takes its place, and advantages depend on the batch.
    pub limit: Option<usize>,
    /// Whether advantages are whitened over the batch.
    pub whiten: bool,
    /// Which variance whitening divides by.
    pub deviation: Deviation,
    /// What becomes of the advantages of steps' last tokens.
    pub separators: SeparatorAdvantage,
    /// How answers that were cut at the generation limit are treated.
    pub truncated: Truncated,
    /// What the smallest reward is taken over, if `credit` is suffix-min.
    pub minimum_over: MinimumOver,
}

impl Default for MethodConfig {
    fn default() -> Self {
        Preset::Paper.config()
    }
}

/// A named set of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Preset {
    /// The paper, arXiv 2504.15275: soft minimum at T = 0.1, process and outcome reward, each with its
    /// own leave-one-out baseline, the process one counted over the generation limit; separators
    /// masked; KL as k1 with 0.001, outside all baselines. No quirks.
    #[default]
    Paper,
    /// The verl branch of the reference. Quirks that it copies: the baseline is counted over the
    /// padded width (give it as `limit`) and takes in outcome and KL penalty; separators keep their
    /// advantages; the outcome's coefficient does not count where the outcome is the only reward; the
    /// strict minimum is over everything, padding included. Not copied: an answer alone in its
    /// group, and with whitening its whole batch, is NaN there; here its baseline is 0.
    Verl,
    /// The main branch of the reference, on OpenRLHF. Quirks that it copies: outcomes are -1 and 0;
    /// the token baseline is counted over the others' own lengths and subtracted at the ends of steps;
    /// whitening counts masked separators in the deviation but not in the mean. Not copied: k3 has no
    /// clamp there.
    OpenRlhf,
}

const NAMES: [(&str, Preset); 3] = [
    ("paper", Preset::Paper),
    ("verl", Preset::Verl),
    ("openrlhf", Preset::OpenRlhf),
];

impl Preset {
    /// The settings. No preset whitens, so that the advantages can be read; both branches train with
    /// whitening.
    pub fn config(self) -> MethodConfig {
        let paper = MethodConfig {
            credit: CreditConfig::SoftMin(SoftMin { temperature: 0.1 }),
            reward: RewardConfig::default(),
            kl: KlConfig::default(),
            baseline: Baseline::TokenLeaveOneOut,
            limit: None,
            whiten: false,
            deviation: Deviation::Sample,
            separators: SeparatorAdvantage::Masked,
            truncated: Truncated::Kept,
            minimum_over: MinimumOver::Process,
        };
        match self {
            Self::Paper => paper,
            Self::Verl => MethodConfig {
                reward: RewardConfig {
                    outcome_coefficient_alone: false,
                    ..paper.reward
                },
                kl: KlConfig {
                    estimator: KlEstimator::K3,
                    ..paper.kl
                },
                baseline: Baseline::PaddedLeaveOneOut,
                separators: SeparatorAdvantage::Kept,
                minimum_over: MinimumOver::EverythingAndPadding,
                ..paper
            },
            Self::OpenRlhf => MethodConfig {
                reward: RewardConfig {
                    outcome_range: OutcomeRange::MinusOneToZero,
                    ..paper.reward
                },
                baseline: Baseline::LengthLeaveOneOut,
                deviation: Deviation::PopulationWithSeparators,
                ..paper
            },
        }
    }
}

named!(Preset, "preset", NAMES);

impl MethodConfig {
    /// Refuses settings that have no meaning.
    pub(super) fn check(&self) -> Result<(), Error> {
        let finite = |key, found: f64| check_setting(found.is_finite(), key, found, "finite");
        finite("process_coefficient", self.reward.process_coefficient)?;
        finite("outcome_coefficient", self.reward.outcome_coefficient)?;
        self.kl.controller()?;
        check_amount("penalty", self.truncated.penalty())?;
        if let Baseline::ReinforcePlusPlus { gamma } = self.baseline {
            check_discount("gamma", gamma)?;
        }
        check_setting(self.limit != Some(0), "limit", 0, "at least 1")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_the_paper() {
        assert_eq!(MethodConfig::default(), Preset::Paper.config());
        assert_eq!(
            serde_json::from_str::<MethodConfig>("{}").unwrap(),
            MethodConfig::default()
        );
    }

    #[test]
    fn presets_go_to_files_and_back() {
        for (name, preset) in NAMES {
            assert_eq!(name.parse::<Preset>().unwrap(), preset);
            let text = serde_json::to_string(&preset.config()).unwrap();
            assert_eq!(
                serde_json::from_str::<MethodConfig>(&text).unwrap(),
                preset.config()
            );
        }
    }

    #[test]
    fn unknown_keys_are_refused() {
        for text in [
            r#"{"whitening": true}"#,
            r#"{"kl": {"coef": 0.1}}"#,
            r#"{"reward": {"vr": 1}}"#,
        ] {
            assert!(
                serde_json::from_str::<MethodConfig>(text).is_err(),
                "{text}"
            );
        }
    }
}
