//! One run: its folder, its settings, its numbers.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::config_toml::Config;
use crate::kind::Kind;
use crate::metrics_jsonl::{AnswersFrom, Metrics};
use crate::pools::pools;
use crate::samples_jsonl::Survey;
use crate::starts_jsonl::{Start, starts};

/// A run as its folder tells it.
#[derive(Debug)]
pub(crate) struct Run {
    pub folder: PathBuf,
    pub config: Config,
    pub starts: Vec<Start>,
    pub metrics: Metrics,
    pub survey: Survey,
}

impl Run {
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let missing = |missing| Error::NotARun {
            folder: folder.to_owned(),
            missing,
        };
        if !folder.join("config.toml").is_file() {
            return Err(missing("config.toml"));
        }
        let config = Config::read(folder)?;
        let name = match config.kind {
            Kind::RewardModel => "stage-1/metrics.jsonl",
            Kind::Policy | Kind::Sft => "metrics.jsonl",
        };
        if !folder.join(name).is_file() {
            return Err(missing(name));
        }
        let stages = 2..=config.stages.len();
        let stages = stages.map(|stage| folder.join(format!("stage-{stage}/metrics.jsonl")));
        let stages = stages.take_while(|file| file.is_file());
        let files: Vec<PathBuf> = [folder.join(name)].into_iter().chain(stages).collect();
        Ok(Self {
            folder: folder.to_owned(),
            starts: starts(folder)?,
            metrics: Metrics::read(&files, config.kind)?,
            survey: Survey::read(&folder.join("samples.jsonl"))?,
            config,
        })
    }

    /// How long its answers were: the tokens of each at each evaluation, or in pools of iterations where
    /// those stand in for evaluations.
    pub fn lengths(&self) -> BTreeMap<u64, Vec<u64>> {
        let Survey {
            evaluated_lengths,
            trained_lengths,
            ..
        } = &self.survey;
        if self.metrics.answers_from == AnswersFrom::Evaluations {
            return evaluated_lengths.clone();
        }
        let counts = trained_lengths.iter();
        let counts = counts.map(|(&step, lengths)| (step, lengths.len() as u64));
        let pool = |steps: RangeInclusive<u64>| {
            let lengths = trained_lengths.range(steps.clone());
            let lengths = lengths.flat_map(|(_, lengths)| lengths).copied();
            (*steps.end(), lengths.collect())
        };
        pools(counts).into_iter().map(pool).collect()
    }

    /// The last part of its folder's path, or the part `above` it.
    pub fn name(&self, above: usize) -> String {
        let absolute = std::path::absolute(&self.folder).unwrap_or_else(|_| self.folder.clone());
        let name = absolute.ancestors().nth(above).and_then(Path::file_name);
        name.unwrap_or(absolute.as_os_str())
            .to_string_lossy()
            .replace(char::is_control, "\u{fffd}")
    }
}
