//! A report as one page for a browser.

use std::fmt::Write as _;

use pure::prm::{BestOfEvaluation, Skipped, StepEvaluation};
use pure::report::html::{self, escaped, page};

use super::report::{Measured, Report};
use super::{charts, rows, terminal};

const STYLE: &str = "
.scroll { margin: 1rem 0; }
.key { display: inline-block; width: 2rem; border-top: 2.5px solid var(--c0); vertical-align: middle; }
.key.second { border-top: 2px dashed var(--c1); }
.key.level { border-top: 2px dotted; }
.skipped { border-left: .25rem solid rgb(var(--bad)); padding-left: .8rem; }
";

pub fn draw(report: &Report) -> String {
    let mut body = format!("<p>{}.</p>\n", escaped(&report.reads.to_string()));
    for measured in &report.steps {
        steps(&mut body, measured);
    }
    if !report.process_bench.is_empty() {
        body += "<h2>Benchmarks of first errors</h2>\n";
        first_errors(&mut body, &rows::process_bench(report));
        for measured in &report.process_bench {
            left_out(&mut body, &measured.file, &measured.found.skipped);
        }
    }
    if let Some(measured) = &report.best_of {
        best_of(&mut body, measured);
    }
    let title = format!("How good is {}?", report.prm);
    page(&title, &format!("{}{STYLE}", charts::STYLE), &body)
}

fn steps(body: &mut String, measured: &Measured<StepEvaluation>) {
    let found = &measured.found;
    let counts = terminal::step_counts(found);
    head(body, &measured.file, &counts, &found.skipped);
    table(body, &rows::qualities(&found.quality), false);
    table(body, &rows::classes(&found.quality), true);
    let most = found.reliability.bins.iter().map(|bin| bin.steps).max();
    let _ = write!(
        body,
        "<h3>Do probabilities mean what they say?</h3>\n<figure>{}<figcaption>Across, what the model \
         says of a step, P(good); up, the share of such steps that are good, with the range in which \
         it lies with 95 % confidence. On the dashed line 80 % means 80 %. Below, how many steps there \
         are: the most are {}.</figcaption></figure>\n",
        charts::reliability(&found.reliability),
        most.unwrap_or(0),
    );
    body.push_str("<h3>Where does an answer go wrong?</h3>\n");
    first_errors(body, &rows::first_errors([("", &found.first_errors)], None));
}

fn first_errors(body: &mut String, rows: &[[String; 6]]) {
    let _ = writeln!(body, "<p>{}.</p>", escaped(rows::FIRST_ERRORS));
    table(body, rows, true);
    if rows::has_best(rows) {
        let _ = writeln!(body, "<p>{}.</p>", escaped(rows::FLATTERS));
    }
}

fn best_of(body: &mut String, measured: &Measured<BestOfEvaluation>) {
    let found = &measured.found;
    let counts = terminal::problem_counts(found);
    head(body, &measured.file, &counts, &found.skipped);
    let majority = match found.best_of_n.votes {
        Some(_) => "; <i class=\"key level\"></i> a majority of all samples is",
        None => "",
    };
    let _ = writeln!(
        body,
        "<figure>{}<figcaption>How often, among n samples, <i class=key></i> the one with the highest \
         score is right; <i class=\"key second\"></i> any is, which no score can beat{majority}.\
         </figcaption></figure>",
        charts::best_of_n(&found.best_of_n)
    );
    table(body, &rows::curve(&found.best_of_n), true);
    let votes = rows::votes(&found.best_of_n);
    if !votes.is_empty() {
        table(body, &votes, false);
    }
}

fn head(body: &mut String, file: &str, counts: &str, skipped: &Skipped) {
    let (name, counts) = (escaped(file), escaped(counts));
    let _ = writeln!(body, "<h2>{name}</h2>\n<p>{counts}.</p>");
    left_out(body, file, skipped);
}

fn left_out(body: &mut String, file: &str, skipped: &Skipped) {
    if skipped.count > 0 {
        let text = format!("{file}: {}", terminal::left_out(skipped));
        let _ = writeln!(body, "<p class=skipped>{}</p>", escaped(&text));
    }
}

/// A table whose first row names its columns, or which has no such row.
fn table<const N: usize>(body: &mut String, rows: &[[String; N]], named: bool) {
    let mut out = String::new();
    let mut rows = rows.iter();
    if let Some(names) = named.then(|| rows.next()).flatten() {
        out += "<thead><tr>";
        for name in names {
            let _ = write!(out, "<th scope=col>{}", escaped(name));
        }
        out += "</thead>\n";
    }
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            let tag = match column {
                0 => "<tr><th scope=row>",
                _ => "<td>",
            };
            let _ = write!(out, "{tag}{}", escaped(cell));
        }
        out.push('\n');
    }
    *body += &html::table("Numbers", "", &out);
}
