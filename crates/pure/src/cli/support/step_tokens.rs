//! The options that say where steps end and what a reward model reads there.

use clap::Args;
use miette::miette;
use pure::model::Checkpoint;
use pure::prm::{Marker, StepReadError, StepReader, StepTokens};
use serde::Serialize;

use super::diagnostic::explain;

/// Which tokens end a step, and which one the model reads there.
#[derive(Args, Serialize)]
pub struct StepTokenArgs {
    /// Tokens that end a step [default: steps end at blank lines, of one token or several]
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    separator_ids: Vec<u32>,
    /// Token that the model was taught to judge at [default: what its prm.json says, or else that of a
    /// line's end]
    #[arg(long, value_name = "ID", conflicts_with = "marker")]
    marker_id: Option<u32>,
    /// The same by its text, as in --marker '<extra_0>'
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
        };
        StepReader::of(checkpoint, &tokens).map_err(|error| match error {
            StepReadError::Model(error) => explain(error),
            StepReadError::NoTokenizer { .. } => miette!(
                help = "give --marker-id and --separator-ids, or put the tokenizer into the folder",
                "{error}"
            ),
            StepReadError::MarkerText { .. } => miette!(
                help = "give --marker with the text of one token, or --marker-id",
                "{error}"
            ),
            error => miette!("{error}"),
        })
    }
}
