//! `pure solve`: one problem, answered several times, and the answer that a reward model prefers.

mod choice;
mod show;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use miette::miette;
use pure::core::Aggregate;
use pure::data::Prompt;
use pure::model::Checkpoint;
use pure::prm::{Evaluator, Sampled};
use pure::rollout::{Engine, sample_all};
use serde_json::Value;

use self::choice::{Attempt, Choice};
use crate::cli::support::engine::EngineArgs;
use crate::cli::support::records::Fields;
use crate::cli::support::{
    Asked, Compute, Ink, Model, Outcome, PromptArgs, Prompts, Requests, SamplingArgs,
    StepTokenArgs, answer_text, explain, explain_prm, print,
};

/// Solve a problem: the best of several answers, as a process reward model judges their steps
///
/// Samples --n answers, makes one number of the rewards of each one's steps, from 0 to 1, and shows the answer
/// with the highest, each step coloured by its reward; then what was rejected, and the tokens that all of it took.
/// Of answers that tie, the first is taken. One that is too long for the reward model comes last.
///
/// `pure eval --n N --reward-model DIR` tells on a benchmark how often the answer that is so chosen is right.
#[derive(Args)]
#[command(mut_arg("temperature", |temperature| temperature.default_value("0.7")))]
#[command(mut_arg("max_new_tokens", |most| most.default_value("2048")))]
pub struct Solve {
    /// The problem
    problem: String,
    #[command(flatten)]
    model: Model,
    /// Folder of the reward model
    #[arg(long, value_name = "DIR")]
    prm: PathBuf,
    /// Answers to choose from
    #[arg(long, short, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..))]
    n: u32,
    /// What an answer's score makes of its steps' rewards: min, soft-min, mean, product or last
    #[arg(long, default_value = "min")]
    aggregate: Aggregate,
    #[command(flatten)]
    steps: StepTokenArgs,
    /// Tokens of a batch of the reward model, padding included
    #[arg(long, value_name = "N", default_value_t = 8192)]
    batch_tokens: usize,
    /// One JSON object with all answers instead of a picture
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    prompts: PromptArgs,
    #[command(flatten)]
    engine: EngineArgs,
    #[command(flatten)]
    compute: Compute,
    // Last, since its heading would stand over what follows.
    #[command(flatten)]
    sampling: SamplingArgs,
}

impl Solve {
    pub fn run(self) -> miette::Result<Outcome> {
        // What is wrong with the reward model is told before anything is sampled.
        let judge = Checkpoint::open(&self.prm).map_err(explain)?;
        judge.prm_head().map_err(explain)?;
        let reader = self.steps.reader(&judge)?;
        let attempts = self.attempts()?;
        let prm = judge.load_prm(&self.compute.device()?, self.compute.dtype);
        let evaluator = Evaluator {
            prm: prm.map_err(explain)?,
            reader,
            batch_tokens: self.batch_tokens,
        };
        let prompt = Prompt::Text(self.problem.clone());
        let sampled = attempts.iter().map(|attempt| Sampled {
            id: "the problem",
            prompt: &prompt,
            text: &attempt.text,
        });
        let rewards = evaluator.rewards(&sampled.collect::<Vec<_>>());
        let choice = Choice::of(self.aggregate, attempts, rewards.map_err(explain_prm)?);
        if self.json {
            print(choice.json(&self.problem))?;
            return Ok(Outcome::Done);
        }
        let chosen = &choice.chosen().text;
        let read = evaluator.reader.text(&self.problem, chosen);
        let read = read.map_err(|error| miette!("{error}"))?;
        let steps = evaluator.reader.shown(&read);
        print(show::draw(&choice, &steps, Ink::for_stdout()))?;
        Ok(Outcome::Done)
    }

    /// The answers of the model, which is let go of when they are there.
    fn attempts(&self) -> miette::Result<Vec<Attempt>> {
        let checkpoint = Checkpoint::open(&self.model.model).map_err(explain)?;
        let tokenizer = checkpoint.tokenizer().map(Arc::new);
        let stop = self.sampling.stop_strings(&tokenizer)?;
        let tokenizer = tokenizer.map_err(explain)?;
        let format = self.prompts.format();
        let encoder = Prompts::new(&format, Ok(&tokenizer))?;
        let sampling = self.sampling.sampling(&checkpoint, &encoder)?;
        let asked = Asked {
            number: 1,
            id: Value::Null,
            fields: Fields::new(),
            prompt: encoder.text(&self.problem),
        };
        let (shape, samples) = (checkpoint.config(), self.n as usize);
        let asked = Requests::of([asked], shape, &sampling, stop.as_ref(), samples);
        if let Some(Err(refusal)) = asked.records.first() {
            let reason = refusal["error"].as_str().unwrap_or_default();
            return Err(miette!("the problem cannot be used: {reason}"));
        }
        let model = checkpoint.load(&self.compute.device()?, self.compute.dtype);
        let mut engine = Engine::new(model.map_err(explain)?, self.engine.options());
        let sampled = sample_all(&mut engine, &asked.requests);
        let (mut answers, _) = sampled.map_err(|error| miette!("{error}"))?;
        let answers = answers.remove(0).into_iter();
        let attempts = answers.map(|rollout| Attempt {
            text: answer_text(&tokenizer, stop.as_ref(), &rollout),
            tokens: rollout.tokens.len(),
            finish: rollout.finish,
        });
        Ok(attempts.collect())
    }
}
