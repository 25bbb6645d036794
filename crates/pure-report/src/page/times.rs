//! Where the time went.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::time_by_phase::TimeByPhase;
use super::{arm_heads, look};
use crate::html::{self, escaped};
use crate::report::Report;

pub(super) fn draw(report: &Report) -> String {
    let phases: Vec<TimeByPhase> = report.arms.iter().map(TimeByPhase::of).collect();
    let mut most = BTreeMap::<&str, f64>::new();
    for of in &phases {
        for name in of.seconds.keys() {
            let most = most.entry(name).or_insert(0.0);
            *most = most.max(of.share(name));
        }
    }
    let mut names: Vec<(&str, f64)> = most.into_iter().collect();
    names.sort_by(|a, b| b.1.total_cmp(&a.1));

    let mut out = "<thead><tr><th scope=col>phase".to_owned();
    out += &arm_heads(report);
    out += "</thead>\n<tbody>\n";
    for (name, _) in names {
        let _ = write!(out, "<tr><th scope=row>{}", escaped(name));
        for (index, of) in phases.iter().enumerate() {
            let share = 100.0 * of.share(name);
            let _ = write!(
                out,
                "<td data-arm={index} class=\"bar {}\" style=\"--share:{share:.1}%\">{share:.1} %",
                look(index)
            );
        }
        out.push('\n');
    }
    out += "</tbody>\n<tfoot>\n";
    type Of = fn(&TimeByPhase) -> Option<String>;
    let rows: [(&str, Of); 3] = [
        ("seconds of all phases", |of| {
            Some(format!("{:.0}", of.seconds.values().sum::<f64>()))
        }),
        ("seconds an iteration, median", |of| {
            of.iteration.map(|seconds| format!("{seconds:.2}"))
        }),
        ("tokens sampled a second, median", |of| {
            of.speed.map(|speed| format!("{speed:.0}"))
        }),
    ];
    for (name, value) in rows {
        let _ = write!(out, "<tr><th scope=row>{name}");
        for (index, of) in phases.iter().enumerate() {
            let _ = write!(
                out,
                "<td data-arm={index}>{}",
                value(of).unwrap_or_else(|| "–".to_owned())
            );
        }
        out.push('\n');
    }
    out += "</tfoot>";
    "<p class=note>Share of each phase in the seconds of all phases.</p>\n".to_owned()
        + &html::table("Time", "", &out)
}
