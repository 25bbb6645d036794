//! Which numbers a person is shown of a run, and how they are written.

use pure::core::metrics::{
    ACCURACY, Better, ENTROPY, GRAD_NORM, GREEDY_ACCURACY, KL, KL_LOSS, LEARNING_RATE, LOSS,
    Metric, PROCESS, STEP_ACCURACY, STEPS_PER_ANSWER, TOKENS_PER_ANSWER, TRUNCATED, Unit,
};

/// What is trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trainee {
    Policy,
    Model,
    RewardModel,
}

/// Where numbers are from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    Training,
    HeldOut,
    /// Under `time`, or made of it.
    Speed,
}

/// A row: the first of these metrics that is measured.
pub type Row = (Source, &'static [Metric]);

/// How fast a run goes: tokens that a policy samples, or that others learn from, in a second.
pub const SPEED: Metric = Metric {
    name: "tokens_per_second",
    title: "Tokens per second",
    unit: Unit::Plain,
    better: Better::Neither,
    meaning: "tokens that a policy samples in a second, or that a training step reads",
};

use Source::{HeldOut, Speed, Training};

/// The most important ones first, for a small screen shows those alone.
pub const POLICY: [Row; 9] = [
    (HeldOut, &[ACCURACY, GREEDY_ACCURACY]),
    (Training, &[ACCURACY]),
    (Training, &[PROCESS]),
    (Training, &[KL, KL_LOSS]),
    (Training, &[TOKENS_PER_ANSWER]),
    (Training, &[TRUNCATED]),
    (Training, &[STEPS_PER_ANSWER]),
    (Training, &[ENTROPY]),
    (Speed, &[SPEED]),
];

const MODEL: [Row; 5] = [
    (HeldOut, &[LOSS]),
    (Training, &[LOSS]),
    (Training, &[LEARNING_RATE]),
    (Speed, &[SPEED]),
    (Training, &[GRAD_NORM]),
];

const REWARD_MODEL: [Row; 6] = [
    (HeldOut, &[LOSS]),
    (HeldOut, &[STEP_ACCURACY]),
    (Training, &[LOSS]),
    (Training, &[LEARNING_RATE]),
    (Speed, &[SPEED]),
    (Training, &[GRAD_NORM]),
];

impl Trainee {
    pub fn rows(self) -> &'static [Row] {
        match self {
            Self::Policy => &POLICY,
            Self::Model => &MODEL,
            Self::RewardModel => &REWARD_MODEL,
        }
    }

    /// What its steps are called.
    pub fn step(self) -> &'static str {
        match self {
            Self::Policy => "iteration",
            Self::Model | Self::RewardModel => "step",
        }
    }
}

/// A number of a metric, short.
pub fn number(metric: Metric, value: f64) -> String {
    match (metric.unit, value.abs()) {
        (Unit::Fraction, _) => format!("{:.1} %", 100.0 * value),
        (_, 0.0) => "0".to_owned(),
        (_, size) if size < 1e-3 => format!("{value:.1e}"),
        (_, size) if size < 10.0 => format!("{value:.3}"),
        (_, size) if size < 1000.0 => format!("{value:.1}"),
        (_, size) if size < 1e6 => format!("{value:.0}"),
        _ => format!("{value:.2e}"),
    }
}
