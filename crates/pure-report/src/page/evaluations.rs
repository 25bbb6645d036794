//! The numbers of the evaluations, for readers without scripts.

use std::fmt::Write as _;

use pure_core::metrics::Unit;

use super::class_and_name;
use super::sections::FIRST;
use crate::html;
use crate::report::Report;

pub(super) fn table(report: &Report) -> String {
    // KL and entropy are measured in training alone.
    let lines = report
        .arms
        .iter()
        .flat_map(|arm| &arm.runs)
        .flat_map(|run| run.metrics.evaluations.values());
    let columns: Vec<_> = FIRST
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
