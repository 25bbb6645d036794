//! The page of a report. What is text stands in it as HTML; its script draws the charts from the numbers in it.

mod answers;
mod chart_data;
mod curve;
mod curves;
mod head;
mod length_histogram;
mod outcome;
mod reached;
mod sections;
mod settings;
mod times;

use std::fmt::Write as _;

use self::chart_data::ChartData;
use crate::html::{self, escaped};
use crate::kind::Kind;
use crate::report::Report;
use crate::scripts;

const SCRIPTS: [&str; 7] = [
    scripts::PLOT,
    scripts::AXIS,
    scripts::SAVE,
    scripts::CURVES,
    include_str!("assets/points.js"),
    include_str!("assets/lengths.js"),
    scripts::MAIN,
];

impl Report {
    /// The page: one file with nothing to load.
    pub fn to_html(&self) -> String {
        let data = ChartData::of(self.kind, &self.arms);
        let parts = self.parts(&data);
        let mut body = head::draw(self);
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
        body += &scripts::run(&data, &SCRIPTS);
        let names: Vec<&str> = self.arms.iter().map(|arm| arm.name.as_str()).collect();
        html::page(
            &format!("Runs: {}", names.join(", ")),
            scripts::STYLE,
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
