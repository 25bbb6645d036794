//! What the page's script draws, as numbers: a chart a metric, points, marks.

use std::collections::BTreeSet;

use pure_core::metrics::{Better, Unit};
use pure_core::{Metric, metrics};
use serde::Serialize;

use super::curve::{Curve, SPLITS, curve, rounded};
use super::length_histogram::Lengths;
use super::reached::Reached;
use super::sections::{BY_CREDIT, sections};
use crate::arm_summary::collapses;
use crate::arms::Arm;
use crate::kind::Kind;
use crate::metrics_jsonl::Measured;
use crate::run::Run;

/// What the page's script is given.
#[derive(Debug, Serialize)]
pub(super) struct ChartData {
    arms: Vec<ArmData>,
    /// Most curves share their steps, so they stand here once.
    steps: Vec<Vec<u64>>,
    pub charts: Vec<Chart>,
    points: Vec<Vec<Vec<Point>>>,
    lengths: Lengths,
}

/// What is marked on every chart, and what it may be drawn over.
#[derive(Debug, Serialize)]
struct ArmData {
    name: String,
    credit: String,
    runs: usize,
    /// Steps at which seeds collapsed.
    collapse: Vec<u64>,
    notices: Vec<(u64, String)>,
    reached: Reached,
}

/// One metric over the steps.
#[derive(Debug, Serialize)]
pub(super) struct Chart {
    pub title: String,
    /// As `%` where numbers are fractions, which are shown in per cent.
    unit: &'static str,
    #[serde(skip)]
    pub meaning: String,
    /// Its place among the [sections] of its kind.
    #[serde(skip)]
    pub section: usize,
    curves: Vec<Curve>,
}

/// An evaluation: its step, process reward, accuracy.
type Point = (u64, f64, f64);

impl ChartData {
    pub fn of(kind: Kind, arms: &[Arm]) -> Self {
        let mut steps = Vec::new();
        let points = |arm: &Arm| arm.runs.iter().map(points).collect();
        Self {
            arms: arms.iter().map(|arm| arm_data(kind, arm)).collect(),
            charts: charts(kind, arms, &mut steps),
            steps,
            points: arms.iter().map(points).collect(),
            lengths: Lengths::of(arms),
        }
    }
}

fn arm_data(kind: Kind, arm: &Arm) -> ArmData {
    let notices = arm.runs.iter().flat_map(|run| &run.metrics.notices);
    let collapse = match kind {
        Kind::Policy => collapses(arm).into_iter().flatten().collect(),
        Kind::Sft | Kind::RewardModel => Vec::new(),
    };
    ArmData {
        name: arm.name.clone(),
        credit: arm.credit(),
        runs: arm.runs.len(),
        collapse,
        reached: Reached::of(arm),
        notices: notices
            .map(|notice| (notice.step, notice.text.clone()))
            .collect(),
    }
}

/// A chart for every metric that any arm has; for those that depend on the form of credit, one a form.
fn charts(kind: Kind, arms: &[Arm], all_steps: &mut Vec<Vec<u64>>) -> Vec<Chart> {
    let mut charts = Vec::new();
    let mut curves = |name: &str, form: Option<&str>| {
        let of_form = |arm: &Arm| form.is_none_or(|form| arm.credit() == form);
        let arms = arms.iter().enumerate().filter(|(_, arm)| of_form(arm));
        let mut curves = Vec::new();
        for of in arms {
            curves.extend(SPLITS.map(|split| curve(of, name, split, all_steps)));
        }
        curves.into_iter().flatten().collect::<Vec<Curve>>()
    };
    let forms = forms(arms);
    let sections = sections(kind);
    for (section, of) in sections.iter().enumerate() {
        for metric in of.metrics {
            let forms: Vec<Option<&str>> = match BY_CREDIT.contains(metric) {
                true => forms.iter().map(|form| Some(form.as_str())).collect(),
                false => vec![None],
            };
            for &form in &forms {
                let title = match form.filter(|_| forms.len() > 1) {
                    Some(form) => format!("{} under {form}", metric.title),
                    None => metric.title.to_owned(),
                };
                charts.push(Chart {
                    title,
                    unit: unit(metric.unit),
                    meaning: meaning(metric),
                    section,
                    curves: curves(metric.name, form),
                });
            }
        }
    }
    // Of metrics that nobody defined no more is known than their names.
    for name in undefined(kind, arms) {
        charts.push(Chart {
            curves: curves(&name, None),
            title: name,
            unit: unit(Unit::Plain),
            meaning: String::new(),
            section: sections.len() - 1,
        });
    }
    charts.retain(|chart| !chart.curves.is_empty());
    charts
}

/// The forms of credit of the arms that have process rewards.
fn forms(arms: &[Arm]) -> BTreeSet<String> {
    let has_process = |run: &Run| {
        let mut lines = run.metrics.lines();
        lines.any(|line| line.get(metrics::PROCESS).is_some())
    };
    let paid = arms.iter().filter(|arm| arm.runs.iter().any(has_process));
    paid.map(Arm::credit).collect()
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Fraction => "%",
        Unit::Of(unit) => unit,
        Unit::Plain => "",
    }
}

/// The sentence of a metric as a text of its own, with which way is better.
fn meaning(metric: &Metric) -> String {
    let mut letters = metric.meaning.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let sentence: String = first.chain(letters).collect();
    let better = match metric.better {
        Better::Higher => " Higher is better.",
        Better::Lower => " Lower is better.",
        Better::Neither => "",
    };
    format!("{sentence}.{better}")
}

/// The names of metrics that are not defined, from a newer or another program.
fn undefined(kind: Kind, arms: &[Arm]) -> BTreeSet<String> {
    let runs = arms.iter().flat_map(|arm| &arm.runs);
    let lines = runs.flat_map(|run| run.metrics.lines());
    let names = lines.flat_map(|line| line.values.keys());
    let defined = |name: &str| kind.metrics().iter().any(|metric| metric.name == name);
    names.filter(|name| !defined(name)).cloned().collect()
}

fn points(run: &Run) -> Vec<Point> {
    let point = |(&step, line): (&u64, &Measured)| {
        let value = |metric| line.get(metric).map(rounded);
        Some((step, value(metrics::PROCESS)?, value(metrics::ACCURACY)?))
    };
    run.metrics.evaluations.iter().filter_map(point).collect()
}
