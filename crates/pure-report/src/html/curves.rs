//! Places for what the script draws, each with its title and meaning.

use std::fmt::Write as _;

use super::{escaped, evaluations, look};
use crate::charts::Charts;
use crate::glossary::Group;
use crate::report::Report;

/// The curves: the most telling in sight, the others folded.
pub(super) fn draw(report: &Report, charts: &Charts) -> String {
    let mut out = "<p class=note>Points are evaluations on held-out prompts; the faint line is what training \
        itself saw. Point at a chart, or focus it and use the arrow keys, to read a step. A dashed line \
        marks a collapse, a triangle on the axis a notice of the monitor. A band spans the seeds of an arm, \
        its line is their median.</p>\n<noscript><p>Curves need scripts. The numbers of the evaluations:</p>\n"
        .to_owned();
    out += &evaluations::table(report);
    out += "</noscript>\n";
    for group in [
        Group::First,
        Group::Answers,
        Group::Reward,
        Group::Update,
        Group::Other,
    ] {
        let mut figures = String::new();
        for (index, chart) in charts.charts.iter().enumerate() {
            if chart.group == group {
                let _ = writeln!(
                    figures,
                    "<figure class=chart data-chart={index}><figcaption><h3>{}</h3><p>{}</p></figcaption></figure>",
                    escaped(&chart.title),
                    escaped(&chart.meaning)
                );
            }
        }
        let _ = match (group, figures.as_str()) {
            (_, "") => Ok(()),
            (Group::First, _) => writeln!(out, "<div class=charts>\n{figures}</div>"),
            _ => writeln!(
                out,
                "<details><summary>{}</summary>\n<div class=charts>\n{figures}</div></details>",
                group.title()
            ),
        };
    }
    out
}

/// A panel an arm, for what would lie on top of each other.
fn panels(report: &Report, kind: &str) -> String {
    let mut out = "<div class=panels>\n".to_owned();
    for (index, arm) in report.arms.iter().enumerate() {
        let _ = writeln!(
            out,
            "<figure class=panel data-{kind}={index} data-arm={index}><figcaption><h3 class=\"arm {}\">{}\
             </h3></figcaption></figure>",
            look(index),
            escaped(&arm.name)
        );
    }
    out + "</div>\n"
}

/// One point an evaluation.
pub(super) fn points(report: &Report) -> String {
    "<p class=note>One point an evaluation, joined in order from the hollow one, the first, to the large one, \
     the last. A policy that learns goes up and right; one that hacks its reward goes right and down. \
     What credit pays depends on its form, so only arms of one form share their scale.</p>\n"
        .to_owned()
        + &panels(report, "points")
}

/// Histograms over time.
pub(super) fn lengths(report: &Report) -> String {
    "<p class=note>Tokens of the sampled answers of each evaluation: the darker a cell, the more answers are \
     that long. The line is the median.</p>\n"
        .to_owned()
        + &panels(report, "lengths")
}
