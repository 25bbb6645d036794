//! Numbers as rows of text, for the terminal and the page alike. What the data do not give is a dash.

use pure::prm::FirstErrors;
use pure::prm::judgement::{BestOfN, ClassQuality, FirstErrorQuality, StepQuality};

use super::report::Report;

/// What is asked of first errors.
pub const FIRST_ERRORS: &str = "First errors: of wrong answers those whose error is found exactly, of right ones\n\
     those with no step called bad, and F1, the harmonic mean of both";

/// What stands behind a threshold that was chosen on the answers that it is measured on.
pub const FLATTERS: &str =
    "* the best for these very answers; chosen on what it is measured on, it flatters";

pub fn percent(share: Option<f64>) -> String {
    share.map_or_else(dash, |share| format!("{:.1} %", 100.0 * share))
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(dash, |value| format!("{value:.3}"))
}

fn dash() -> String {
    "-".to_owned()
}

/// Name and number of each quality of steps.
pub fn qualities(quality: &StepQuality) -> [[String; 2]; 6] {
    let row = |name: &str, value| [name.to_owned(), value];
    [
        row("accuracy", percent(quality.accuracy)),
        row("accuracy of calling all good", percent(quality.share_good)),
        row("area under the ROC curve", number(quality.roc_auc)),
        row("log loss", number(quality.log_loss)),
        row("Brier score", number(quality.brier)),
        row("calibration error", percent(quality.calibration_error)),
    ]
}

pub fn classes(quality: &StepQuality) -> [[String; 4]; 3] {
    let row = |name: &str, class: &ClassQuality| {
        let [precision, recall, f1] = [class.precision, class.recall, class.f1].map(percent);
        [name.to_owned(), precision, recall, f1]
    };
    [
        ["", "precision", "recall", "F1"].map(str::to_owned),
        row("good steps", &quality.good),
        row("bad steps", &quality.bad),
    ]
}

/// How well first errors are found: two rows a file, and their mean if there is one to take.
pub fn first_errors<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a FirstErrors)>,
    mean_f1: Option<f64>,
) -> Vec<[String; 6]> {
    let head = ["", "answers", "threshold", "of wrong", "of right", "F1"];
    let mut rows = vec![head.map(str::to_owned)];
    let mut count = 0;
    for (file, found) in files {
        count += 1;
        let row = |name: &str, answers, threshold, quality: &FirstErrorQuality| {
            [
                name.to_owned(),
                answers,
                threshold,
                percent(quality.accuracy_with_error),
                percent(quality.accuracy_without_error),
                percent(quality.f1),
            ]
        };
        let quality = &found.quality;
        let (answers, threshold) = (
            quality.answers.to_string(),
            format!("{}  ", found.threshold),
        );
        rows.push(row(file, answers, threshold, quality));
        if let Some(best) = &found.best_on_these {
            let threshold = format!("{:.3} *", best.threshold);
            rows.push(row("", String::new(), threshold, &best.quality));
        }
    }
    if let Some(mean) = mean_f1.filter(|_| count > 1) {
        let mut row = std::array::from_fn(|_| String::new());
        row[0] = format!("mean of {count} files");
        row[5] = percent(Some(mean));
        rows.push(row);
    }
    rows
}

/// Whether a threshold among these rows was chosen on the answers that it is measured on.
pub fn has_best(rows: &[[String; 6]]) -> bool {
    rows.iter().any(|row| row[2].ends_with('*'))
}

pub fn process_bench(report: &Report) -> Vec<[String; 6]> {
    let files = report.process_bench.iter();
    let files = files.map(|it| (it.file.as_str(), &it.found.first_errors));
    first_errors(files, report.process_bench_mean_f1)
}

/// The curve, number by number.
pub fn curve(found: &BestOfN) -> Vec<[String; 3]> {
    let head = ["n", "best of n", "pass@n"].map(str::to_owned);
    let points = found.curve.iter().map(|point| {
        let [best, pass] = [point.best, point.pass].map(|share| percent(Some(share)));
        [point.n.to_string(), best, pass]
    });
    std::iter::once(head).chain(points).collect()
}

/// Voting over all samples, if their answers are known.
pub fn votes(found: &BestOfN) -> Vec<[String; 2]> {
    let Some(votes) = found.votes else {
        return Vec::new();
    };
    let row = |name: &str, share| [name.to_owned(), percent(share)];
    vec![
        row("majority of all samples", Some(votes.majority)),
        row("majority, weighted by score", votes.weighted),
    ]
}
