//! What became of the arms: a sentence, the table, and what the monitor said.

use std::fmt::Write as _;

use super::{escaped, look};
use crate::collapse::DEFINITION;
use crate::report::Report;
use crate::table::{COLUMNS, Cell, Column, collapses};

/// In one sentence each: how many, and which collapsed.
pub(super) fn summary(report: &Report) -> String {
    let runs: usize = report.rows.iter().map(|row| row.runs).sum();
    let counted = |count: usize, name: &str| match count {
        1 => format!("1 {name}"),
        count => format!("{count} {name}s"),
    };
    let fallen = report
        .rows
        .iter()
        .filter(|row| row.collapse.iter().any(Option::is_some));
    let fallen: Vec<String> = fallen
        .map(|row| format!("{} ({})", row.arm, collapses(&row.collapse)))
        .collect();
    let end = match fallen.as_slice() {
        [] => "None of them collapsed.".to_owned(),
        fallen => format!("Collapsed: {}.", fallen.join(", ")),
    };
    let (runs, arms) = (counted(runs, "run"), counted(report.rows.len(), "arm"));
    escaped(&format!(
        "{runs} of {arms}, measured on held-out prompts. {end}"
    ))
}

pub(super) fn table(report: &Report) -> String {
    let mut out =
        "<div class=scroll tabindex=0 role=region aria-label=Table><table class=outcome>\n\
                   <thead><tr>"
            .to_owned();
    for Column { name, meaning, .. } in COLUMNS {
        let _ = write!(out, "<th scope=col title=\"{meaning}\">{name}");
    }
    out += "</thead>\n<tbody>\n";
    for (index, cells) in report.table().cells().enumerate() {
        let [arm, numbers @ ..] = cells;
        let _ = write!(
            out,
            "<tr data-arm={index}><th scope=row class=\"arm {}\">{}",
            look(index),
            escaped(&arm.text)
        );
        of_seeds(&mut out, &arm);
        for number in &numbers {
            let _ = write!(out, "<td>{}", escaped(&number.text));
            of_seeds(&mut out, number);
        }
        out.push('\n');
    }
    out += "</tbody></table></div>\n<details><summary>What the columns mean</summary><dl>\n";
    for Column { name, meaning, .. } in COLUMNS {
        let _ = writeln!(out, "<dt>{name}<dd>{meaning}");
    }
    let _ = writeln!(
        out,
        "</dl></details>\n<p class=note>{}</p>",
        escaped(DEFINITION)
    );
    out
}

/// What is known of several seeds goes under what is known of all.
fn of_seeds(out: &mut String, cell: &Cell) {
    if let Some(of_seeds) = &cell.of_seeds {
        let _ = write!(out, "<br><small>{}</small>", escaped(of_seeds));
    }
}

pub(super) fn notices(report: &Report) -> String {
    let mut rows = String::new();
    for (index, arm) in report.arms.iter().enumerate() {
        for run in &arm.runs {
            for notice in &run.metrics.notices {
                let name = if arm.runs.len() > 1 {
                    run.name(0)
                } else {
                    arm.name.clone()
                };
                let _ = writeln!(
                    rows,
                    "<tr data-arm={index}><th scope=row class=\"arm {}\">{}<td>{}<td class=text>{}",
                    look(index),
                    escaped(&name),
                    notice.step,
                    escaped(&notice.text)
                );
            }
        }
    }
    if rows.is_empty() {
        return "<p>It noticed nothing.</p>\n".to_owned();
    }
    format!(
        "<div class=scroll tabindex=0 role=region aria-label=Notices><table>\n<thead><tr><th scope=col>run\
         <th scope=col>step<th scope=col class=text>notice</thead>\n<tbody>\n{rows}</tbody></table></div>\n"
    )
}
