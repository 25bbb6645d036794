//! What stands in the tables of a ranking: a measure of an arm under a condition, as text in HTML.

use std::fmt::Write as _;

use super::{Course, MeanInterval, OverSeeds};
use crate::html::escaped;

/// A column under each condition: its name, what it means, and its cell.
pub(super) struct Column {
    pub name: &'static str,
    meaning: &'static str,
    pub cell: fn(&OverSeeds) -> String,
}

const fn column(
    name: &'static str,
    meaning: &'static str,
    cell: fn(&OverSeeds) -> String,
) -> Column {
    Column {
        name,
        meaning,
        cell,
    }
}

/// Those in sight first, beside the curve.
pub(super) static ACCURACIES: [Column; 4] = [
    column(
        "last",
        "accuracy of sampled answers to held-out prompts at the last evaluation, in per cent; arms are ranked by it",
        |over| percent(over.last),
    ),
    column(
        "early",
        "accuracy at the last evaluation up to the early iteration",
        |over| percent(over.early),
    ),
    column("best", "the best accuracy of each seed", |over| {
        percent(over.best)
    }),
    column(
        "before",
        "accuracy at the first evaluation, before anything was learned",
        |over| percent(over.before),
    ),
];

/// What its answers are like in the end, and what it cost.
pub(super) static ANSWERS: [Column; 7] = [
    column(
        "hacked",
        "how many seeds the monitor saw hacked, accuracy falling while process reward rose, and at which iterations it \
         first did",
        |over| seeds_at(over, |seed| seed.hacked),
    ),
    column(
        "ended",
        "how many seeds the monitor ended before their last iteration, and when",
        |over| seeds_at(over, |seed| seed.ended.is_some().then_some(seed.iterations)),
    ),
    column(
        "finished",
        "answers that were not cut off at the generation limit, in per cent, at the last evaluation",
        |over| percent(over.finished),
    ),
    column(
        "steps",
        "steps of an answer at the last evaluation",
        |over| number(over.steps, 1.0, 1),
    ),
    column(
        "process",
        "process reward of an answer at the last evaluation; it depends on the form of credit, so compare arms of one \
         form only",
        |over| number(over.process, 1.0, 2),
    ),
    column(
        "sampled",
        "millions of tokens sampled in all iterations, those of reference answers included",
        |over| number(over.tokens_sampled, 1e-6, 2),
    ),
    column(
        "trained on",
        "millions of tokens learned from in all iterations",
        |over| number(over.tokens_trained, 1e-6, 2),
    ),
];

/// What these columns mean, and what stands where there is no number.
pub(super) fn meanings(columns: &[Column]) -> String {
    let mut out = "<details><summary>What the columns mean</summary><dl>\n".to_owned();
    for column in columns {
        let _ = writeln!(out, "<dt>{}<dd>{}", column.name, escaped(column.meaning));
    }
    out + "<dt>…<dd>no run is finished yet\n<dt>–<dd>not measured, or the condition has no meaning for the arm\n</dl></details>\n"
}

fn percent(share: Option<MeanInterval>) -> String {
    number(share, 100.0, 1)
}

fn number(of: Option<MeanInterval>, scale: f64, digits: usize) -> String {
    let Some(of) = of else {
        return "–".to_owned();
    };
    let mean = scale * of.mean;
    match of.half_width {
        Some(half) => format!("{mean:.digits$}<small>±{:.digits$}</small>", scale * half),
        None => format!("{mean:.digits$}"),
    }
}

/// How many seeds something happened to, and at which iterations.
fn seeds_at(over: &OverSeeds, when: fn(&Course) -> Option<u64>) -> String {
    let at: Vec<String> = (over.seeds.iter())
        .filter_map(when)
        .map(|iteration| iteration.to_string())
        .collect();
    match at.as_slice() {
        [] => "none".to_owned(),
        at => format!(
            "{} of {}<small>at {}</small>",
            at.len(),
            over.seeds.len(),
            at.join(", ")
        ),
    }
}
