//! What stands above everything: when, with which version, on which device, from which model and on which data the runs were
//! made.

use std::fmt::Write as _;

use super::class_and_name;
use crate::arms::Arm;
use crate::html::{self, escaped};
use crate::report::Report;
use crate::run::Run;
use crate::starts_jsonl::Start;

pub(super) fn draw(report: &Report) -> String {
    let mut rows = "<thead><tr>".to_owned();
    for name in ["run", "begun", "version", "device", "model", "data"] {
        let _ = write!(rows, "<th scope=col class=text>{name}");
    }
    rows += "</thead>\n<tbody>\n";
    for (index, arm) in report.arms.iter().enumerate() {
        let name = class_and_name(index, &arm.name);
        let _ = write!(rows, "<tr data-arm={index}><th scope=row {name}");
        let begun = starts(arm, |starts| starts.first().map(|start| day(&start.at)));
        let version = starts(arm, |starts| {
            starts.last().map(|start| start.version.clone())
        });
        let device = starts(arm, |starts| {
            starts.last().map(|start| start.device.clone())
        });
        let model = distinct(arm.runs.iter().filter_map(|run| run.config.model.clone()));
        let data = distinct(arm.runs.iter().flat_map(|run| run.config.data.clone()));
        for cell in [begun, version, device, model, data] {
            let cell = if cell.is_empty() { "–" } else { &cell };
            let _ = write!(rows, "<td class=text>{}", escaped(cell));
        }
        rows.push('\n');
    }
    rows += "</tbody>";
    format!("<p>Runs of <code>{}</code>.</p>\n", report.kind)
        + &html::table("How the runs were made", "head", &rows)
}

/// What the starts of the runs of an arm say.
fn starts(arm: &Arm, says: impl Fn(&[Start]) -> Option<String>) -> String {
    let says = |run: &Run| says(&run.starts);
    distinct(arm.runs.iter().filter_map(says))
}

/// `2026-01-31T12:00:59Z` as a person reads it.
fn day(at: &str) -> String {
    let minutes = at.get(..16).map(|minutes| minutes.replace('T', " "));
    minutes.map_or_else(|| at.to_owned(), |minutes| minutes + " UTC")
}

/// Texts, each once, up to three of them.
fn distinct(texts: impl Iterator<Item = String>) -> String {
    const SHOWN: usize = 3;
    let mut known: Vec<String> = Vec::new();
    for text in texts {
        if !known.contains(&text) {
            known.push(text);
        }
    }
    let more = known.len().saturating_sub(SHOWN);
    known.truncate(SHOWN);
    match more {
        0 => known.join(", "),
        more => format!("{} and {more} more", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_to_the_minute_and_what_is_no_time_as_it_is() {
        assert_eq!(day("2026-01-31T12:00:59Z"), "2026-01-31 12:00 UTC");
        assert_eq!(day("long ago"), "long ago");
    }

    #[test]
    fn what_seeds_share_is_told_once() {
        let told = |texts: &[&str]| distinct(texts.iter().map(|&text| text.to_owned()));
        assert_eq!(told(&["cpu", "cpu"]), "cpu");
        assert_eq!(told(&["a", "b", "c", "d", "e", "a"]), "a, b, c and 2 more");
        assert_eq!(told(&[]), "");
    }
}
