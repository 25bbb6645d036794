//! What was found, as tables.

use std::fmt::Write as _;

use pure_eval::{BenchmarkResults, Estimate, Part, Results};

use crate::html::{self, escaped};

/// In a sentence, how much was evaluated.
pub(super) fn summary(results: &Results) -> String {
    let benchmarks = &results.benchmarks;
    let problems: usize = benchmarks.iter().map(|of| of.problems.len()).sum();
    let samples: usize = benchmarks.iter().map(|of| of.wrong_answers.samples).sum();
    let counted = |count: usize, name: &str| match count {
        1 => format!("1 {name}"),
        count => format!("{count} {name}s"),
    };
    format!(
        "{} to {} of {}.",
        counted(samples, "answer"),
        counted(problems, "problem"),
        counted(benchmarks.len(), "benchmark")
    )
}

/// A row a benchmark, then its levels and subjects.
pub(super) fn results(results: &Results) -> String {
    let mut rows = head(&[
        "benchmark",
        "problems",
        "n",
        "accuracy",
        "95 %",
        "tokens",
        "cut off",
        "no answer",
        "unparsable",
        "undecided",
        "policy tokens",
        "PRM tokens",
    ]);
    for of in &results.benchmarks {
        let wrong = &of.wrong_answers;
        let share = |count: usize| percent(count as f64 / wrong.samples as f64);
        let compute =
            |tokens: Option<f64>| tokens.map_or("–".to_owned(), |it| format!("{it:.0}"));
        let cells = [
            of.problems.len().to_string(),
            samples(of),
            percent(of.accuracy.value),
            range(&of.accuracy),
            format!("{:.0}", of.lengths.mean),
            percent(of.lengths.truncated),
            share(wrong.no_answer),
            share(wrong.unparsable),
            share(wrong.undecided),
            compute(of.compute.map(|it| it.policy_tokens)),
            compute(of.compute.map(|it| it.prm_tokens)),
        ];
        row(&mut rows, &of.name, &cells);
    }
    let mut out = html::table("Results", "", &(rows + "</tbody>"));
    out += "<p class=note>Shares are of all answers; tokens are means of an answer, those of a search with all that it \
            sampled and read.</p>\n";
    for of in &results.benchmarks {
        for (kind, parts) in [("level", &of.by_level), ("subject", &of.by_subject)] {
            if parts.len() > 1 {
                let title = format!("{} by {kind}", of.name);
                let _ = writeln!(
                    out,
                    "<details><summary>{}</summary>\n{}</details>",
                    escaped(&title),
                    by_part(&title, kind, parts)
                );
            }
        }
    }
    out
}

fn by_part(title: &str, kind: &str, parts: &[Part]) -> String {
    let mut rows = head(&[kind, "problems", "accuracy", "95 %"]);
    for part in parts {
        let accuracy = &part.accuracy;
        let cells = [
            part.problems.to_string(),
            percent(accuracy.value),
            range(accuracy),
        ];
        row(&mut rows, &part.name, &cells);
    }
    html::table(title, "", &(rows + "</tbody>"))
}

/// What decided the answers.
pub(super) fn settings(results: &Results) -> String {
    let text = serde_json::to_string_pretty(&results.settings);
    let text = text.expect("settings are always JSON");
    format!("<pre class=whole tabindex=0>{}</pre>\n", escaped(&text))
}

fn head(names: &[&str]) -> String {
    let cells = names.iter().map(|name| format!("<th scope=col>{name}"));
    format!(
        "<thead><tr>{}</thead>\n<tbody>\n",
        cells.collect::<String>()
    )
}

fn row(rows: &mut String, name: &str, cells: &[String]) {
    let cells: String = cells.iter().map(|cell| format!("<td>{cell}")).collect();
    let _ = writeln!(rows, "<tr><th scope=row>{}{cells}", escaped(name));
}

fn samples(of: &BenchmarkResults) -> String {
    match of.fewest_samples == of.most_samples {
        true => of.most_samples.to_string(),
        false => format!("{}–{}", of.fewest_samples, of.most_samples),
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

fn range(of: &Estimate) -> String {
    format!("{:.1}–{:.1}", 100.0 * of.low, 100.0 * of.high)
}
