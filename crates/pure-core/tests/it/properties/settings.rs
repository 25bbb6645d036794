//! Settings of any kind.

use proptest::prelude::*;
use pure_core::{
    Baseline, CreditConfig, Deviation, KlEstimator, MethodConfig, Preset, SeparatorAdvantage,
    Truncated,
};

use super::answers::LIMIT;

pub const BASELINES: [Baseline; 9] = [
    Baseline::TokenLeaveOneOut,
    Baseline::PaddedLeaveOneOut,
    Baseline::LengthLeaveOneOut,
    Baseline::StepLeaveOneOut,
    Baseline::Rloo,
    Baseline::Grpo,
    Baseline::DrGrpo,
    Baseline::ReinforcePlusPlus { gamma: 0.9 },
    Baseline::None,
];

pub fn baseline() -> impl Strategy<Value = Baseline> {
    prop::sample::select(BASELINES.to_vec())
}

pub fn config() -> impl Strategy<Value = MethodConfig> {
    let form = prop::sample::select(CreditConfig::every_form().to_vec());
    let preset = prop::sample::select(vec![Preset::Paper, Preset::Verl, Preset::OpenRlhf]);
    let estimator = prop::sample::select(vec![
        KlEstimator::K1,
        KlEstimator::K2,
        KlEstimator::Abs,
        KlEstimator::K3,
    ]);
    let truncated = prop::sample::select(vec![
        Truncated::Kept,
        Truncated::Masked,
        Truncated::Penalised { penalty: 0.5 },
    ]);
    let deviation = prop::sample::select(vec![
        Deviation::Sample,
        Deviation::Population,
        Deviation::PopulationWithSeparators,
    ]);
    (
        form,
        preset,
        estimator,
        truncated,
        deviation,
        baseline(),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(
            |(credit, preset, estimator, truncated, deviation, baseline, whiten, kept)| {
                let mut config = preset.config();
                config.kl.estimator = estimator;
                if kept {
                    config.separators = SeparatorAdvantage::Kept;
                }
                let limit = Some(LIMIT);
                MethodConfig {
                    credit,
                    truncated,
                    deviation,
                    baseline,
                    whiten,
                    limit,
                    ..config
                }
            },
        )
}

/// The same line with advantages as they are before whitening.
pub fn without_whitening(config: MethodConfig) -> MethodConfig {
    let baseline = match config.baseline {
        Baseline::ReinforcePlusPlus { .. } => Baseline::None,
        other => other,
    };
    MethodConfig {
        whiten: false,
        baseline,
        ..config
    }
}
