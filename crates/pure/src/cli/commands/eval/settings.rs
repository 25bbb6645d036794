//! What decides an evaluation, as its results and its files of samples keep it.

use std::path::PathBuf;

use pure::eval::PromptTemplate;
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
}

impl Settings {
    /// All of them.
    pub fn map(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map,
            other => unreachable!("settings are an object, not {other:?}"),
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
