//! The tables of fine-tuning and of reward models.

use pure_core::Metric;
use pure_core::metrics::{
    AUC, CALIBRATION_ERROR, F1_BAD, FIRST_ERROR, RECALL_BAD, RECALL_GOOD, STEP_ACCURACY,
};

use crate::kind::Kind;
use crate::median_range::MedianRange;
use crate::supervised_summary::SupervisedSummary;
use crate::table::{Cell, Column, Table, number, percent};

type Of = Column<SupervisedSummary>;

const ARM: Of = (
    "arm",
    "runs of one setting, which differ in their seeds",
    |row| Cell {
        text: row.arm.clone(),
        note: (row.runs > 1).then(|| format!("{} seeds", row.runs)),
    },
);
const STEPS: Of = ("steps", "optimizer steps that were taken", |row| {
    Cell::plain(row.last_step.to_string())
});
const TOKENS: Of = (
    "tokens",
    "tokens that were read, prompts included, every time that they were",
    |row| large(row.tokens),
);
const TIME: Of = (
    "seconds",
    "seconds that training and evaluations took",
    |row| number(row.seconds, 0),
);
const BEST: Of = (
    "best loss",
    "the lowest loss on held-out data of any evaluation",
    |row| number(row.loss.best, 4),
);
const LAST: Of = (
    "last loss",
    "loss on held-out data at the last evaluation",
    |row| number(row.loss.last, 4),
);
const AT: Of = ("evaluated at", "the step of the last evaluation", |row| {
    row.evaluated_at
        .map_or_else(Cell::nothing, |step| Cell::plain(step.to_string()))
});

const SFT: [Of; 9] = [
    ARM,
    STEPS,
    TOKENS,
    TIME,
    (
        "train loss",
        "loss of training, averaged over the last tenth of the steps",
        |row| number(row.train_loss, 4),
    ),
    (
        "first loss",
        "loss on held-out data at the first evaluation",
        |row| number(row.loss.before, 4),
    ),
    BEST,
    LAST,
    AT,
];

const REWARD_MODEL: [Of; 14] = [
    ARM,
    STEPS,
    TOKENS,
    TIME,
    BEST,
    LAST,
    (
        "accuracy",
        "fraction of the held-out steps whose likelier label is the right one, at the last evaluation",
        |row| percent(held_out(row, STEP_ACCURACY)),
    ),
    (
        "of good",
        "fraction of the good steps that are called good, at the last evaluation",
        |row| percent(held_out(row, RECALL_GOOD)),
    ),
    (
        "of bad",
        "fraction of the bad steps that are called bad, at the last evaluation",
        |row| percent(held_out(row, RECALL_BAD)),
    ),
    (
        "F1 bad",
        "harmonic mean of precision and recall of the bad steps, at the last evaluation",
        |row| percent(held_out(row, F1_BAD)),
    ),
    (
        "AUC",
        "the probability that a good step is scored above a bad one, at the last evaluation",
        |row| percent(held_out(row, AUC)),
    ),
    (
        "calibration",
        "expected calibration error: mean distance between P(good) and the fraction of steps that are good, at the last evaluation; \
         lower is better",
        |row| percent(held_out(row, CALIBRATION_ERROR)),
    ),
    (
        "first errors",
        "fraction of the answers whose first bad step, or the absence of one, is found, at the last evaluation",
        |row| percent(held_out(row, FIRST_ERROR)),
    ),
    AT,
];

/// A terminal has no room for these.
const ON_PAGE_ONLY: [&str; 2] = ["F1 bad", "first errors"];

/// What became of these arms of a kind.
pub(crate) fn table(kind: Kind, arms: &[SupervisedSummary]) -> Table {
    match kind {
        Kind::RewardModel => Table::of(&REWARD_MODEL, &ON_PAGE_ONLY, arms),
        Kind::Policy | Kind::Sft => Table::of(&SFT, &ON_PAGE_ONLY, arms),
    }
}

fn held_out(row: &SupervisedSummary, metric: Metric) -> Option<MedianRange> {
    row.held_out.get(metric.name).copied()
}

/// A large number, as `1.24 M`.
fn large(range: Option<MedianRange>) -> Cell {
    let Some(MedianRange { median, .. }) = range else {
        return Cell::nothing();
    };
    let units = [(1e9, " G"), (1e6, " M"), (1e3, " k")];
    let unit = units.into_iter().find(|(size, _)| median >= *size);
    Cell::plain(match unit {
        Some((size, name)) => format!("{:.2}{name}", median / size),
        None => format!("{median:.0}"),
    })
}
