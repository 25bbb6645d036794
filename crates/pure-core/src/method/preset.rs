//! Named settings: the paper, both branches of the reference, and the methods to compare them with.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::config::{MethodConfig, SeparatorAdvantage};
use super::unverified::UnverifiedConfig;
use crate::advantages::{Baseline, Deviation};
use crate::credit::{CreditConfig, Mean, SoftMin, Sum};
use crate::filter::AnswerFilter;
use crate::kl::{KlConfig, KlEstimator};
use crate::names::named;
use crate::returns::MinimumOver;
use crate::reward::{OutcomeRange, RewardConfig, RewardSource};
use crate::shaping::RewardShaping;
use crate::truncation::Truncated;

/// A named set of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
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
    #[serde(rename = "openrlhf")]
    OpenRlhf,
    /// GRPO on verified outcomes alone, arXiv 2402.03300: what the presets below are to be compared with.
    Grpo,
    /// GRPO on the outcome plus lambda times the mean step reward, lambda the process coefficient: the
    /// naive mixture that PROF and PAPO measure themselves against.
    Blend,
    /// GRPO on outcomes, after [`AnswerFilter::Prof`] has balanced right and wrong answers.
    Prof,
    /// PAPO, arXiv 2603.26535: [`Baseline::Papo`] on the mean step reward.
    Papo,
    /// PAPO in groups that have a verified answer, the paper's soft minimum in the others.
    PapoSoftMin,
    /// MaxRL, arXiv 2602.02710: [`Baseline::MaxRl`] on verified outcomes alone.
    MaxRl,
    /// PAR, arXiv 2502.18770: the mean step reward as [`RewardShaping::Par`] has it, in place of outcomes;
    /// it wants reference answers, [`Method::run_against`](super::Method::run_against). Leave-one-out
    /// keeps the bound, where a deviation would divide it out.
    Par,
    /// PRIME, arXiv 2502.01456: [`Baseline::Prime`] on the sum of the rewards of an implicit reward
    /// model, [`reward_model`](crate::reward_model), and outcomes.
    Prime,
}

const NAMES: [(&str, Preset); 11] = [
    ("paper", Preset::Paper),
    ("verl", Preset::Verl),
    ("openrlhf", Preset::OpenRlhf),
    ("grpo", Preset::Grpo),
    ("blend", Preset::Blend),
    ("prof", Preset::Prof),
    ("papo", Preset::Papo),
    ("papo-soft-min", Preset::PapoSoftMin),
    ("max-rl", Preset::MaxRl),
    ("par", Preset::Par),
    ("prime", Preset::Prime),
];

impl Preset {
    /// The settings. No preset whitens, so that the advantages can be read; both branches, and PRIME,
    /// train with whitening.
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
            filter: AnswerFilter::None,
            unverified: None,
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
            Self::Grpo => Self::whole(RewardSource::Outcome, Baseline::Grpo),
            Self::Blend => Self::whole(RewardSource::Both, Baseline::Grpo),
            Self::Prof => MethodConfig {
                filter: AnswerFilter::Prof,
                ..Self::Grpo.config()
            },
            Self::Papo => Self::whole(RewardSource::Both, Baseline::Papo),
            Self::PapoSoftMin => MethodConfig {
                separators: SeparatorAdvantage::Masked,
                unverified: Some(UnverifiedConfig::default()),
                ..Self::Papo.config()
            },
            Self::MaxRl => Self::whole(RewardSource::Outcome, Baseline::MaxRl),
            Self::Par => {
                let mut par = Self::whole(RewardSource::Process, Baseline::Rloo);
                par.reward.shaping = RewardShaping::Par { slope: 1.0 };
                par
            }
            Self::Prime => MethodConfig {
                credit: CreditConfig::Sum(Sum { gamma: 1.0 }),
                ..Self::whole(RewardSource::Both, Baseline::Prime)
            },
        }
    }

    /// Answers compared by what they are paid, their steps by the mean, without KL penalty and masks.
    fn whole(source: RewardSource, baseline: Baseline) -> MethodConfig {
        let mut whole = MethodConfig {
            credit: CreditConfig::Mean(Mean),
            baseline,
            separators: SeparatorAdvantage::Kept,
            ..Self::Paper.config()
        };
        whole.reward.source = source;
        whole.kl.coefficient = 0.0;
        whole
    }
}

named!(Preset, "preset", NAMES);

impl Default for MethodConfig {
    fn default() -> Self {
        Preset::Paper.config()
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
    fn a_preset_stands_in_files_by_the_name_that_command_lines_know() {
        for (name, preset) in NAMES {
            assert_eq!(serde_json::to_value(preset).unwrap(), name);
        }
    }

    #[test]
    fn every_preset_can_be_run() {
        for (name, preset) in NAMES {
            assert!(preset.config().build().is_ok(), "{name}");
        }
    }
}
