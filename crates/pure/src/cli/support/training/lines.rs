//! A run as lines: a step now and then, every evaluation, and what came of it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use pure::run::{Measures, Progressed, Watcher};

/// The time between two lines of steps.
const PAUSE: Duration = Duration::from_secs(2);

/// Writes lines about a run to standard error.
pub struct Lines {
    name: String,
    /// The numbers that are told; all, if none is named.
    headline: &'static [&'static str],
    steps: usize,
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
                damaged,
                ..
            } => {
                self.steps = steps;
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
                self.pace.add(seconds);
                if step == steps || self.said.is_none_or(|said| said.elapsed() >= PAUSE) {
                    self.said = Some(Instant::now());
                    let pace = self.pace.median();
                    eprintln!(
                        "{name} {step:>6}/{steps}  {}  {:.0} ms a step, {} left",
                        numbers(measures, self.headline),
                        1e3 * pace,
                        clock(pace * (steps - step) as f64)
                    );
                }
            }
            Progressed::Evaluated { step, measures } if measures.iter().next().is_some() => {
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

/// The median time of the last steps: the first ones on a GPU compile kernels for minutes.
#[derive(Default)]
struct Pace(VecDeque<f64>);

impl Pace {
    fn add(&mut self, seconds: f64) {
        const LAST: usize = 15;
        self.0.push_back(seconds);
        if self.0.len() > LAST {
            self.0.pop_front();
        }
    }

    fn median(&self) -> f64 {
        let mut sorted: Vec<f64> = self.0.iter().copied().collect();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
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

fn clock(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, minutes, seconds) => format!("{minutes}:{seconds:02}"),
        (hours, minutes, seconds) => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_step_that_compiles_for_minutes_does_not_spoil_the_time_that_is_left() {
        let mut pace = Pace::default();
        [250.0, 1.0, 1.2]
            .into_iter()
            .for_each(|seconds| pace.add(seconds));
        assert_eq!(pace.median(), 1.2);
        (0..20).for_each(|_| pace.add(2.0));
        assert_eq!(pace.median(), 2.0);
    }
}
