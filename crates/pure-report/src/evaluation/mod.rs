//! The page of an evaluation: what was found, and every sample with what it was asked, found by filters.
//!
//! Tables stand in the page as HTML; curves are drawn and samples are listed by its scripts, some at a time, so that it
//! opens at once with ten thousand of them.

mod data;
mod tables;

use std::fmt::Write as _;

use pure_eval::{Benchmark, JudgedProblem, Results, Sample};

use self::data::Data;
use crate::html::{self, escaped};
use crate::{sample_browser, scripts};

/// The samples of a benchmark.
#[derive(Debug, Clone, Copy)]
pub struct EvaluatedBenchmark<'a> {
    /// What was asked.
    pub benchmark: &'a Benchmark,
    /// What was answered, with the rewards of its steps if it was judged.
    pub samples: &'a [Sample],
    /// The same, sorted to the problems.
    pub judged: &'a [JudgedProblem],
}

/// The page of an evaluation of a model of this name, of whose results the benchmarks are in the same order: one file with
/// nothing to load.
pub fn evaluation_page(
    model: &str,
    results: &Results,
    benchmarks: &[EvaluatedBenchmark<'_>],
) -> String {
    let data = Data::of(results, benchmarks);
    let mut parts = vec![("results", "Results", tables::results(results))];
    if !data.charts.is_empty() {
        parts.push(("curves", "Curves", curves(&data)));
    }
    parts.push(("samples", "Samples", sample_browser::part()));
    parts.push(("settings", "Settings", tables::settings(results)));
    let mut body = format!("<p>{}</p>\n", escaped(&tables::summary(results)));
    body += &html::links(&parts);
    body += "<main>\n";
    body.extend(parts.iter().map(html::section));
    body += "</main>\n";
    body += &scripts::run(
        &data,
        &[
            scripts::PLOT,
            scripts::AXIS,
            scripts::SAVE,
            scripts::CURVES,
            scripts::MAIN,
            sample_browser::BROWSE,
        ],
    );
    let style = format!("{}{}", scripts::STYLE, sample_browser::STYLE);
    html::page(&format!("Evaluation: {model}"), &style, &body)
}

fn curves(data: &Data<'_>) -> String {
    let mut out = "<p class=note>What k samples of a problem give, drawn from all of its samples; a band is the interval of \
        95 %. Point at a chart, or focus it and use the arrow keys, to read a number of samples.</p>\n\
        <div id=legend role=group aria-label=\"Curves that are shown\"></div>\n<div class=charts>\n"
        .to_owned();
    for (index, chart) in data.charts.iter().enumerate() {
        let _ = writeln!(
            out,
            "<figure class=chart data-chart={index}><figcaption><h3>{}</h3></figcaption></figure>",
            escaped(&chart.title)
        );
    }
    out + "</div>\n<noscript><p>Curves need scripts; their numbers are in results.json.</p></noscript>\n"
}
