//! What became of the arms: a sentence, the table, and what the monitor said.

use std::fmt::Write as _;

use super::class_and_name;
use crate::collapse::DEFINITION;
use crate::html::{self, escaped};
use crate::kind::Kind;
use crate::metrics_jsonl::Notice;
use crate::policy_table::collapses;
use crate::report::Report;
use crate::table::Cell;

/// How many runs there are, what they are measured on, and of policies which collapsed: a sentence each.
pub(super) fn summary(report: &Report) -> String {
    let counted = |count: usize, name: &str| match count {
        1 => format!("1 {name}"),
        count => format!("{count} {name}s"),
    };
    let runs = counted(report.arms.iter().map(|arm| arm.runs.len()).sum(), "run");
    let arms = counted(report.arms.len(), "arm");
    if report.kind != Kind::Policy {
        return format!("{runs} of {arms}, measured on held-out data.");
    }
    let rows = &report.summaries;
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
    let table = report.table();
    let mut rows = "<thead><tr>".to_owned();
    for head in table.columns() {
        let meaning = escaped(head.meaning);
        let _ = write!(rows, "<th scope=col title=\"{meaning}\">{}", head.name);
    }
    rows += "</thead>\n<tbody>\n";
    for (index, cells) in table.rows().iter().enumerate() {
        let [arm, numbers @ ..] = cells.as_slice() else {
            continue;
        };
        let name = class_and_name(index, &arm.text) + &note(arm);
        let _ = write!(rows, "<tr data-arm={index}><th scope=row {name}");
        for number in numbers {
            let _ = write!(rows, "<td>{}{}", escaped(&number.text), note(number));
        }
        rows.push('\n');
    }
    rows += "</tbody>";
    let mut out = html::table("Results", "outcome", &rows);
    out += "<details><summary>What the columns mean</summary><dl>\n";
    for head in table.columns() {
        let _ = writeln!(out, "<dt>{}<dd>{}", head.name, escaped(head.meaning));
    }
    out += "</dl></details>\n";
    let definition = (report.kind == Kind::Policy).then_some(DEFINITION);
    for text in definition.into_iter().chain(table.note()) {
        let _ = writeln!(out, "<p class=note>{}</p>", escaped(text));
    }
    out
}

/// What there is to note goes under the number.
fn note(cell: &Cell) -> String {
    let note = cell.note.as_deref().map(escaped);
    note.map_or_else(String::new, |note| format!("<br><small>{note}</small>"))
}

pub(super) fn notices(report: &Report) -> String {
    let mut rows = String::new();
    for (index, arm) in report.arms.iter().enumerate() {
        for run in &arm.runs {
            let name = match arm.runs.len() {
                1 => class_and_name(index, &arm.name),
                _ => class_and_name(index, &run.name(0)),
            };
            for Notice { step, text, .. } in &run.metrics.notices {
                let text = escaped(text);
                let _ = writeln!(
                    rows,
                    "<tr data-arm={index}><th scope=row {name}<td>{step}<td class=text>{text}"
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
