//! Burn's dashboard, driven by what happens in a run.
//!
//! ```text
//! start(1 epoch) -> start_split("train", steps) -> update_split(step) …   so that its count is the run's
//! start_split("valid", 1) -> update_split(1) -> start_split("train", steps)         an evaluation
//! ```
//!
//! Its `on_train_end`, which resets the interruption, is never called. While it shows, the terminal is in raw
//! mode, in which Ctrl-C would be a key like any other: signals of the terminal are switched on again.

use std::sync::Arc;

use burn::train::Interrupter;
use burn::train::metric::{
    MetricAttributes, MetricDefinition, MetricEntry, MetricId, NumericAttributes, NumericEntry,
    SerializedEntry,
};
use burn::train::renderer::{MetricState, MetricsRenderer, default_renderer};
use pure_core::metrics::{Better, Metric, Unit};

use crate::measures::Measures;
use crate::watcher::{Progressed, Watcher};

/// What is to be known of the keys; Burn's own words for them do not say that anything is saved.
const KEYS: &str = "q then s, or Ctrl-C, saves a checkpoint and stops";

/// A run on the whole terminal.
pub struct Dashboard {
    name: String,
    interrupter: Interrupter,
    renderer: Option<Box<dyn MetricsRenderer>>,
    metrics: Vec<Metric>,
    steps: usize,
}

impl Dashboard {
    /// For a run of this name. It shows as soon as the run begins, and closes when it is dropped.
    pub fn new(name: &str, interrupter: &Interrupter) -> Self {
        Self {
            name: name.to_owned(),
            interrupter: interrupter.clone(),
            renderer: None,
            metrics: Vec::new(),
            steps: 0,
        }
    }

    fn open(&mut self, steps: usize, metrics: &[Metric]) {
        terminal::remember();
        let mut renderer = default_renderer(self.interrupter.clone(), None);
        terminal::allow_signals();
        for metric in metrics {
            renderer.register_metric(MetricDefinition {
                metric_id: id(metric),
                name: Arc::new(metric.title.to_owned()),
                description: Some(metric.meaning.to_owned()),
                attributes: MetricAttributes::Numeric(NumericAttributes {
                    unit: unit(metric),
                    higher_is_better: metric.better != Better::Lower,
                }),
            });
        }
        (self.steps, self.metrics) = (steps, metrics.to_vec());
        self.renderer = Some(renderer);
    }

    /// The numbers of a step or of an evaluation.
    fn show(&mut self, measures: &Measures, update: fn(&mut dyn MetricsRenderer, MetricState)) {
        let Some(renderer) = &mut self.renderer else {
            return;
        };
        for metric in &self.metrics {
            let Some(value) = measures.get(metric.name).filter(|value| value.is_finite()) else {
                continue;
            };
            let text = format!("{}: {value:.5}", metric.title);
            let entry = MetricEntry::new(id(metric), SerializedEntry::new(text, value.to_string()));
            let state = MetricState::Numeric(entry, Some(NumericEntry::Value(value)));
            update(renderer.as_mut(), state);
        }
    }

    /// A line in the frame of the status.
    fn say(&mut self, text: &str) {
        if let Some(renderer) = &mut self.renderer {
            let label = format!("{}: {text}", self.name);
            renderer.start(1, 1, Some(self.steps), Some(&label));
        }
    }

    /// How far the run is.
    fn train_at(&mut self, step: usize) {
        if let Some(renderer) = &mut self.renderer {
            renderer.update_split(step);
        }
    }
}

fn id(metric: &Metric) -> MetricId {
    MetricId::new(Arc::new(metric.name.to_owned()))
}

fn unit(metric: &Metric) -> Option<String> {
    match metric.unit {
        Unit::Of(unit) => Some(unit.to_owned()),
        Unit::Fraction | Unit::Plain => None,
    }
}

impl Watcher for Dashboard {
    fn progressed(&mut self, progressed: &Progressed<'_>) {
        match *progressed {
            Progressed::Started {
                step,
                steps,
                metrics,
                damaged,
            } => {
                self.open(steps, metrics);
                match damaged {
                    [] => self.say(KEYS),
                    [first, ..] => self.say(first),
                }
                self.train_at(step);
            }
            Progressed::Step { step, measures, .. } => {
                self.show(measures, |renderer, state| renderer.update_train(state));
                self.train_at(step);
            }
            Progressed::Evaluating { .. } => {
                if let Some(renderer) = &mut self.renderer {
                    renderer.start_split("valid", 1);
                }
            }
            Progressed::Evaluated { step, measures } => {
                self.show(measures, |renderer, state| renderer.update_valid(state));
                if let Some(renderer) = &mut self.renderer {
                    renderer.update_split(1);
                    renderer.end_split();
                    renderer.start_split("train", self.steps);
                    renderer.update_split(step);
                }
            }
            Progressed::Noticed { step, notice } => {
                self.say(&format!("after {step}: {}", notice.text));
            }
            Progressed::StoppedEarly { step } => {
                self.say(&format!("nothing improves any more, stopped after {step}"));
            }
            Progressed::ResultIs { .. } => (),
        }
    }
}

/// Gives the terminal back as it was before a dashboard, for a process that ends at once.
pub fn restore_terminal() {
    terminal::restore();
}

#[cfg(unix)]
mod terminal {
    use std::io::{Write, stdout};
    use std::sync::OnceLock;
    use std::time::Duration;

    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

    static BEFORE: OnceLock<Termios> = OnceLock::new();

    pub fn remember() {
        if let Ok(modes) = tcgetattr(stdout()) {
            let _ = BEFORE.set(modes);
        }
    }

    /// Waits for the renderer's thread to enter raw mode, and has Ctrl-C be a signal again.
    pub fn allow_signals() {
        for _ in 0..200 {
            let Ok(mut modes) = tcgetattr(stdout()) else {
                return;
            };
            if !modes.local_modes.contains(LocalModes::ICANON) {
                modes.local_modes.insert(LocalModes::ISIG);
                let _ = tcsetattr(stdout(), OptionalActions::Now, &modes);
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn restore() {
        if let Some(before) = BEFORE.get() {
            // No mouse, the screen from before, a cursor.
            let _ = stdout()
                .write_all(b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1049l\x1b[?25h");
            let _ = stdout().flush();
            let _ = tcsetattr(stdout(), OptionalActions::Now, before);
        }
    }
}

#[cfg(not(unix))]
mod terminal {
    pub fn remember() {}

    pub fn allow_signals() {}

    pub fn restore() {}
}
