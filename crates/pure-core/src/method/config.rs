//! All settings of the method.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::unverified::UnverifiedConfig;
use crate::advantages::{Baseline, Deviation};
use crate::credit::CreditConfig;
use crate::error::{Error, check_amount, check_discount, check_setting};
use crate::filter::AnswerFilter;
use crate::kl::KlConfig;
use crate::returns::MinimumOver;
use crate::reward::{RewardConfig, RewardSource};
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
/// The default is the preset [`paper`](crate::Preset::Paper).
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
    /// Which answers of a group are compared and learned from.
    pub filter: AnswerFilter,
    /// Settings of their own for groups without a verified answer; without them, they are like others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unverified: Option<UnverifiedConfig>,
}

impl MethodConfig {
    /// Whether the rewards of steps have a say, because they are paid or because answers are filtered by
    /// them.
    pub fn uses_step_rewards(&self) -> bool {
        self.reward.source != RewardSource::Outcome || self.filter != AnswerFilter::None
    }

    /// Refuses settings that have no meaning.
    pub(super) fn check(&self) -> Result<(), Error> {
        let finite = |key, found: f64| check_setting(found.is_finite(), key, found, "finite");
        finite("process_coefficient", self.reward.process_coefficient)?;
        finite("outcome_coefficient", self.reward.outcome_coefficient)?;
        self.reward.shaping.check()?;
        self.kl.controller()?;
        check_amount("penalty", self.truncated.penalty())?;
        let unverified = self.unverified.map(|unverified| unverified.baseline);
        for baseline in [Some(self.baseline), unverified] {
            if let Some(Baseline::ReinforcePlusPlus { gamma }) = baseline {
                check_discount("gamma", gamma)?;
            }
        }
        check_setting(self.limit != Some(0), "limit", 0, "at least 1")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_name_the_methods_that_are_compared() {
        let read = |text: &str| serde_json::from_str::<MethodConfig>(text).unwrap();
        let papo = r#"{"baseline": "papo", "credit": {"form": "mean"}, "unverified": {}}"#;
        let papo = read(papo);
        assert_eq!(papo.baseline, Baseline::Papo);
        assert_eq!(papo.unverified, Some(UnverifiedConfig::default()));
        let own = read(r#"{"unverified": {"credit": {"form": "min"}, "baseline": "rloo"}}"#);
        assert_eq!(own.unverified.unwrap().baseline, Baseline::Rloo);
        let filtered = read(r#"{"filter": "prof", "reward": {"source": "vr"}}"#);
        assert_eq!(filtered.filter, AnswerFilter::Prof);
        assert!(filtered.uses_step_rewards());
        let par = read(r#"{"reward": {"shaping": {"par": {"slope": 0.0}}}}"#);
        assert!(par.build().is_err());
        let discounted = r#"{"unverified": {"baseline": {"reinforce-plus-plus": {"gamma": 2}}}}"#;
        assert!(read(discounted).build().is_err());
    }

    #[test]
    fn unknown_keys_are_refused() {
        for text in [
            r#"{"whitening": true}"#,
            r#"{"kl": {"coef": 0.1}}"#,
            r#"{"reward": {"vr": 1}}"#,
            r#"{"unverified": {"filter": "prof"}}"#,
        ] {
            assert!(
                serde_json::from_str::<MethodConfig>(text).is_err(),
                "{text}"
            );
        }
    }
}
