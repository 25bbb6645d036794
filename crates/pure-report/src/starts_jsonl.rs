//! `starts.jsonl`: when, with which version and on which device a run was begun, and gone on with. Runs that no command of
//! `pure` began have none.

use std::path::Path;

use serde::Deserialize;

use crate::Error;
use crate::json_lines::json_lines;

/// One time that a run was begun or gone on with.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Start {
    /// The time, as `2026-01-31T12:00:00Z`.
    pub at: String,
    pub version: String,
    pub device: String,
}

/// All of a run, in order.
pub(crate) fn starts(run: &Path) -> Result<Vec<Start>, Error> {
    let path = run.join("starts.jsonl");
    let starts: Result<Vec<Start>, Error> = json_lines(&path)?.map(|line| line?.parse()).collect();
    starts
}
