//! The numbers of the evaluations, for readers without scripts.

use std::fmt::Write as _;

use super::{escaped, look};
use crate::glossary::{self, Group, Unit};
use crate::report::Report;

pub(super) fn table(report: &Report) -> String {
    // KL and entropy are measured in training alone.
    let lines = || {
        let runs = report.arms.iter().flat_map(|arm| &arm.runs);
        runs.flat_map(|run| run.metrics.valid.values())
    };
    let columns = || {
        let first = glossary::ALL
            .iter()
            .filter(|entry| entry.group == Group::First);
        first.filter(|entry| lines().any(|line| line.values.contains_key(entry.name)))
    };
    let mut out =
        "<div class=scroll tabindex=0><table>\n<thead><tr><th scope=col>run<th scope=col>step"
            .to_owned();
    for entry in columns() {
        let _ = write!(out, "<th scope=col>{}", entry.title);
    }
    out += "</thead>\n<tbody>\n";
    for (index, arm) in report.arms.iter().enumerate() {
        for run in &arm.runs {
            for (step, line) in &run.metrics.valid {
                let name = escaped(&run.name(0));
                let _ = write!(
                    out,
                    "<tr><th scope=row class=\"arm {}\">{name}<td>{step}",
                    look(index)
                );
                for entry in columns() {
                    let _ = match (line.values.get(entry.name), entry.unit) {
                        (None, _) => write!(out, "<td>–"),
                        (Some(value), Unit::Share) => write!(out, "<td>{:.1} %", 100.0 * value),
                        (Some(value), _) => write!(out, "<td>{value:.3}"),
                    };
                }
                out.push('\n');
            }
        }
    }
    out + "</tbody></table></div>\n"
}
