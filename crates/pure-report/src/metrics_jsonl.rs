//! `metrics.jsonl`: what was measured, iteration by iteration and evaluation by evaluation.
//!
//! What became of a run is told by its evaluations on held-out data. Where a policy has none, as without
//! `[evaluation]` in its settings, the answers that training sampled tell it: its iterations,
//! [pooled](crate::pools), stand in for evaluations.
//!
//! Each stage of a reward model's training has a file of its own, whose steps go on from those of the stage before.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pure_core::{Metric, metrics};
use serde::de::Error as _;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Error;
use crate::json_lines::json_lines;
use crate::kind::Kind;
use crate::pools::pools;

/// Which answers tell what became of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnswersFrom {
    /// Those to held-out prompts, sampled at its evaluations.
    #[default]
    Evaluations,
    /// Those that training sampled to learn from, for want of evaluations.
    Training,
}

/// The numbers of a line, or of several.
#[derive(Debug, Clone, Default)]
pub(crate) struct Measured {
    pub values: BTreeMap<String, f64>,
    /// Seconds of each phase.
    pub time: BTreeMap<String, f64>,
}

/// What the monitor noticed, or where a stage begins.
#[derive(Debug, Clone)]
pub(crate) struct Notice {
    pub step: u64,
    pub text: String,
    /// Whether it is of reward hacking, which alone goes by accuracy and process reward together.
    pub is_hack: bool,
}

/// All of a run, by step.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    pub train: BTreeMap<u64, Measured>,
    pub valid: BTreeMap<u64, Measured>,
    pub notices: Vec<Notice>,
    pub answers_from: AnswersFrom,
    /// Evaluations, or the pools of iterations that stand in for them, by their last step.
    pub evaluations: BTreeMap<u64, Measured>,
}

#[derive(Deserialize)]
struct Line {
    step: u64,
    split: String,
    notice: Option<String>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl Metrics {
    /// Those of a run of some kind, of which each stage has a file.
    pub fn read(files: &[PathBuf], kind: Kind) -> Result<Self, Error> {
        let mut metrics = Self::default();
        for (stage, path) in files.iter().enumerate() {
            let before = metrics.last_step();
            metrics.add(path, before)?;
            if stage > 0 && metrics.last_step() > before {
                let text = format!("stage {} begins", stage + 1);
                metrics.notices.push(Notice {
                    step: before,
                    is_hack: false,
                    text,
                });
            }
        }
        metrics.evaluations = metrics.valid.clone();
        if kind == Kind::Policy {
            metrics.evaluations.retain(|_, line| line.has_answers());
            if metrics.evaluations.is_empty() {
                metrics.answers_from = AnswersFrom::Training;
                metrics.evaluations = pooled(&metrics.train);
            }
        }
        if metrics.evaluations.is_empty() && metrics.train.is_empty() {
            let path = files.first().cloned().unwrap_or_default();
            return Err(Error::NothingMeasured { path });
        }
        Ok(metrics)
    }

    /// The last step that was taken.
    pub fn last_step(&self) -> u64 {
        self.train.keys().last().copied().unwrap_or(0)
    }

    /// Adds the lines of a file, whose steps go on after so many.
    fn add(&mut self, path: &Path, before: u64) -> Result<(), Error> {
        for line in json_lines(path)? {
            let line = line?;
            let record: Line = line.parse()?;
            let step = before.saturating_add(record.step);
            match record.split.as_str() {
                "train" => _ = self.train.insert(step, Measured::of(&record.rest)),
                "valid" => _ = self.valid.insert(step, Measured::of(&record.rest)),
                "monitor" => {
                    let missing = || line.invalid(serde_json::Error::missing_field("notice"));
                    let goes_by = |metric: Metric| {
                        let evidence = record.rest.get("evidence");
                        evidence.is_some_and(|it| it.get(metric.name).is_some())
                    };
                    self.notices.push(Notice {
                        step,
                        is_hack: goes_by(metrics::ACCURACY) && goes_by(metrics::PROCESS),
                        text: record.notice.ok_or_else(missing)?,
                    });
                }
                other => {
                    let why =
                        format!("\"split\" is \"{other}\", but must be train, valid or monitor");
                    return Err(line.invalid(serde_json::Error::custom(why)));
                }
            }
        }
        Ok(())
    }

    /// Iterations and evaluations.
    pub fn lines(&self) -> impl Iterator<Item = &Measured> {
        self.train.values().chain(self.valid.values())
    }

    /// A metric at each evaluation that has it.
    pub fn evaluations_of(&self, metric: Metric) -> impl Iterator<Item = (u64, f64)> + '_ {
        let lines = self.evaluations.iter();
        lines.filter_map(move |(&step, line)| Some((step, line.get(metric)?)))
    }
}

impl Measured {
    /// What is no number, such as the null that stands for one that is not finite, is left out.
    fn of(rest: &Map<String, Value>) -> Self {
        let numbers = |map: &Map<String, Value>| {
            let number = |(name, value): (&String, &Value)| Some((name.clone(), value.as_f64()?));
            map.iter().filter_map(number).collect()
        };
        let time = rest.get("time").and_then(Value::as_object);
        Self {
            values: numbers(rest),
            time: time.map_or_else(BTreeMap::new, numbers),
        }
    }

    pub fn get(&self, metric: Metric) -> Option<f64> {
        self.values.get(metric.name).copied()
    }

    /// How long the iteration or the evaluation took.
    pub fn seconds(&self) -> Option<f64> {
        let mut whole = ["step", "evaluation"].iter();
        whole.find_map(|name| self.time.get(*name)).copied()
    }

    /// Whether answers were measured: a run without `[evaluation]` has lines of evaluations too, with
    /// nothing but a time in them.
    fn has_answers(&self) -> bool {
        self.values
            .keys()
            .any(|name| name != metrics::UNUSABLE.name)
    }
}

/// The iterations, pooled: of each metric the mean over a pool's iterations, weighted by their answers.
fn pooled(train: &BTreeMap<u64, Measured>) -> BTreeMap<u64, Measured> {
    // An iteration that learned from nothing still measured the answers that it dropped.
    let answers = |line: &Measured| line.get(metrics::ANSWERS).unwrap_or(0.0).max(1.0);
    let counts = train
        .iter()
        .map(|(&step, line)| (step, answers(line) as u64));
    let pool = |steps: std::ops::RangeInclusive<u64>| {
        let mut sums = BTreeMap::<String, (f64, f64)>::new();
        for (_, line) in train.range(steps.clone()) {
            let weight = answers(line);
            for (name, value) in &line.values {
                let (sum, weights) = sums.entry(name.clone()).or_default();
                *sum += weight * value;
                *weights += weight;
            }
        }
        let means = sums.into_iter().map(|(name, (sum, of))| (name, sum / of));
        let measured = Measured {
            values: means.filter(|(_, mean)| mean.is_finite()).collect(),
            time: BTreeMap::new(),
        };
        (*steps.end(), measured)
    };
    pools(counts).into_iter().map(pool).collect()
}
