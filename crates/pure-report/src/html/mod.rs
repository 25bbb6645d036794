//! The page. What is text stands in it as HTML; curves are drawn by its script from the numbers in it.
//!
//! Texts of a model are hostile until escaped: as HTML they go through [`escaped`], as JSON inside the page
//! through [`json`], so that neither `</script>` nor `<img onerror=…>` of an answer means anything.

mod answers;
mod curves;
mod evaluations;
mod outcome;
mod settings;
mod times;

use std::fmt::Write as _;

use crate::charts::Charts;
use crate::report::Report;

const STYLE: &str = include_str!("../page/style.css");
const SCRIPTS: [&str; 6] = [
    include_str!("../page/plot.js"),
    include_str!("../page/save.js"),
    include_str!("../page/curves.js"),
    include_str!("../page/points.js"),
    include_str!("../page/lengths.js"),
    include_str!("../page/main.js"),
];

/// Parts of the page: an anchor, a title, and what is there.
type Part = (&'static str, &'static str, String);

pub(crate) fn page(report: &Report) -> String {
    let charts = Charts::of(&report.arms);
    let parts: [Part; 8] = [
        ("outcome", "What became of them", outcome::table(report)),
        ("curves", "Curves", curves::draw(report, &charts)),
        (
            "points",
            "Process reward against accuracy",
            curves::points(report),
        ),
        ("lengths", "Length of answers", curves::lengths(report)),
        ("answers", "Credit of answers", answers::draw(report)),
        (
            "notices",
            "Notices of the monitor",
            outcome::notices(report),
        ),
        ("settings", "Settings", settings::draw(report)),
        ("times", "Time", times::draw(report)),
    ];
    let names: Vec<&str> = report.arms.iter().map(|arm| arm.name.as_str()).collect();
    let title = escaped(&format!("Runs: {}", names.join(", ")));
    let mut out = format!(
        "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n\
         <meta name=viewport content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n\
         <header><h1>{title}</h1>\n<p>{}</p>\n<nav aria-label=Parts>",
        outcome::summary(report)
    );
    for (anchor, title, _) in &parts {
        let _ = write!(out, "<a href=\"#{anchor}\">{title}</a> ");
    }
    out += "</nav></header>\n<main>\n";
    for (anchor, title, body) in &parts {
        let _ = writeln!(
            out,
            "<section id={anchor} aria-labelledby=\"{anchor}-title\">\n\
             <h2 id=\"{anchor}-title\">{title}</h2>\n{body}</section>"
        );
        if *anchor == "outcome" {
            out += "<div id=legend role=group aria-label=\"Arms that are shown\"></div>\n";
        }
    }
    let _ = write!(
        out,
        "</main>\n<script type=\"application/json\" id=data>{}</script>\n<script>\n\"use strict\";\n(() => {{\n",
        json(&charts)
    );
    SCRIPTS.iter().for_each(|script| out += script);
    out + "})();\n</script>\n</html>\n"
}

/// The heads of a table's columns, one an arm.
fn arm_heads(report: &Report) -> String {
    let heads = report.arms.iter().enumerate().map(|(index, arm)| {
        let name = escaped(&arm.name);
        let class = format!("arm {}", look(index));
        format!("<th scope=col data-arm={index}><span class=\"{class}\">{name}</span>")
    });
    heads.collect()
}

/// A text as it may stand in HTML.
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let text = text.replace('>', "&gt;").replace('"', "&quot;");
    text.replace('\'', "&#39;")
}

/// JSON as it may stand in a page: no `<` can end the element that it is in.
fn json(value: &impl serde::Serialize) -> String {
    let text = serde_json::to_string(value).expect("numbers and texts are JSON");
    text.replace('<', "\\u003c")
}

/// The ground of a cell: blue for what is encouraged, orange for what is not; the number says it too.
fn ground(value: f32, most: f32) -> String {
    let strength = if most > 0.0 {
        (value / most).abs().min(1.0) * 0.7
    } else {
        0.0
    };
    let colour = if value > 0.0 { "good" } else { "bad" };
    format!("background:rgb(var(--{colour})/{strength:.2})")
}

/// The classes that give an arm its colour and its mark.
fn look(arm: usize) -> String {
    format!("c{} s{}", arm % 8, arm % 6)
}
