//! A run as lines: a step now and then, every evaluation, and what came of it.

use std::time::{Duration, Instant};

use pure::run::{Measures, Progressed, Watcher};

use super::pace::{Pace, clock};

/// The time between two lines of steps.
const PAUSE: Duration = Duration::from_secs(2);

/// Writes lines about a run to standard error.
pub struct Lines {
    name: String,
    /// The numbers that are told; all, if none is named.
    headline: &'static [&'static str],
    steps: usize,
    every: usize,
    said: Option<Instant>,
    pace: Pace,
}

impl Lines {
    /// For a run of this name.
    pub fn new(name: &str, headline: &'static [&'static str]) -> Self {
        Self {
            name: name.to_owned(),
            headline,
            steps: 0,
            every: 1,
            said: None,
            pace: Pace::default(),
        }
    }
}

impl Watcher for Lines {
    fn progressed(&mut self, progressed: &Progressed<'_>) {
        let (name, steps) = (&self.name, self.steps);
        match *progressed {
            Progressed::Started {
                step,
                steps,
                every,
                damaged,
                ..
            } => {
                (self.steps, self.every) = (steps, every);
                for damage in damaged {
                    eprintln!("{name}: {damage}");
                }
                if step > 0 {
                    eprintln!("{name}: goes on from step {step} of {steps}");
                }
            }
            Progressed::Step {
                step,
                measures,
                seconds,
            } => {
                self.pace.stepped(seconds);
                if step == steps || self.said.is_none_or(|said| said.elapsed() >= PAUSE) {
                    self.said = Some(Instant::now());
                    let left = self.pace.left(step, steps, self.every);
                    eprintln!(
                        "{name} {step:>6}/{steps}  {}  {:.0} ms a step, {} left",
                        numbers(measures, self.headline),
                        1e3 * self.pace.step().unwrap_or(seconds),
                        clock(left.unwrap_or(0.0))
                    );
                }
            }
            Progressed::Evaluated { step, measures } if measures.iter().next().is_some() => {
                let took = measures.times().find(|(name, _)| *name == "evaluation");
                took.into_iter()
                    .for_each(|(_, seconds)| self.pace.evaluated(seconds));
                eprintln!(
                    "{name} {step:>6}/{steps}  held out: {}",
                    numbers(measures, self.headline)
                );
            }
            Progressed::Noticed { step, notice } => {
                eprintln!("{name} {step:>6}/{steps}  {}", notice.text);
            }
            Progressed::StoppedEarly { step } => {
                eprintln!("{name}: nothing improves any more, stopped after step {step}");
            }
            Progressed::ResultIs { step } => {
                eprintln!("{name}: the result is the model after step {step}, the best");
            }
            _ => (),
        }
    }
}

/// Numbers in a line; a skipped step is told only where there is one.
fn numbers(measures: &Measures, headline: &[&str]) -> String {
    let is_shown = |name: &str| headline.is_empty() || headline.contains(&name);
    let shown = measures.iter().filter(|(name, value)| {
        is_shown(name) && (*name != "skipped" || *value > 0.0) && !value.is_nan()
    });
    joined(shown)
}

/// Numbers with their names.
pub fn joined<'a>(numbers: impl Iterator<Item = (&'a str, f64)>) -> String {
    let each = numbers.map(|(name, value)| {
        let short = match value.abs() {
            0.0 => "0".to_owned(),
            size if (1e-3..1e4).contains(&size) => format!("{value:.4}"),
            _ => format!("{value:.2e}"),
        };
        format!("{} {short}", name.replace('_', " "))
    });
    each.collect::<Vec<_>>().join("  ")
}
