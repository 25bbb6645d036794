//! Places for what the script draws, each with its title and meaning.

use std::fmt::Write as _;

use pure_core::metrics::Unit;

use super::chart_data::ChartData;
use super::class_and_name;
use super::sections::sections;
use crate::html::{self, escaped};
use crate::kind::Kind;
use crate::report::Report;

/// The curves: the most telling in sight, the others folded.
pub(super) fn draw(report: &Report, data: &ChartData) -> String {
    let marks = match report.kind {
        Kind::Policy => {
            " A dashed line marks a collapse, a triangle on the axis a notice of the monitor."
        }
        Kind::RewardModel => " A triangle on the axis marks where a stage begins.",
        Kind::Sft => "",
    };
    let mut out = format!(
        "<p class=note>{} Point at a chart, or focus it and use the arrow keys, to read a step.{marks} A band spans the \
         seeds of an arm, its line is their median.</p>\n{CONTROLS}<noscript><p>Curves need scripts. The numbers:</p>\n",
        source(report)
    );
    out += &numbers(report);
    out += "</noscript>\n";
    for (number, section) in sections(report.kind).iter().enumerate() {
        let mut figures = String::new();
        for (index, chart) in data.charts.iter().enumerate() {
            if chart.section == number {
                let _ = writeln!(
                    figures,
                    "<figure class=chart data-chart={index}><figcaption><h3>{}</h3><p>{}</p></figcaption></figure>",
                    escaped(&chart.title),
                    escaped(&chart.meaning)
                );
            }
        }
        let _ = match (number, figures.as_str()) {
            (_, "") => Ok(()),
            (0, _) => writeln!(out, "<div class=charts>\n{figures}</div>"),
            _ => writeln!(
                out,
                "<details><summary>{}</summary>\n<div class=charts>\n{figures}</div></details>",
                section.title
            ),
        };
    }
    out
}

/// What the curves are drawn over, and how smoothly. The script takes away what the runs do not tell.
const CONTROLS: &str = "<form id=controls aria-label=\"How curves are drawn\">\
    <fieldset><legend>over</legend>\
    <label><input type=radio name=over value=step checked>steps</label>\
    <label><input type=radio name=over value=tokens>tokens</label>\
    <label><input type=radio name=over value=seconds>time</label></fieldset>\
    <label title=\"Of training: an exponential moving average, of which each step keeps this part\">smoothing \
    <input type=range name=smoothing min=0 max=0.98 step=0.02 value=0><output>0</output></label></form>\n";

/// Where the lines and points come from.
fn source(report: &Report) -> &'static str {
    if report.kind != Kind::Policy {
        return "Points are evaluations on held-out data; the faint line is what training itself saw.";
    }
    match report.arms_in_training().len() {
        0 => {
            "Points are evaluations on held-out prompts; the faint line is what training itself saw."
        }
        all if all == report.arms.len() => {
            "There was no evaluation on held-out prompts: lines are what training itself saw, iteration by \
             iteration."
        }
        _ => {
            "Points are evaluations on held-out prompts; the faint line is what training itself saw. Of an arm \
             without evaluations there is that line alone."
        }
    }
}

/// The numbers of the evaluations, for readers without scripts.
fn numbers(report: &Report) -> String {
    // KL and entropy are measured in training alone.
    let lines = report
        .arms
        .iter()
        .flat_map(|arm| &arm.runs)
        .flat_map(|run| run.metrics.evaluations.values());
    let columns: Vec<_> = sections(report.kind)[0]
        .metrics
        .iter()
        .filter(|metric| lines.clone().any(|line| line.get(**metric).is_some()))
        .collect();
    let mut out = "<thead><tr><th scope=col>run<th scope=col>step".to_owned();
    for metric in &columns {
        let _ = write!(out, "<th scope=col>{}", metric.title);
    }
    out += "</thead>\n<tbody>\n";
    for (index, arm) in report.arms.iter().enumerate() {
        for run in &arm.runs {
            let name = class_and_name(index, &run.name(0));
            for (step, line) in &run.metrics.evaluations {
                let _ = write!(out, "<tr><th scope=row {name}<td>{step}");
                for metric in &columns {
                    let _ = match (line.get(**metric), metric.unit) {
                        (None, _) => write!(out, "<td>–"),
                        (Some(value), Unit::Fraction) => write!(out, "<td>{:.1} %", 100.0 * value),
                        (Some(value), _) => write!(out, "<td>{value:.3}"),
                    };
                }
                out.push('\n');
            }
        }
    }
    html::table("Evaluations", "", &(out + "</tbody>"))
}

/// A panel an arm, for what would lie on top of each other.
fn panels(report: &Report, kind: &str) -> String {
    let mut out = "<div class=panels>\n".to_owned();
    for (index, arm) in report.arms.iter().enumerate() {
        let name = class_and_name(index, &arm.name);
        let _ = writeln!(
            out,
            "<figure class=panel data-{kind}={index} data-arm={index}><figcaption><h3 {name}</h3></figcaption></figure>"
        );
    }
    out + "</div>\n"
}

/// One point an evaluation.
pub(super) fn points(report: &Report) -> String {
    let each = each(report);
    format!(
        "<p class=note>One point {each}, joined in order from the hollow one, the first, to the large one, \
         the last. A policy that learns goes up and right; one that hacks its reward goes right and down. \
         What credit pays depends on its form, so only arms of one form share their scale.</p>\n{}",
        panels(report, "points")
    )
}

/// Histograms over time.
pub(super) fn lengths(report: &Report) -> String {
    let each = each(report);
    format!(
        "<p class=note>Tokens of the answers that were kept, a column {each}: the darker a cell, the more \
         answers are that long. The line is the median.</p>\n{}",
        panels(report, "lengths")
    )
}

/// What a point or a column stands for.
fn each(report: &Report) -> &'static str {
    match report.arms_in_training().len() {
        0 => "an evaluation",
        all if all == report.arms.len() => "a pool of iterations with 100 answers or more",
        _ => {
            "an evaluation, or a pool of iterations with 100 answers or more of arms without evaluations"
        }
    }
}
