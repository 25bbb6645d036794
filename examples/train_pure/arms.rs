//! What is compared. Everything that an arm does not name is the same for all.

use pure::core::credit::{Mean, Min, SoftMin, Sum};
use pure::core::{Baseline, CreditConfig, MethodConfig, ProcessRange, RewardSource};

/// A way to be paid.
#[derive(Debug, Clone, Copy)]
pub struct Arm {
    pub name: &'static str,
    pub about: &'static str,
    credit: CreditConfig,
    source: RewardSource,
    /// Share of the prompts whose true answer pays.
    pub with_answer: f64,
    range: ProcessRange,
    baseline: Baseline,
    /// Whether the reward model is the weak one.
    pub weak: bool,
    /// Whether adapters are trained in place of all weights, at ten times the learning rate.
    pub lora: bool,
}

const SOFT_MIN: CreditConfig = CreditConfig::SoftMin(SoftMin { temperature: 0.1 });
const SUM: CreditConfig = CreditConfig::Sum(Sum { gamma: 1.0 });
const MEAN: CreditConfig = CreditConfig::Mean(Mean);
const MIN: CreditConfig = CreditConfig::Min(Min);

const fn process(name: &'static str, about: &'static str, credit: CreditConfig) -> Arm {
    Arm {
        name,
        about,
        credit,
        source: RewardSource::Process,
        with_answer: 0.0,
        range: ProcessRange::MinusOneToOne,
        baseline: Baseline::TokenLeaveOneOut,
        weak: false,
        lora: false,
    }
}

const fn and_answers(name: &'static str, about: &'static str, credit: CreditConfig) -> Arm {
    Arm {
        source: RewardSource::Both,
        with_answer: 0.1,
        ..process(name, about, credit)
    }
}

/// Every arm, in the order of the table.
pub const ARMS: [Arm; 14] = [
    Arm {
        source: RewardSource::Outcome,
        with_answer: 1.0,
        ..process("vr", "verified answers alone, for every prompt", SOFT_MIN)
    },
    process("sum", "process rewards, summed", SUM),
    process("mean", "process rewards, averaged", MEAN),
    process("min", "process rewards, their minimum", MIN),
    process("soft-min", "the same, softened", SOFT_MIN),
    and_answers(
        "soft-min+vr",
        "PURE: and a verified answer in ten",
        SOFT_MIN,
    ),
    and_answers("sum+vr", "the sum, and a verified answer in ten", SUM),
    Arm {
        range: ProcessRange::ZeroToOne,
        ..process("sum01", "the sum of rewards from 0 to 1", SUM)
    },
    Arm {
        range: ProcessRange::ZeroToOne,
        ..process(
            "soft-min01",
            "the soft minimum of rewards from 0 to 1",
            SOFT_MIN,
        )
    },
    Arm {
        baseline: Baseline::LengthLeaveOneOut,
        ..process(
            "token-baseline",
            "soft-min, the original's token baseline",
            SOFT_MIN,
        )
    },
    Arm {
        baseline: Baseline::StepLeaveOneOut,
        ..process(
            "step-baseline",
            "soft-min, the original's step baseline",
            SOFT_MIN,
        )
    },
    Arm {
        weak: true,
        ..process("soft-min-weak", "soft-min, a weak reward model", SOFT_MIN)
    },
    Arm {
        weak: true,
        ..and_answers("soft-min+vr-weak", "and a verified answer in ten", SOFT_MIN)
    },
    Arm {
        lora: true,
        ..and_answers(
            "soft-min+vr-lora",
            "PURE with adapters of rank 16",
            SOFT_MIN,
        )
    },
];

impl Arm {
    /// The line from scores to advantages: `method` with what the arm changes.
    pub fn method(&self, method: &MethodConfig) -> MethodConfig {
        let mut method = method.clone();
        method.credit = self.credit;
        method.baseline = self.baseline;
        method.reward.source = self.source;
        method.reward.process_range = self.range;
        method
    }
}
