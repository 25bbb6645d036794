//! Where the time went.
//!
//! ```text
//! share of a phase = its seconds / seconds of all phases,    evaluations being one of them
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::{arm_heads, arm_row, look};
use crate::arms::Arm;
use crate::html::{self, escaped};
use crate::kind::Kind;
use crate::median_range::MedianRange;
use crate::metrics_jsonl::Measured;
use crate::progress::progress;
use crate::report::Report;

/// The times of an arm, all of its seeds together.
struct Times {
    /// Seconds of all iterations and evaluations.
    by_phase: BTreeMap<String, f64>,
    /// Seconds of a step, the median.
    step: Option<f64>,
    /// Tokens sampled in a second, the median over iterations; of training on examples, tokens read in a second of it.
    speed: Option<f64>,
}

/// Times that are no phase: the whole step, and a speed.
const WHOLE: &str = "step";
const SPEED: &str = "tokens_per_second";

/// What steps of training are where they have no phases.
const TRAINING: &str = "training";

pub(super) fn draw(report: &Report) -> String {
    let times = report.arms.iter().map(|arm| Times::of(report.kind, arm));
    let times: Vec<Times> = times.collect();
    let [step, speed] = match report.kind {
        Kind::Policy => [
            "seconds an iteration, median",
            "tokens sampled a second, median",
        ],
        Kind::Sft | Kind::RewardModel => {
            ["seconds a step, median", "tokens read a second of training"]
        }
    };
    let phases: BTreeSet<&String> = times.iter().flat_map(|of| of.by_phase.keys()).collect();
    let mut phases: Vec<&String> = phases.into_iter().collect();
    let most = |phase: &str| times.iter().map(|of| of.share(phase)).fold(0.0, f64::max);
    phases.sort_by(|a, b| most(b).total_cmp(&most(a)));

    let mut rows = arm_heads(report, "phase");
    for phase in phases {
        let share = |(arm, of): (usize, &Times)| {
            let (look, share) = (look(arm), 100.0 * of.share(phase));
            format!(" class=\"bar {look}\" style=\"--share:{share:.1}%\">{share:.1} %")
        };
        rows += &arm_row(&escaped(phase), times.iter().enumerate().map(share));
    }
    rows += "</tbody>\n<tfoot>\n";
    let mut row = |name: &str, cell: fn(&Times) -> Option<String>| {
        let cell = |of| format!(">{}", cell(of).as_deref().unwrap_or("–"));
        rows += &arm_row(name, times.iter().map(cell));
    };
    row("seconds of all phases", |of| {
        Some(format!("{:.0}", of.all()))
    });
    row(step, |of| Some(format!("{:.2}", of.step?)));
    row(speed, |of| Some(format!("{:.0}", of.speed?)));
    rows += "</tfoot>";
    "<p class=note>Share of each phase in the seconds of all phases.</p>\n".to_owned()
        + &html::table("Time", "", &rows)
}

impl Times {
    fn of(kind: Kind, arm: &Arm) -> Self {
        let lines = || arm.runs.iter().flat_map(|run| run.metrics.lines());
        let median = |name: &str| {
            let times = lines().filter_map(|line| line.time.get(name).copied());
            MedianRange::of(times).map(|range| range.median)
        };
        let mut by_phase = BTreeMap::new();
        for (name, value) in lines().flat_map(|line| &line.time) {
            let name = match name.as_str() {
                SPEED => continue,
                WHOLE if kind == Kind::Policy => continue,
                WHOLE => TRAINING,
                phase => phase,
            };
            *by_phase.entry(name.to_owned()).or_insert(0.0) += value;
        }
        let speed = match kind {
            Kind::Policy => median(SPEED),
            Kind::Sft | Kind::RewardModel => MedianRange::of(arm.runs.iter().filter_map(|run| {
                let training = |line: &Measured| line.time.get(WHOLE).copied().unwrap_or(0.0);
                let seconds: f64 = run.metrics.train.values().map(training).sum();
                let tokens = progress(&run.metrics).last()?.tokens?;
                (seconds > 0.0).then(|| tokens / seconds)
            }))
            .map(|range| range.median),
        };
        Self {
            by_phase,
            step: median(WHOLE),
            speed,
        }
    }

    fn all(&self) -> f64 {
        self.by_phase.values().sum()
    }

    fn share(&self, phase: &str) -> f64 {
        let seconds = self.by_phase.get(phase).copied().unwrap_or(0.0);
        let all = self.all();
        if all > 0.0 { seconds / all } else { 0.0 }
    }
}
