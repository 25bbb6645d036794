//! `metrics.jsonl`: what was measured, iteration by iteration and evaluation by evaluation.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde::de::Error as _;
use serde_json::{Map, Value};

use crate::{Error, lines};

/// The numbers of one line.
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
}

/// All of a file, by step.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    pub train: BTreeMap<u64, Measured>,
    pub valid: BTreeMap<u64, Measured>,
    pub notices: Vec<Notice>,
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
        let mut metrics = Self::default();
        lines::read(path, |line, record: Line| {
            metrics.put(record).map_err(|source| Error::Line {
                path: path.to_owned(),
                line,
                source,
            })
        })?;
        if metrics.valid.is_empty() {
            let path = path.to_owned();
            return Err(Error::NoEvaluations { path });
        }
        Ok(metrics)
    }

    fn put(&mut self, line: Line) -> Result<(), serde_json::Error> {
        match line.split.as_str() {
            "monitor" => {
                let text = line.notice;
                let text = text.ok_or_else(|| serde_json::Error::missing_field("notice"))?;
                let step = line.step;
                self.notices.push(Notice { step, text });
            }
            "train" => {
                self.train.insert(line.step, measured(&line.rest));
            }
            "valid" => {
                self.valid.insert(line.step, measured(&line.rest));
            }
            other => {
                let why = format!("\"split\" is \"{other}\", but must be train, valid or monitor");
                return Err(serde_json::Error::custom(why));
            }
        }
        Ok(())
    }

    /// A metric at each evaluation that has it.
    pub fn evaluations<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (u64, f64)> + 'a {
        let values = self.valid.iter();
        values.filter_map(move |(&step, line)| Some((step, *line.values.get(name)?)))
    }
}

/// What is no number, such as the null that stands for one that is not finite, is left out.
fn measured(rest: &Map<String, Value>) -> Measured {
    let numbers = |map: &Map<String, Value>| {
        let numbers = map.iter();
        numbers
            .filter_map(|(name, value)| Some((name.clone(), value.as_f64()?)))
            .collect()
    };
    Measured {
        values: numbers(rest),
        time: match rest.get("time") {
            Some(Value::Object(time)) => numbers(time),
            _ => BTreeMap::new(),
        },
    }
}
