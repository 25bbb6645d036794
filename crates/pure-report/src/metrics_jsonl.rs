//! `metrics.jsonl`: what was measured, iteration by iteration and evaluation by evaluation.
//!
//! What became of a run is told by its evaluations on held-out prompts. Where it has none, as without
//! `[evaluation]` in its settings, the answers that training sampled tell it: its iterations,
//! [pooled](crate::pools), stand in for evaluations.

use std::collections::BTreeMap;
use std::path::Path;

use pure_core::{Metric, metrics};
use serde::de::Error as _;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Error;
use crate::json_lines::json_lines;
use crate::pools::pools;

/// Which answers tell what became of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnswersFrom {
    /// Those to held-out prompts, sampled at its evaluations.
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

/// What the monitor noticed.
#[derive(Debug, Clone)]
pub(crate) struct Notice {
    pub step: u64,
    pub text: String,
    /// Whether it is of reward hacking, which alone goes by accuracy and process reward together.
    pub is_hack: bool,
}

/// All of a file, by step.
#[derive(Debug)]
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
    pub fn read(path: &Path) -> Result<Self, Error> {
        let (mut train, mut valid, mut notices) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        for line in json_lines(path)? {
            let line = line?;
            let record: Line = line.parse()?;
            match record.split.as_str() {
                "train" => _ = train.insert(record.step, Measured::of(&record.rest)),
                "valid" => _ = valid.insert(record.step, Measured::of(&record.rest)),
                "monitor" => {
                    let missing = || line.invalid(serde_json::Error::missing_field("notice"));
                    let goes_by = |metric: Metric| {
                        let evidence = record.rest.get("evidence");
                        evidence.is_some_and(|it| it.get(metric.name).is_some())
                    };
                    notices.push(Notice {
                        step: record.step,
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
        let (mut answers_from, mut evaluations) = (AnswersFrom::Evaluations, valid.clone());
        evaluations.retain(|_, line: &mut Measured| line.has_answers());
        if evaluations.is_empty() {
            (answers_from, evaluations) = (AnswersFrom::Training, pooled(&train));
        }
        if evaluations.is_empty() {
            let path = path.to_owned();
            return Err(Error::NothingMeasured { path });
        }
        Ok(Self {
            train,
            valid,
            notices,
            answers_from,
            evaluations,
        })
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
