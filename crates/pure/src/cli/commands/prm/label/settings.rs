//! What decides labels, as it is kept beside them: labels of two kinds must not meet in one file.
//!
//! How much is labelled at once, in how much memory and on which device, is not of it.

use std::path::PathBuf;

use pure::model::PromptFormat;
use pure::prm::LabelConfig;
use serde::Serialize;

#[derive(Serialize)]
pub struct Settings<'a> {
    pub model: PathBuf,
    pub dtype: String,
    #[serde(flatten)]
    pub prompts: &'a PromptFormat,
    pub labels: &'a LabelConfig,
}

impl Settings<'_> {
    pub fn text(&self) -> String {
        let value = serde_json::to_value(self).expect("settings are JSON");
        format!("{value:#}\n")
    }
}
