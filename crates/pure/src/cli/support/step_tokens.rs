//! The options that say where steps end and what a reward model reads there.

use clap::Args;
use miette::miette;
use pure::model::Checkpoint;
use pure::prm::{Layout, Marker, PrmPreset, StepReadError, StepReader, StepTokens};
use serde::Serialize;

use super::diagnostic::explain;

/// Which tokens end a step, and what the model reads there.
#[derive(Args, Serialize)]
pub struct StepTokenArgs {
    /// What the reward model was taught to read, prompts included: as models of TRL's PRMTrainer (trl) or as
    /// Qwen2.5-Math-PRM (qwen2.5-math-prm) [default: what its prm.json says]
    #[arg(long, value_name = "NAME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    preset: Option<PrmPreset>,
    /// Whether the marker takes the place of a step's last token (replace) or stands behind the step (append)
    /// [default: what the preset or its prm.json says, or else replace]
    #[arg(long, value_name = "replace|append")]
    #[serde(skip_serializing_if = "Option::is_none")]
    layout: Option<Layout>,
    /// Tokens that end a step [default: steps end at blank lines, of one token or several]
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    separator_ids: Vec<u32>,
    /// Token that the reward model was taught to judge at [default: what the preset or its prm.json says, or
    /// else that of a line's end]
    #[arg(long, value_name = "ID", conflicts_with = "marker")]
    marker_id: Option<u32>,
    /// The same by its text, as in --marker '<extra_0>'; one that is appended may be several tokens, and is judged at
    /// the last
    #[arg(long, value_name = "TEXT")]
    marker: Option<String>,
}

impl StepTokenArgs {
    /// What reads answers for the model in this folder.
    pub fn reader(&self, checkpoint: &Checkpoint) -> miette::Result<StepReader> {
        let marker = match (self.marker_id, &self.marker) {
            (Some(id), _) => Marker::Id(id),
            (None, Some(text)) => Marker::Text(text.clone()),
            (None, None) => Marker::default(),
        };
        let tokens = StepTokens {
            separators: self.separator_ids.clone(),
            marker,
            layout: self.layout,
            preset: self.preset,
        };
        StepReader::of(checkpoint, &tokens).map_err(|error| match error {
            StepReadError::Model(error) => explain(error),
            StepReadError::NoTokenizer { .. }
                if self.preset.is_some() || self.layout == Some(Layout::Append) =>
            {
                miette!(help = "put the tokenizer into the folder", "{error}")
            }
            StepReadError::NoTokenizer { .. } => miette!(
                help = "give --marker-id and --separator-ids, or put the tokenizer into the folder",
                "{error}"
            ),
            StepReadError::MarkerText { .. } => miette!(
                help = "give --marker with the text of one token, or --marker-id; --layout append takes several tokens",
                "{error}"
            ),
            error => miette!("{error}"),
        })
    }
}
