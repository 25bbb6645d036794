//! What is known of a run while it goes on, from what its watcher is told.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use pure::core::metrics::{Metric, TOKENS};
use pure::run::SampledAnswer;

use super::series::Series;
use crate::cli::support::training::history::{self, What};
use crate::cli::support::training::pace::Pace;
use crate::cli::support::training::rows::{Row, SPEED, Source, Trainee};

/// A run on its way.
pub struct Course {
    /// What stands above everything.
    pub name: String,
    pub trainee: Trainee,
    /// Steps that were taken, those of the whole run, those from one evaluation to the next.
    pub step: usize,
    pub steps: usize,
    every: usize,
    /// What is being done, and since when.
    pub phase: (&'static str, Instant),
    /// What phases took in the last step.
    phases: BTreeMap<&'static str, f64>,
    begun: Instant,
    pace: Pace,
    series: BTreeMap<(Source, String), Series>,
    /// What a person should know, and the steps before it.
    pub notices: Vec<(usize, String)>,
    /// An answer of the last step.
    pub answer: Option<(usize, SampledAnswer)>,
}

impl Course {
    /// Of a run that has not begun.
    pub fn new(name: &str, trainee: Trainee) -> Self {
        let now = Instant::now();
        Self {
            name: name.to_owned(),
            trainee,
            step: 0,
            steps: 0,
            every: 1,
            phase: ("loading", now),
            phases: BTreeMap::new(),
            begun: now,
            pace: Pace::default(),
            series: BTreeMap::new(),
            notices: Vec::new(),
            answer: None,
        }
    }

    /// It begins, or goes on after a step, from what it wrote before.
    pub fn started(&mut self, step: usize, steps: usize, every: usize, folder: &Path) {
        (self.step, self.steps, self.every) = (step, steps, every);
        for entry in history::read(folder) {
            match entry.what {
                What::Notice(text) => self.noticed(entry.step, &text),
                What::Measured {
                    is_held_out,
                    numbers,
                    seconds,
                } => {
                    let numbers = numbers.iter().map(|(name, value)| (name.as_str(), *value));
                    self.measured(is_held_out, numbers, seconds.unwrap_or(f64::NAN));
                }
            }
        }
    }

    /// Is at another phase.
    pub fn at(&mut self, phase: &'static str) {
        let now = Instant::now();
        let (before, since) = std::mem::replace(&mut self.phase, (phase, now));
        self.phases.insert(before, (now - since).as_secs_f64());
    }

    /// A step or an evaluation is over.
    pub fn measured<'a>(
        &mut self,
        is_held_out: bool,
        numbers: impl Iterator<Item = (&'a str, f64)>,
        seconds: f64,
    ) {
        let source = match is_held_out {
            true => Source::HeldOut,
            false => Source::Training,
        };
        for (name, value) in numbers {
            self.push(source, name, value);
            if name == TOKENS.name {
                self.push(Source::Speed, SPEED.name, value / seconds);
            }
        }
        match (seconds.is_finite(), is_held_out) {
            (true, true) => self.pace.evaluated(seconds),
            (true, false) => self.pace.stepped(seconds),
            (false, _) => (),
        }
    }

    /// How fast it was.
    pub fn sped(&mut self, tokens_per_second: f64) {
        self.push(Source::Speed, SPEED.name, tokens_per_second);
    }

    /// A person should know this.
    pub fn noticed(&mut self, step: usize, text: &str) {
        self.notices.push((step, text.to_owned()));
    }

    /// The numbers of a row that were measured, and what they are of.
    pub fn row(&self, (source, metrics): Row) -> Option<(Metric, &Series)> {
        metrics.iter().find_map(|metric| {
            let series = self.series.get(&(source, metric.name.to_owned()))?;
            series.last.map(|_| (*metric, series))
        })
    }

    /// Seconds that are left, as far as can be told.
    pub fn left(&self) -> Option<f64> {
        self.pace.left(self.step, self.steps, self.every)
    }

    /// Seconds that it has gone on for.
    pub fn elapsed(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }

    /// What the present phase took in the last step.
    pub fn last_time(&self) -> Option<f64> {
        self.phases.get(self.phase.0).copied()
    }

    fn push(&mut self, source: Source, name: &str, value: f64) {
        let is_shown =
            |(of, metrics): &Row| *of == source && metrics.iter().any(|metric| metric.name == name);
        if self.trainee.rows().iter().any(is_shown) {
            let key = (source, name.to_owned());
            self.series.entry(key).or_default().push(value);
        }
    }
}
