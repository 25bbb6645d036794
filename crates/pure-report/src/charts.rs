//! What the page draws, as numbers: a chart a metric, points, marks.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::arms::Arm;
use crate::curve::{Curve, SPLITS, curve, rounded};
use crate::glossary::{self, Entry, Group, PAID, Unit};
use crate::metrics::Measured;
use crate::rows::collapses;
use crate::run::Run;

/// What the page's script is given.
#[derive(Debug, Serialize)]
pub(crate) struct Charts {
    arms: Vec<ArmMarks>,
    /// Most curves share their steps, so they stand here once.
    steps: Vec<Vec<u64>>,
    pub charts: Vec<Chart>,
    points: Vec<Vec<Vec<Point>>>,
    pub lengths: crate::lengths::Lengths,
}

/// What is marked on every chart.
#[derive(Debug, Serialize)]
struct ArmMarks {
    name: String,
    credit: String,
    runs: usize,
    /// Steps at which seeds collapsed.
    collapse: Vec<u64>,
    notices: Vec<(u64, String)>,
}

/// One metric over the steps.
#[derive(Debug, Serialize)]
pub(crate) struct Chart {
    pub title: String,
    pub meaning: String,
    pub unit: Unit,
    #[serde(skip)]
    pub group: Group,
    curves: Vec<Curve>,
}

/// An evaluation: its step, process reward, accuracy.
type Point = (u64, f64, f64);

impl Charts {
    pub fn of(arms: &[Arm]) -> Self {
        let mut steps = Vec::new();
        Self {
            arms: arms.iter().map(marks).collect(),
            charts: charts(arms, &mut steps),
            steps,
            points: arms
                .iter()
                .map(|arm| arm.runs.iter().map(points).collect())
                .collect(),
            lengths: crate::lengths::Lengths::of(arms),
        }
    }
}

fn marks(arm: &Arm) -> ArmMarks {
    let notices = arm.runs.iter().flat_map(|run| &run.metrics.notices);
    ArmMarks {
        name: arm.name.clone(),
        credit: arm.credit(),
        runs: arm.runs.len(),
        collapse: collapses(arm).into_iter().flatten().collect(),
        notices: notices
            .map(|notice| (notice.step, notice.text.clone()))
            .collect(),
    }
}

/// A chart for every metric that any arm has; for those that depend on the form of credit, one a form.
fn charts(arms: &[Arm], all_steps: &mut Vec<Vec<u64>>) -> Vec<Chart> {
    let mut charts = Vec::new();
    let mut add = |entry: &Entry<'_>, form: Option<&str>, several: bool| {
        let of_form = |arm: &Arm| form.is_none_or(|form| arm.credit() == form);
        let arms = arms.iter().enumerate().filter(|(_, arm)| of_form(arm));
        let mut curves = Vec::new();
        for (index, arm) in arms {
            for (split, lines) in SPLITS {
                curves.extend(curve((index, arm), entry.name, (split, lines), all_steps));
            }
        }
        if !curves.is_empty() {
            let under = form.filter(|_| several);
            let title = under.map(|form| format!("{} under {form}", entry.title));
            charts.push(Chart {
                title: title.unwrap_or_else(|| entry.title.to_owned()),
                meaning: entry.meaning.to_owned(),
                unit: entry.unit,
                group: entry.group,
                curves,
            });
        }
    };
    // An arm without step rewards is under no form.
    let paid = arms.iter().filter(|arm| {
        arm.runs
            .iter()
            .any(|run| run.metrics.evaluations(PAID[0]).next().is_some())
    });
    let forms: BTreeSet<String> = paid.map(Arm::credit).collect();
    for entry in &glossary::ALL {
        if PAID.contains(&entry.name) {
            for form in &forms {
                add(entry, Some(form), forms.len() > 1);
            }
        } else {
            add(entry, None, false);
        }
    }
    for name in unknown(arms) {
        // Its own name is all that is known of it.
        let leaked = Entry {
            name: &name,
            title: &name,
            meaning: "",
            unit: Unit::Number,
            group: Group::Other,
        };
        add(&leaked, None, false);
    }
    charts
}

/// Metrics that the glossary does not know.
fn unknown(arms: &[Arm]) -> BTreeSet<String> {
    let runs = arms.iter().flat_map(|arm| &arm.runs);
    let lines = runs.flat_map(|run| run.metrics.train.values().chain(run.metrics.valid.values()));
    let names = lines.flat_map(|line| line.values.keys());
    let known = |name: &String| glossary::ALL.iter().any(|entry| entry.name == name);
    names.filter(|name| !known(name)).cloned().collect()
}

fn points(run: &Run) -> Vec<Point> {
    let lines = run.metrics.valid.iter();
    let point = |(&step, line): (&u64, &Measured)| {
        let value = |name: &str| line.values.get(name).copied().map(rounded);
        Some((step, value("process")?, value("accuracy")?))
    };
    lines.filter_map(point).collect()
}
