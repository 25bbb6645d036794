//! `samples.jsonl`: what the policy wrote, and what was thought of it.
//!
//! ```json
//! {"step": 10, "split": "valid", "drawn": "sampled", "id": "p7", "sample": 0, "prompt": "…",
//!  "text": "…", "tokens": 31, "step_ends": [6, 13], "rewards": [0.9, -0.2], "outcome": 1.0,
//!  "paid": 0.1, "finish": "end", "advantages": []}
//! ```
//!
//! Every answer of every evaluation is there, so that each number of an evaluation can be found again;
//! of training those of the first prompts of each iteration, with their advantages.

use std::path::Path;

use pure_core::Finish;
use pure_files::Journal;
use serde::Serialize;

use crate::answer::Answer;
use crate::error::Error;

/// The file.
#[derive(Default)]
pub(crate) struct Samples {
    /// Open once it is known how much of it counts.
    journal: Option<Journal>,
}

/// How an answer was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Drawn {
    Sampled,
    Greedy,
}

#[derive(Serialize)]
struct Line<'a> {
    step: usize,
    split: &'static str,
    drawn: Drawn,
    id: &'a str,
    sample: usize,
    prompt: String,
    text: &'a str,
    tokens: usize,
    step_ends: Vec<usize>,
    rewards: &'a [f32],
    outcome: Option<f32>,
    /// What credit pays for the steps.
    paid: f32,
    finish: Finish,
    #[serde(skip_serializing_if = "Option::is_none")]
    advantages: Option<&'a [f32]>,
}

impl Samples {
    /// Opens that in a run's folder and keeps its first `length` bytes.
    pub fn open(&mut self, folder: &Path, length: u64) -> Result<(), Error> {
        self.journal = Some(Journal::open(folder.join("samples.jsonl"), length)?);
        Ok(())
    }

    /// Writes answers; `rest` tells of each what it was paid, and its advantages if it has some.
    pub fn write<'a>(
        &mut self,
        step: usize,
        split: &'static str,
        drawn: Drawn,
        answers: &'a [Answer],
        rest: impl Iterator<Item = (f32, Option<&'a [f32]>)>,
        decode: impl Fn(&[u32]) -> String,
    ) -> Result<(), Error> {
        let Some(journal) = &mut self.journal else {
            return Ok(());
        };
        let mut before: Option<(usize, usize)> = None;
        for (answer, (paid, advantages)) in answers.iter().zip(rest) {
            let sample = match before {
                Some((group, sample)) if group == answer.group => sample + 1,
                _ => 0,
            };
            before = Some((answer.group, sample));
            let line = Line {
                step,
                split,
                drawn,
                id: &answer.prompt.id,
                sample,
                prompt: decode(&answer.prompt.tokens),
                text: &answer.text,
                tokens: answer.rollout.tokens.len(),
                step_ends: answer.steps.iter().map(|step| step.last()).collect(),
                rewards: &answer.scores.process,
                outcome: answer.outcome,
                paid,
                finish: answer.rollout.finish,
                advantages,
            };
            let line = serde_json::to_string(&line).expect("lines are plain data");
            journal.write_line(line)?;
        }
        Ok(())
    }

    /// Its length, once what it holds is safe on the disk.
    pub fn synced(&mut self) -> Result<u64, Error> {
        Ok(self.journal.as_mut().map_or(Ok(0), Journal::synced)?)
    }
}
