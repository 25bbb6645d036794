//! A report on a file of step-labelled answers as a person reads it, 80 columns wide.

use pure::data::{CheckReport, Spread};
use serde::Serialize;

use crate::cli::support::{counted, harmless, numbers_in};

const WIDTH: usize = 80;

/// Characters of a reason that are shown: a field's name, say, may be of any length.
const LONGEST_REASON: usize = 400;

/// Positions of first errors that have a line of their own.
const POSITIONS: usize = 12;

/// Characters of the longest bar.
const BAR: f64 = 40.0;

/// A report, and what it is of.
#[derive(Serialize)]
pub struct Checked {
    pub file: String,
    /// None if no record told.
    pub form: Option<&'static str>,
    /// What a record stands on: a line or a row.
    #[serde(skip)]
    pub place: &'static str,
    #[serde(flatten)]
    pub report: CheckReport,
}

pub fn draw(checked: &Checked) -> String {
    let report = &checked.report;
    let form = checked.form;
    let form = form.map_or_else(String::new, |form| format!(", in the form {form}"));
    let (answers, prompts) = (
        counted(report.answers, "answer"),
        counted(report.prompts, "prompt"),
    );
    let head = format!("{}: {answers} to {prompts}{form}", checked.file);
    let mut parts = vec![wrapped(&head, 0)];
    if report.answers > 0 {
        parts.extend([lengths(checked), labels(checked), first_errors(checked)]);
        parts.extend(repeats(checked));
    }
    parts.extend(bad_records(checked));
    parts.join("\n")
}

fn lengths(checked: &Checked) -> String {
    let row = |name: &str, spread: &Spread| {
        let mean = format!("{:.1}", spread.mean);
        let [min, median, max] = [spread.min, spread.median, spread.max].map(|n| n.to_string());
        [name.to_owned(), min, median, mean, max]
    };
    let rows = vec![
        ["", "fewest", "median", "mean", "most"].map(str::to_owned),
        row("steps of an answer", &checked.report.steps_per_answer),
        row("characters of a step", &checked.report.characters_per_step),
    ];
    numbers_in(1..5, rows)
}

fn labels(checked: &Checked) -> String {
    let labels = &checked.report.labels;
    let all = labels.good + labels.bad + labels.soft + labels.ignored;
    let mut rows = vec![("good", labels.good), ("bad", labels.bad)];
    let rare = [("a probability", labels.soft), ("none", labels.ignored)];
    rows.extend(rare.into_iter().filter(|(_, count)| *count > 0));
    shares("label", "steps", all, rows)
}

fn first_errors(checked: &Checked) -> String {
    let report = &checked.report;
    let positions = report.first_errors.len().min(POSITIONS);
    let (own_line, later) = report.first_errors.split_at(positions);
    let mut rows = vec![("nowhere".to_owned(), report.without_error)];
    let positions = own_line.iter().enumerate();
    rows.extend(positions.map(|(index, count)| (format!("step {}", index + 1), *count)));
    if !later.is_empty() {
        rows.push(("later".to_owned(), later.iter().sum()));
    }
    shares("first error", "answers", report.answers, rows)
}

/// Counts with their share of all and a bar of it.
fn shares(name: &str, what: &str, all: u64, counts: Vec<(impl Into<String>, u64)>) -> String {
    let head = [name, what, "share", ""].map(str::to_owned);
    let mut rows = vec![head];
    for (name, count) in counts {
        let share = count as f64 / all as f64;
        let bar = "#".repeat((share * BAR).round() as usize);
        let share = format!("{:.1} %", 100.0 * share);
        rows.push([name.into(), count.to_string(), share, bar]);
    }
    numbers_in(1..3, rows)
}

fn repeats(checked: &Checked) -> Option<String> {
    let report = &checked.report;
    if report.duplicates + report.contradictions == 0 {
        return None;
    }
    let text = format!(
        "repeated: {} with the same labels, {} with other labels",
        counted(report.duplicates, "answer"),
        report.contradictions,
    );
    Some(wrapped(&text, 0))
}

fn bad_records(checked: &Checked) -> Option<String> {
    let report = &checked.report;
    if report.bad_records == 0 {
        return None;
    }
    let mut out = format!("{}\n", counted(report.bad_records, "bad record"));
    for fault in &report.faults {
        let reason: String = fault.reason.chars().take(LONGEST_REASON).collect();
        out += &wrapped(&format!("{} {}: {reason}", checked.place, fault.line), 4);
    }
    let more = report.bad_records - report.faults.len() as u64;
    if more > 0 {
        out += &format!("and {more} more, which --faults would list\n");
    }
    Some(out)
}

/// Lines of words, those after the first one indented; what a terminal would obey is escaped.
fn wrapped(text: &str, indent: usize) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split(' ') {
        let word = harmless(word).replace(['\n', '\t'], " ");
        let length = word.chars().count();
        if column > 0 && column + 1 + length > WIDTH {
            out += &format!("\n{:indent$}", "");
            column = indent;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out += &word;
        column += length;
    }
    out + "\n"
}
