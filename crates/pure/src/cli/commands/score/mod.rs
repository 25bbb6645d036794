//! `pure score`: how good each step of an answer is, as a process reward model sees it.

mod answer;
mod explain;

use std::io::{IsTerminal, stdout};
use std::path::PathBuf;

use clap::Args;
use pure::core::Aggregates;
use pure::model::{Checkpoint, Error, MarkedAnswer, ProcessRewardModel};
use pure::prm::StepReader;
use serde_json::{Value, json};

use self::answer::{Answer, Record};
use crate::cli::support::records::{Input, LineScorer, answer_all, not_finite};
use crate::cli::support::{Compute, Ink, Outcome, StepTokenArgs, explain};

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
        let device = self.compute.device()?;
        let input = Input::open(&self.input)?;
        let prm = checkpoint.load_prm(&device, self.compute.dtype);
        let scorer = Scorer {
            prm: prm.map_err(explain)?,
            reader,
            form: if self.explain {
                Form::Picture(Ink::for_stdout())
            } else if self.json || !stdout().is_terminal() {
                Form::Json
            } else {
                Form::Line
            },
        };
        answer_all(input, &scorer, "judged", self.batch_tokens)
    }
}

struct Scorer {
    prm: ProcessRewardModel,
    reader: StepReader,
    form: Form,
}

impl LineScorer for Scorer {
    type Record = Record;
    type Content = Answer;
    type Found = Vec<f32>;

    fn read(&self, mut record: Record) -> (Value, Result<Answer, String>) {
        let id = record.id.take();
        let checked = record.read(&self.reader).and_then(|answer| {
            let checked = self.prm.check(&answer.stepped.marked);
            checked.map_err(|error| error.to_string())?;
            Ok(answer)
        });
        (id, checked)
    }

    fn tokens(answer: &Answer) -> usize {
        answer.stepped.marked.len()
    }

    fn ask(&self, answers: &[&Answer], batch_tokens: usize) -> Result<Vec<Vec<f32>>, Error> {
        let marked = answers.iter().map(|answer| answer.stepped.marked.clone());
        let marked: Vec<MarkedAnswer> = marked.collect();
        self.prm.judge(&marked, batch_tokens)
    }

    fn answer(&self, id: &Value, answer: &Answer, rewards: Vec<f32>) -> Result<String, String> {
        if let Some(step) = rewards.iter().position(|reward| !reward.is_finite()) {
            return Err(not_finite(&format!("at step {step} ")));
        }
        Ok(self.write(id, answer, &rewards))
    }
}

impl Scorer {
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
