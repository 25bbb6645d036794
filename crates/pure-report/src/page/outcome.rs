//! What became of the arms: a sentence, the table, and what the monitor said.

use std::fmt::Write as _;

use super::look;
use crate::collapse::DEFINITION;
use crate::html::{self, escaped};
use crate::report::Report;
use crate::table::{COLUMNS, Cell, Column, IN_TRAINING, collapses};

/// How many runs there are, what they are measured on, and which collapsed: a sentence each.
pub(super) fn summary(report: &Report) -> String {
    let rows = &report.summaries;
    let counted = |count: usize, name: &str| match count {
        1 => format!("1 {name}"),
        count => format!("{count} {name}s"),
    };
    let runs = counted(rows.iter().map(|row| row.runs).sum(), "run");
    let arms = counted(rows.len(), "arm");
    let in_training = report.arms_in_training();
    let measured = match in_training.len() {
        0 => "measured on held-out prompts.".to_owned(),
        all if all == rows.len() => {
            "measured on answers that training sampled: there was no evaluation on held-out prompts."
                .to_owned()
        }
        _ => format!(
            "measured on held-out prompts. Without an evaluation, so measured on answers that training \
             sampled: {}.",
            in_training.join(", ")
        ),
    };
    let fallen = rows
        .iter()
        .filter(|row| row.collapse.iter().any(Option::is_some));
    let fallen: Vec<String> = fallen
        .map(|row| format!("{} ({})", row.arm, collapses(&row.collapse)))
        .collect();
    let end = match fallen.as_slice() {
        [] => "None collapsed.".to_owned(),
        fallen => format!("Collapsed: {}.", fallen.join(", ")),
    };
    escaped(&format!("{runs} of {arms}, {measured} {end}"))
}

pub(super) fn table(report: &Report) -> String {
    let mut rows = "<thead><tr>".to_owned();
    for Column { name, meaning, .. } in COLUMNS {
        let _ = write!(rows, "<th scope=col title=\"{}\">{name}", escaped(meaning));
    }
    rows += "</thead>\n<tbody>\n";
    for (index, cells) in report.table().cells().enumerate() {
        let [arm, numbers @ ..] = cells;
        let _ = write!(
            rows,
            "<tr data-arm={index}><th scope=row class=\"arm {}\">{}",
            look(index),
            escaped(&arm.text)
        );
        note(&mut rows, &arm);
        for number in &numbers {
            let _ = write!(rows, "<td>{}", escaped(&number.text));
            note(&mut rows, number);
        }
        rows.push('\n');
    }
    rows += "</tbody>";
    let mut out = html::table("Results", "outcome", &rows);
    out += "<details><summary>What the columns mean</summary><dl>\n";
    for Column { name, meaning, .. } in COLUMNS {
        let _ = writeln!(out, "<dt>{name}<dd>{}", escaped(meaning));
    }
    let _ = writeln!(
        out,
        "</dl></details>\n<p class=note>{}</p>",
        escaped(DEFINITION)
    );
    if !report.arms_in_training().is_empty() {
        let _ = writeln!(out, "<p class=note>{}</p>", escaped(IN_TRAINING));
    }
    out
}

/// What there is to note goes under the number.
fn note(out: &mut String, cell: &Cell) {
    if let Some(note) = &cell.note {
        let _ = write!(out, "<br><small>{}</small>", escaped(note));
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
        return "<p>There are none.</p>\n".to_owned();
    }
    let rows = format!(
        "<thead><tr><th scope=col>run<th scope=col>step<th scope=col class=text>notice</thead>\n\
         <tbody>\n{rows}</tbody>"
    );
    html::table("Notices of the monitor", "", &rows)
}
