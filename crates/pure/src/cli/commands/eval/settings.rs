//! What decides an evaluation, as its results and its files of samples keep it.

use std::path::PathBuf;

use pure::eval::PromptTemplate;
use pure::prm::BeamSearchConfig;
use serde::Serialize;
use serde_json::{Map, Value};

use super::problems::Problems;
use crate::cli::support::AnswerSettings;

#[derive(Serialize)]
pub struct Settings {
    #[serde(flatten)]
    pub answers: AnswerSettings,
    pub template: PromptTemplate,
    #[serde(flatten)]
    pub problems: Problems,
    pub reward_model: Option<PathBuf>,
    /// How answers were searched, if they were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<SearchSettings>,
}

/// What decides a search beside the answers' own settings, whose `n` is that of the search.
#[derive(Serialize)]
pub struct SearchSettings {
    #[serde(flatten)]
    pub beam: BeamSearchConfig,
    /// What decides what the reward model says.
    pub reward_model: Value,
}

impl Settings {
    /// All of them.
    pub fn map(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map,
            other => unreachable!("settings are an object, not {other:?}"),
        }
    }

    /// Whether samples are judged when all of them are there: then their rewards stand in a file of their own.
    pub fn is_judged_apart(&self) -> bool {
        self.reward_model.is_some() && self.search.is_none()
    }

    /// Answers to each problem that are written.
    pub fn samples(&self) -> usize {
        match self.search {
            Some(_) => 1,
            None => self.answers.n as usize,
        }
    }

    /// Those that decide samples. Which other benchmarks there are is not of it, nor who judges the samples.
    pub fn of_samples(&self) -> Map<String, Value> {
        let mut map = self.map();
        map.remove("benchmarks");
        map.remove("reward_model");
        map
    }
}
