//! `pure score`: how good each step of an answer is, as a process reward model sees it.

mod answer;

use std::io::{IsTerminal, stdout};
use std::path::PathBuf;

use clap::Args;
use pure::core::Aggregates;
use pure::data::AnswerFields;
use pure::model::{Error, MarkedAnswer, ProcessRewardModel};
use pure::prm::StepReader;
use serde_json::{Value, json};

use self::answer::Answer;
use crate::cli::support::records::{
    Fields, Input, LineScorer, answer_all, name, not_finite, refused_before,
};
use crate::cli::support::{
    Compute, Ink, KnownQuestions, Outcome, QuestionArgs, StepTokenArgs, explain, open_model,
    step_picture,
};

/// Judge each step of given answers with a process reward model
///
/// Reads JSON Lines, a JSON array or Parquet: {"id", "prompt", "steps": ["…"]}, {"id", "prompt", "text"} or {"id",
/// "prompt_ids", "response_ids"}; the prompt as `pure train` reads it, or by --questions, and "response" or "prediction"
/// for "text". Writes each record in the same order, with {"step_ends", "length", "rewards", "aggregates"} beside its own
/// fields: the token at which each step ends, counted from 0 in the response, the number of the response's tokens, and
/// the step's reward P(good) - P(bad), from -1 to 1. Tokens are those of the reward model. A record that cannot be used
/// is answered by {"line", "id", "error"}; the rest goes on, and the exit code is 1 at the end.
///
/// An answer in one piece is split at blank lines, or wherever a separator token stands. In the layout "replace" the steps
/// are joined, and closed, by blank lines, and in the place of the last token of each the model reads the marker, and
/// judges; in the layout "append" each step becomes tokens by itself, and the marker follows it. The steps of an answer
/// of text then end at the marker.
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
    /// File of answers, or - for standard input
    #[arg(long, value_name = "FILE|-", default_value = "-")]
    input: PathBuf,
    #[command(flatten)]
    questions: QuestionArgs,
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
        let checkpoint = open_model(&self.prm)?;
        checkpoint.prm_head().map_err(explain)?;
        let reader = self.steps.reader(&checkpoint)?;
        let device = self.compute.device()?;
        let questions = self.questions.read()?;
        let input = Input::open(&self.input)?;
        let prm = checkpoint.load_prm(&device, self.compute.dtype);
        let scorer = Scorer {
            prm: prm.map_err(explain)?,
            reader,
            questions,
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
    questions: KnownQuestions,
    form: Form,
}

impl LineScorer for Scorer {
    type Record = Fields;
    type Content = Answer;
    type Found = Vec<f32>;

    fn read(&self, record: Fields) -> (Value, Result<Answer, String>) {
        (name(&record), self.checked(record))
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
    fn checked(&self, mut record: Fields) -> Result<Answer, String> {
        if let Some(reason) = refused_before(&record) {
            return Err(reason);
        }
        self.questions.complete(&mut record, |it| {
            it.contains_key("prompt_ids") || AnswerFields::of(it).has_prompt()
        })?;
        let answer = Answer::read(record, &self.reader)?;
        let checked = self.prm.check(&answer.stepped.marked);
        checked.map_err(|error| error.to_string())?;
        Ok(answer)
    }

    fn write(&self, id: &Value, answer: &Answer, rewards: &[f32]) -> String {
        let aggregates = Aggregates::of(rewards);
        match self.form {
            Form::Json => {
                let none = json!({
                    "min": null, "soft_min": null, "mean": null, "product": null, "last": null
                });
                let mut record = answer.record.clone();
                for (name, value) in [
                    ("step_ends", json!(answer.step_ends())),
                    ("length", json!(answer.stepped.response.len())),
                    ("rewards", json!(rewards)),
                    ("aggregates", aggregates.map_or(none, |all| json!(all))),
                ] {
                    record.insert(name.to_owned(), value);
                }
                let record = Value::Object(record);
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
            Form::Picture(ink) => {
                step_picture(&id.to_string(), &answer.texts(&self.reader), rewards, ink)
            }
        }
    }
}
