//! The table of policies.

use crate::arm_summary::ArmSummary;
use crate::metrics_jsonl::AnswersFrom;
use crate::table::{Cell, Column, Table, number, percent};

/// A terminal has no room for these.
const ON_PAGE_ONLY: [&str; 2] = ["greedy before", "greedy best"];

/// All columns of the page, in their order.
const COLUMNS: [Column<ArmSummary>; 13] = [
    (
        "arm",
        "runs of one setting, which differ in their seeds",
        arm,
    ),
    (
        "before",
        "accuracy of sampled answers at the first evaluation",
        |row| percent(row.accuracy.before),
    ),
    (
        "best",
        "the best accuracy of sampled answers at any evaluation",
        |row| percent(row.accuracy.best),
    ),
    (
        "last",
        "accuracy of sampled answers at the last evaluation",
        |row| percent(row.accuracy.last),
    ),
    (
        "greedy before",
        "accuracy of greedily decoded answers at the first evaluation",
        |row| percent(row.greedy_accuracy.before),
    ),
    (
        "greedy best",
        "the best accuracy of greedily decoded answers at any evaluation",
        |row| percent(row.greedy_accuracy.best),
    ),
    (
        "greedy last",
        "accuracy of greedily decoded answers at the last evaluation",
        |row| percent(row.greedy_accuracy.last),
    ),
    (
        "finished",
        "fraction of the answers that were not cut off at the generation limit, at the last evaluation",
        |row| percent(row.finished),
    ),
    (
        "steps",
        "mean number of steps of an answer at the last evaluation",
        |row| number(row.steps, 1),
    ),
    (
        "tokens",
        "mean number of tokens of an answer at the last evaluation",
        |row| number(row.tokens, 1),
    ),
    (
        "process",
        "process reward averaged over answers at the last evaluation; it depends on the form of credit, so compare arms of one form only",
        |row| number(row.process, 2),
    ),
    (
        "collapse",
        "the step from which on accuracy stays below half of the best it had",
        |row| collapses(&row.collapse),
    ),
    ("evaluated at", "the step of the last evaluation", |row| {
        Cell::plain(row.last_step.to_string())
    }),
];

/// What `in training` under an arm means.
const IN_TRAINING: &str = "in training: there was no evaluation on held-out prompts. In its place stand the \
    answers that training sampled, in pools of consecutive iterations with 100 answers or more.";

/// What became of these arms.
pub(crate) fn table(arms: &[ArmSummary]) -> Table {
    let in_training = arms
        .iter()
        .any(|row| row.answers_from == AnswersFrom::Training);
    let table = Table::of(&COLUMNS, &ON_PAGE_ONLY, arms);
    match in_training {
        true => table.with_note(IN_TRAINING),
        false => table,
    }
}

fn arm(row: &ArmSummary) -> Cell {
    let seeds = (row.runs > 1).then(|| format!("{} seeds", row.runs));
    let training = (row.answers_from == AnswersFrom::Training).then(|| "in training".to_owned());
    let notes: Vec<String> = seeds.into_iter().chain(training).collect();
    Cell {
        text: row.arm.clone(),
        note: (!notes.is_empty()).then(|| notes.join(", ")),
    }
}

/// When seeds collapsed: `at 10`, `2 of 3, at 10, 20`, or `–` if none did.
pub(crate) fn collapses(collapses: &[Option<u64>]) -> Cell {
    let steps: Vec<String> = collapses.iter().flatten().map(u64::to_string).collect();
    match (steps.len(), collapses.len()) {
        (0, _) => Cell::nothing(),
        (_, 1) => Cell::plain(format!("at {}", steps[0])),
        (some, all) => Cell {
            text: format!("{some} of {all}"),
            note: Some(format!("at {}", steps.join(", "))),
        },
    }
}
