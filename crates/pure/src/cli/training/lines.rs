//! A run as lines: a step now and then, and every evaluation.

use std::time::{Duration, Instant};

use pure::core::metrics::SKIPPED;
use pure::train::{Measures, Progressed, Watcher};

/// The time between two lines of steps.
const PAUSE: Duration = Duration::from_secs(2);

/// Writes lines about a run of so many steps to standard error, with the numbers of the headline, or
/// all if it is empty.
pub fn lines(name: &str, steps: usize, headline: &'static [&'static str]) -> Watcher {
    let name = name.to_owned();
    let mut said: Option<Instant> = None;
    let mut pace = Pace::default();
    Watcher::Report(Box::new(move |progressed| match progressed {
        Progressed::Resumed { step, damaged } => {
            for damage in *damaged {
                eprintln!("{name}: {damage}");
            }
            eprintln!("{name}: goes on from step {step} of {steps}");
        }
        Progressed::Step {
            step,
            measures,
            seconds,
        } => {
            pace.add(*seconds);
            if *step == steps || said.is_none_or(|said| said.elapsed() >= PAUSE) {
                said = Some(Instant::now());
                let left = pace.mean() * (steps - step) as f64;
                eprintln!(
                    "{name} {step:>6}/{steps}  {}  {:.0} ms a step, {} left",
                    numbers(measures, headline),
                    1e3 * pace.mean(),
                    clock(left)
                );
            }
        }
        Progressed::Evaluated { step, measures } => {
            eprintln!(
                "{name} {step:>6}/{steps}  held out: {}",
                numbers(measures, headline)
            );
        }
        Progressed::Noticed { step, notice } => {
            eprintln!("{name} {step:>6}/{steps}  {}", notice.text);
        }
        Progressed::StoppedEarly { step } => {
            eprintln!("{name}: nothing improves any more, stopped after step {step}");
        }
    }))
}

/// The mean time of the last steps, the latest counting most.
#[derive(Default)]
struct Pace(Option<f64>);

impl Pace {
    fn add(&mut self, seconds: f64) {
        const NEW: f64 = 0.1;
        self.0 = Some(self.0.map_or(seconds, |old| old + NEW * (seconds - old)));
    }

    fn mean(&self) -> f64 {
        self.0.unwrap_or_default()
    }
}

/// Numbers in a line; a skipped step is told only where there is one.
fn numbers(measures: &Measures, headline: &[&str]) -> String {
    let is_shown = |name: &str| headline.is_empty() || headline.contains(&name);
    let shown = measures.iter().filter(|(name, value)| {
        is_shown(name) && (*name != SKIPPED.name || *value > 0.0) && !value.is_nan()
    });
    let each = shown.map(|(name, value)| format!("{} {}", name.replace('_', " "), short(value)));
    each.collect::<Vec<_>>().join("  ")
}

fn short(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if (1e-3..1e4).contains(&size) => format!("{value:.4}"),
        _ => format!("{value:.2e}"),
    }
}

fn clock(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, minutes, seconds) => format!("{minutes}:{seconds:02}"),
        (hours, minutes, seconds) => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}
