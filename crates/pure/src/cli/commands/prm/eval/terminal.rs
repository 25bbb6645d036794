//! A report as a person reads it on a terminal, 80 columns wide where names of files are short.

use std::fmt::Write as _;

use pure::prm::{BestOfEvaluation, Skipped, StepEvaluation};

use super::report::{Measured, Report};
use super::{plots, rows};
use crate::cli::support::{Ink, counted, harmless, numbers_in};

pub fn draw(report: &Report, ink: Ink) -> String {
    let mut parts = vec![report.reads.to_string()];
    parts.extend(report.steps.iter().map(|measured| steps(measured, ink)));
    if !report.process_bench.is_empty() {
        parts.push(process_bench(report));
    }
    parts.extend(report.best_of.iter().map(|measured| chosen(measured, ink)));
    parts.join("\n\n")
}

/// What of a file was left out, and why.
pub fn skipped(file: &str, skipped: &Skipped) -> String {
    let mut out = format!("{file}: {}\n", left_out(skipped));
    for reason in &skipped.reasons {
        let _ = writeln!(out, "  {}", harmless(reason));
    }
    let more = skipped.count - skipped.reasons.len();
    if more > 0 {
        let _ = writeln!(out, "  and {more} more");
    }
    out
}

/// That something was left out.
pub fn left_out(skipped: &Skipped) -> String {
    format!("{} skipped", counted(skipped.count as u64, "record"))
}

fn steps(measured: &Measured<StepEvaluation>, ink: Ink) -> String {
    let found = &measured.found;
    format!(
        "{}\n\n{}\n{}\n{}\n{}",
        head(&measured.file, &step_counts(found), &found.skipped, ink),
        numbers_in(1..2, rows::qualities(&found.quality).to_vec()),
        numbers_in(1..4, rows::classes(&found.quality).to_vec()),
        plots::reliability(&found.reliability),
        first_errors(rows::first_errors([("", &found.first_errors)], None)),
    )
}

/// How much there was to judge.
pub fn step_counts(found: &StepEvaluation) -> String {
    let (answers, steps) = (found.answers as u64, found.quality.steps as u64);
    let (answers, steps) = (counted(answers, "answer"), counted(steps, "labelled step"));
    format!("{answers}, {steps}")
}

fn process_bench(report: &Report) -> String {
    let mut out = first_errors(rows::process_bench(report));
    for measured in &report.process_bench {
        let skipped = &measured.found.skipped;
        if skipped.count > 0 {
            let _ = writeln!(out, "{}: {}", measured.file, left_out(skipped));
        }
    }
    out
}

fn first_errors(rows: Vec<[String; 6]>) -> String {
    let note = match rows::has_best(&rows) {
        true => format!("{}\n", rows::FLATTERS),
        false => String::new(),
    };
    format!("{}\n\n{}{note}", rows::FIRST_ERRORS, numbers_in(1..6, rows))
}

fn chosen(measured: &Measured<BestOfEvaluation>, ink: Ink) -> String {
    let found = &measured.found;
    let mut out = head(&measured.file, &problem_counts(found), &found.skipped, ink);
    let _ = write!(out, "\n\n{}", plots::best_of_n(&found.best_of_n));
    let votes = rows::votes(&found.best_of_n);
    if !votes.is_empty() {
        let _ = write!(out, "\n{}", numbers_in(1..2, votes));
    }
    out
}

/// How much there was to choose from.
pub fn problem_counts(found: &BestOfEvaluation) -> String {
    let (aggregate, questions) = (found.aggregate, found.questions);
    let (problems, least) = (found.best_of_n.problems, found.best_of_n.samples);
    let most = found.most_samples;
    let samples = match least == most {
        true => format!("{} each", counted(most as u64, "sample")),
        false => format!("{least} to {most} samples each, the curve up to {least}"),
    };
    format!("{problems} of {questions} questions answered, {samples}, scored by {aggregate}")
}

fn head(file: &str, counts: &str, skipped: &Skipped, ink: Ink) -> String {
    match skipped.count {
        0 => format!("{}: {counts}", ink.strong(file)),
        _ => format!("{}: {counts}; {}", ink.strong(file), left_out(skipped)),
    }
}
