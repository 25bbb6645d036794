//! The page of a report. What is text stands in it as HTML; its script draws the charts from the numbers in it.

mod answers;
mod chart_data;
mod curve;
mod curves;
mod head;
mod length_histogram;
mod outcome;
mod reached;
mod samples;
mod sections;
mod settings;
mod times;

use std::fmt::Write as _;

use serde::Serialize;

use self::chart_data::ChartData;
pub(crate) use self::samples::Answers;
use crate::html::{self, escaped};
use crate::kind::Kind;
use crate::report::Report;
use crate::sample_browser::Samples;
use crate::{sample_browser, scripts};

const SCRIPTS: [&str; 7] = [
    scripts::PLOT,
    scripts::AXIS,
    scripts::SAVE,
    scripts::CURVES,
    include_str!("assets/points.js"),
    include_str!("assets/lengths.js"),
    scripts::MAIN,
];

/// What the scripts are given.
#[derive(Serialize)]
struct Data<'a> {
    #[serde(flatten)]
    charts: ChartData,
    #[serde(flatten)]
    samples: Samples<'a>,
}

impl Report {
    /// The page: one file with nothing to load.
    pub fn to_html(&self) -> String {
        self.html("")
    }

    /// The same, for runs that still go on: a browser loads it again every so many seconds, and stays where it was.
    pub fn to_live_html(&self, seconds: u32) -> String {
        let note = "<p class=note role=status>The run goes on; this page follows it.</p>\n";
        let script = include_str!("assets/live.js");
        self.html(&format!(
            "{note}<script>\n\"use strict\";\n{{\nconst SECONDS = {seconds};\n{script}}}\n</script>\n"
        ))
    }

    fn html(&self, above: &str) -> String {
        let charts = ChartData::of(self.kind, &self.arms);
        let parts = self.parts(&charts);
        let mut body = above.to_owned() + &head::draw(self);
        let _ = writeln!(body, "<p>{}</p>", outcome::summary(self));
        body += &html::links(&parts);
        body += "<main>\n";
        for part in &parts {
            body += &html::section(part);
            if part.0 == "outcome" {
                body += "<div id=legend role=group aria-label=\"Arms that are shown\"></div>\n";
            }
        }
        body += "</main>\n";
        let mut scripts = SCRIPTS.to_vec();
        if self.kind == Kind::Policy {
            scripts.push(sample_browser::BROWSE);
        }
        let samples = samples::samples(&self.samples);
        body += &scripts::run(&Data { charts, samples }, &scripts);
        let names: Vec<&str> = self.arms.iter().map(|arm| arm.name.as_str()).collect();
        html::page(
            &format!("Runs: {}", names.join(", ")),
            &format!("{}{}", scripts::STYLE, sample_browser::STYLE),
            &body,
        )
    }

    /// An anchor, a title, and what is there.
    fn parts(&self, data: &ChartData) -> Vec<html::Part> {
        let mut parts = vec![
            ("outcome", "Results", outcome::table(self)),
            ("curves", "Curves", curves::draw(self, data)),
        ];
        if self.kind == Kind::Policy {
            parts.extend([
                (
                    "points",
                    "Process reward against accuracy",
                    curves::points(self),
                ),
                ("lengths", "Length of answers", curves::lengths(self)),
                ("answers", "Credit of answers", answers::draw(self)),
                ("samples", "Samples", sample_browser::part()),
                ("notices", "Notices of the monitor", outcome::notices(self)),
            ]);
        }
        parts.extend([
            ("settings", "Settings", settings::draw(self)),
            ("times", "Time", times::draw(self)),
        ]);
        parts
    }
}

/// The head of a table with a column an arm, `corner` above the names of the rows; its body is begun.
fn arm_heads(report: &Report, corner: &str) -> String {
    let heads = report.arms.iter().enumerate().map(|(index, arm)| {
        let name = class_and_name(index, &arm.name);
        format!("<th scope=col data-arm={index}><span {name}</span>")
    });
    let heads: String = heads.collect();
    format!("<thead><tr><th scope=col>{corner}{heads}</thead>\n<tbody>\n")
}

/// A row of such a table: its name, and the cell of each arm from the attributes in its tag on.
fn arm_row(name: &str, cells: impl Iterator<Item = String>) -> String {
    let cells = cells
        .enumerate()
        .map(|(arm, cell)| format!("<td data-arm={arm}{cell}"));
    let cells: String = cells.collect();
    format!("<tr><th scope=row>{name}{cells}\n")
}

/// The name of an arm in its colour and with its mark, from the class in the tag around it on.
fn class_and_name(arm: usize, name: &str) -> String {
    format!("class=\"arm {}\">{}", look(arm), escaped(name))
}

/// The classes that give an arm its colour and its mark.
fn look(arm: usize) -> String {
    format!("c{} s{}", arm % 8, arm % 6)
}
