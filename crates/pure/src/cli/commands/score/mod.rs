//! `pure score`: how good each step of an answer is, as a process reward model sees it.

mod answer;
mod explain;

use std::io::{IsTerminal, stdout};
use std::path::PathBuf;

use clap::Args;
use pure::core::Aggregates;
use pure::model::{Checkpoint, MarkedAnswer, ProcessRewardModel};
use pure::prm::StepReader;
use serde_json::{Value, json};

use self::answer::{Answer, Record};
use crate::cli::support::diagnostic::explain;
use crate::cli::support::ink::Ink;
use crate::cli::support::records::{
    Answering, Input, Line, Pending, answer_all, not_finite, refusal,
};
use crate::cli::support::step_tokens::StepTokenArgs;
use crate::cli::support::{Compute, Outcome};

/// Judge each step of given answers with a process reward model
///
/// Reads JSON Lines {"id", "prompt", "steps": ["…"]} or {"id", "prompt_ids", "response_ids"}, and writes
/// {"id", "step_ends", "rewards", "aggregates"} in the same order: the token at which each step ends,
/// counted from 0 in the response, and its reward P(good) - P(bad), from -1 to 1. A line that cannot be
/// used is answered by {"line", "id", "error"}; the rest goes on, and the exit code is 1 at the end.
///
/// The steps of a text are joined, and closed, by blank lines. A step ends at each separator token and
/// at the last token; there the model reads the marker instead, and judges.
///
/// The aggregates make one number of an answer: "min" is the lowest reward; "soft_min" the mean of the
/// rewards r weighted by softmax(-r / 0.1); "mean" the plain mean; "product" the product of all
/// P(good) = (1 + r) / 2; "last" the reward of the last step. They are null where there is no step.
#[derive(Args)]
pub struct Score {
    /// Folder of the reward model: config.json, safetensors with `score` tensors and, for text,
    /// tokenizer.json
    #[arg(long, value_name = "DIR")]
    prm: PathBuf,
    /// JSON Lines, or - for standard input
    #[arg(long, value_name = "FILE|-")]
    input: PathBuf,
    #[command(flatten)]
    steps: StepTokenArgs,
    /// Tokens of a batch, padding included: more is faster until memory runs out
    #[arg(long, value_name = "N", default_value_t = 8192)]
    batch_tokens: usize,
    /// Draw each answer, its steps coloured by their rewards, the lowest marked
    #[arg(long, conflicts_with = "json")]
    explain: bool,
    /// JSON Lines also on a terminal
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    compute: Compute,
}

/// How answers are written.
enum Form {
    Json,
    Line,
    Picture(Ink),
}

impl Score {
    pub fn run(self) -> miette::Result<Outcome> {
        let checkpoint = Checkpoint::open(&self.prm).map_err(explain)?;
        checkpoint.prm_head().map_err(explain)?;
        let reader = self.steps.reader(&checkpoint)?;
        let present = self.compute.device.open().map_err(explain)?;
        let device = present.for_precision(self.compute.dtype).map_err(explain)?;
        let input = Input::open(&self.input)?;
        let scorer = Scorer {
            prm: checkpoint
                .load_prm(&device, self.compute.dtype)
                .map_err(explain)?,
            reader,
            form: if self.explain {
                Form::Picture(Ink::for_stdout())
            } else if self.json || !stdout().is_terminal() {
                Form::Json
            } else {
                Form::Line
            },
            batch_tokens: self.batch_tokens,
        };

        let answering = Answering::new(input.progress(), "judged");
        let lines = input.lines().map(|line| Ok(scorer.prepare(line?)));
        let tokens = |answer: &Answer| answer.stepped.marked.len();
        answer_all(lines, self.batch_tokens, tokens, answering, |window| {
            scorer.answer(window)
        })
    }
}

struct Scorer {
    prm: ProcessRewardModel,
    reader: StepReader,
    form: Form,
    batch_tokens: usize,
}

impl Scorer {
    fn prepare(&self, line: Line<Record>) -> Pending<Answer> {
        let (id, answer) = match line.record {
            Ok(mut record) => (record.id.take(), record.read(&self.reader)),
            Err(error) => (Value::Null, Err(error)),
        };
        let checked = answer.and_then(|answer| match self.prm.check(&answer.stepped.marked) {
            Ok(()) => Ok(answer),
            Err(error) => Err(error.to_string()),
        });
        Pending {
            line: line.number,
            bytes: line.bytes,
            id,
            content: checked,
        }
    }

    /// The answers to a window's lines, in their order.
    fn answer(&self, window: Vec<Pending<Answer>>) -> miette::Result<Vec<Result<String, Value>>> {
        let usable = window.iter().filter_map(|line| line.content.as_ref().ok());
        let marked: Vec<MarkedAnswer> =
            usable.map(|answer| answer.stepped.marked.clone()).collect();
        let rewards = self
            .prm
            .judge(&marked, self.batch_tokens)
            .map_err(explain)?;
        let mut rewards = rewards.into_iter();
        let answer = |line: Pending<Answer>| {
            let judged = line.content.and_then(|answer| {
                let rewards = rewards.next().expect("one list for each usable answer");
                match rewards.iter().position(|reward| !reward.is_finite()) {
                    None => Ok((answer, rewards)),
                    Some(step) => Err(not_finite(&format!("at step {step} "))),
                }
            });
            let judged = judged.map_err(|reason| refusal(line.line, &line.id, &reason));
            judged.map(|(answer, rewards)| self.write(&line.id, &answer, &rewards))
        };
        Ok(window.into_iter().map(answer).collect())
    }

    fn write(&self, id: &Value, answer: &Answer, rewards: &[f32]) -> String {
        let aggregates = Aggregates::of(rewards);
        match self.form {
            Form::Json => {
                let none = json!({
                    "min": null, "soft_min": null, "mean": null, "product": null, "last": null
                });
                let record = json!({
                    "id": id,
                    "step_ends": answer.stepped.marked.ends,
                    "rewards": rewards,
                    "aggregates": aggregates.map_or(none, |all| json!(all)),
                });
                format!("{record}\n")
            }
            Form::Line => match aggregates {
                None => format!("{id}  no steps\n"),
                Some(all) => format!(
                    "{id}  {} steps  min {:+.3}  soft min {:+.3}  mean {:+.3}  product {:.3}  \
                     last {:+.3}\n",
                    rewards.len(),
                    all.min,
                    all.soft_min,
                    all.mean,
                    all.product,
                    all.last
                ),
            },
            Form::Picture(ink) => explain::draw(id, &answer.texts(&self.reader), rewards, ink),
        }
    }
}
