//! What a run measures, for people and programs: `metrics.jsonl`, and the same for TensorBoard.
//!
//! ```json
//! {"step": 12, "split": "train", "learning_rate": 0.001, "loss": 0.53, "time": {"step": 0.11}}
//! ```
//!
//! What differs from run to run, times, stands apart under `time`.

use std::path::Path;

use pure_files::{Journal, Lines};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::Error;
use crate::learner::Notice;
use crate::measures::Measures;
use crate::tensorboard::{self, TensorBoard};

pub(crate) const METRICS: &str = "metrics.jsonl";

/// The files that measures are written to.
pub(crate) struct Logs {
    metrics: Journal,
    board: TensorBoard,
}

/// How much of them belongs to a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lengths {
    metrics: u64,
    board: u64,
}

impl Logs {
    /// Opens those of a run's folder, and cuts off what is longer.
    pub fn open(folder: &Path, lengths: Lengths) -> Result<Self, Error> {
        Ok(Self {
            metrics: Journal::open(folder.join(METRICS), lengths.metrics)?,
            board: TensorBoard::open(&folder.join("tensorboard"), lengths.board)?,
        })
    }

    /// Refuses to begin a run anew whose checkpoints are gone: its logs know of steps behind the first of them.
    pub fn refuse_to_lose(folder: &Path, every: usize, damaged: &[String]) -> Result<(), Error> {
        let path = folder.join(METRICS);
        if !path.exists() {
            return Ok(());
        }
        let mut last = 0;
        for line in Lines::open(&path)?.whole_only() {
            let line: Value = serde_json::from_str(&line?.text).unwrap_or_default();
            last = last.max(line["step"].as_u64().unwrap_or(0));
        }
        if last <= every as u64 && damaged.is_empty() {
            return Ok(());
        }
        Err(Error::NoCheckpoint {
            path: folder.to_owned(),
            steps: last,
            damaged: damaged.to_vec(),
        })
    }

    /// Writes what a step, or an evaluation after it, measured.
    pub fn measured(&mut self, step: usize, split: &str, measures: &Measures) -> Result<(), Error> {
        self.line(step, split, measures.to_json())?;
        let numbers = measures
            .iter()
            .map(|(name, number)| (format!("{split}/{name}"), number));
        let times = measures
            .times()
            .map(|(name, value)| (format!("{split}_time/{name}"), value));
        let values = numbers
            .chain(times)
            .filter(|(_, number)| number.is_finite());
        let values = values.map(|(name, number)| (name, tensorboard::Value::Number(number)));
        self.board.write(step, values)
    }

    /// Writes a notice and what it goes by.
    pub fn noticed(&mut self, step: usize, notice: &Notice) -> Result<(), Error> {
        let mut line = Map::new();
        line.insert("notice".to_owned(), notice.text.as_str().into());
        line.insert("evidence".to_owned(), notice.evidence.clone());
        self.line(step, "monitor", line)?;
        let text = tensorboard::Value::Text(&notice.text);
        self.board.write(step, [("monitor".to_owned(), text)])
    }

    /// Shows texts, at TensorBoard only: `samples.jsonl` has them all.
    pub fn texts(&mut self, step: usize, texts: Vec<(&'static str, String)>) -> Result<(), Error> {
        for (name, text) in texts {
            let text = tensorboard::Value::Text(&text);
            self.board.write(step, [(name.to_owned(), text)])?;
        }
        Ok(())
    }

    /// How long they are, once what they hold is safe on the disk.
    pub fn synced(&mut self) -> Result<Lengths, Error> {
        Ok(Lengths {
            metrics: self.metrics.synced()?,
            board: self.board.synced()?,
        })
    }

    fn line(&mut self, step: usize, split: &str, rest: Map<String, Value>) -> Result<(), Error> {
        let mut line = Map::new();
        line.insert("step".to_owned(), step.into());
        line.insert("split".to_owned(), split.into());
        line.extend(rest);
        let line = Value::Object(line).to_string();
        Ok(self.metrics.write_line(line)?)
    }
}
