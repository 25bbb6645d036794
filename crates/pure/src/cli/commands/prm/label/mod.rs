//! `pure prm label`: step labels from what a policy makes of each step.

mod input;
mod output;
mod summary;
mod work;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use miette::{Report, miette};
use pure::model::PromptFormat;
use pure::prm::{LabelConfig, LabelMethod, Labeller, ShareRule};
use pure::rollout::{Engine, Sampling};
use serde::Serialize;

use self::input::Records;
use crate::cli::support::engine::EngineArgs;
use crate::cli::support::{
    Compute, GrowingFile, Model, Outcome, PromptArgs, Prompts, QuestionArgs, explain, open_model,
};

/// Label the steps of answers by what a model still makes of each
///
/// Reads {"id", "prompt", "steps": ["…"], "answer"} in JSON Lines, a JSON array or Parquet: "answer" is
/// the right final answer, the steps may also be named "completions". An answer in one piece, "text" or
/// "response", is cut into steps at its blank lines, so what `pure generate` writes can be labelled; prompts
/// and right answers may stand in --questions. Writes JSON Lines {"id", "prompt",
/// "completions", "labels", "answer"} in the same order, which is what a reward model is trained on.
///
/// From the prompt and the first steps of an answer the model is asked to go on; a completion is right
/// if it ends in the right answer. With "monte-carlo" this is done from every step, and a step is good
/// (true) if any completion is right, else bad (false). "right" and "samples" tell how many were, of
/// how many. With "binary-search" only the first error is looked for, in as many questions as it takes
/// to halve the steps down to one: steps before it are good, it is bad, those after it have no label
/// (null). Labels mean something where the model is sometimes right.
///
/// A run that was stopped or killed goes on when the same command is given again, and ends with the same
/// file as one that was not. What decides the labels is kept beside them, in OUTPUT.settings.json.
///
/// Records that cannot be used are named and left out, and the exit code is 1 at the end. Where the input
/// has "labels" of its own, it is told how far the new ones agree with them, up to the first bad step.
#[derive(Args)]
pub struct Label {
    #[command(flatten)]
    model: Model,
    /// File of answers, or - for standard input
    #[arg(long, value_name = "FILE|-")]
    input: PathBuf,
    #[command(flatten)]
    questions: QuestionArgs,
    /// Where to write labels
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
    /// How labels are found
    #[arg(long, value_enum, default_value_t = Method::MonteCarlo)]
    method: Method,
    /// Completions from a step
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..))]
    samples: u32,
    /// Call a step good if this share of its completions is right [default: any one]
    #[arg(long, value_name = "SHARE", conflicts_with = "soft")]
    threshold: Option<f64>,
    /// Write the share of right completions instead of true and false
    #[arg(long)]
    soft: bool,
    #[command(flatten)]
    prompts: PromptArgs,
    /// Tell the summary as one JSON object
    #[arg(long)]
    json: bool,
    /// Answers that are labelled, and written, together: more keep the model busier
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..))]
    batch: u32,
    #[command(flatten)]
    engine: EngineArgs,
    #[command(flatten)]
    compute: Compute,
    // Last, since its heading would stand over what follows.
    #[command(flatten)]
    sampling: SamplingArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum Method {
    /// Complete the answer from every step (Math-Shepherd)
    MonteCarlo,
    /// Find the first error by halving (OmegaPRM)
    BinarySearch,
}

#[derive(Args)]
#[command(next_help_heading = "Sampling")]
struct SamplingArgs {
    /// Divides the logits; 0 takes the likeliest token
    #[arg(long, default_value_t = 0.7)]
    temperature: f64,
    /// Only the likeliest tokens that together have this probability
    #[arg(long, value_name = "P", default_value_t = 1.0)]
    top_p: f64,
    /// A completion is cut at so many tokens, and is wrong then
    #[arg(long, value_name = "N", default_value_t = 512)]
    max_new_tokens: usize,
    /// Seed of the random numbers
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

/// What decides labels, as it is kept beside them. How much is labelled at once, in how much memory and on which
/// device, is not of it.
#[derive(Serialize)]
struct Settings<'a> {
    model: PathBuf,
    dtype: String,
    #[serde(flatten)]
    prompts: &'a PromptFormat,
    labels: &'a LabelConfig,
}

impl Label {
    pub fn run(self) -> miette::Result<Outcome> {
        let checkpoint = open_model(&self.model.model)?;
        let tokenizer = checkpoint.tokenizer().map_err(explain)?;
        let format = self.prompts.format();
        let prompts = Prompts::new(&format, Ok(&tokenizer))?;
        let labels = self.config(prompts.stops(&checkpoint)?)?;
        let labeller = Labeller::new(labels.clone(), &tokenizer).map_err(Report::from_err)?;
        let questions = self.questions.read()?;
        let config = checkpoint.config();
        let records = Records::read(&self.input, &questions, &labeller, &prompts, config)?;
        records.tell_faults(&self.input);
        let folder = checkpoint.folder();
        let settings = Settings {
            model: folder.canonicalize().unwrap_or_else(|_| folder.to_owned()),
            dtype: self.compute.dtype.to_string(),
            prompts: &format,
            labels: &labels,
        };
        let settings = serde_json::to_value(&settings).expect("settings are JSON");
        let mut file = GrowingFile::open(&self.output, &format!("{settings:#}\n"))?;
        let there = output::labelled(&self.output, &records.usable)?;

        if there < records.usable.len() {
            let device = self.compute.device()?;
            let model = checkpoint.load(&device, self.compute.dtype);
            let mut engine = Engine::new(model.map_err(explain)?, self.engine.options());
            let (usable, together) = (&records.usable, self.batch as usize);
            let end = work::label(&labeller, &mut engine, usable, there, together, &mut file)?;
            if let Outcome::InPart = end {
                return Ok(end);
            }
        }
        summary::tell(&self.output, &records, self.json)?;
        Ok(Outcome::of(records.faults.is_empty()))
    }

    fn config(&self, end_tokens: Vec<u32>) -> miette::Result<LabelConfig> {
        let method = match (self.method, self.soft, self.threshold) {
            (Method::MonteCarlo, soft, share) => LabelMethod::MonteCarlo(match share {
                _ if soft => ShareRule::Soft,
                Some(share) => ShareRule::AtLeast(share),
                None => ShareRule::AnyRight,
            }),
            (Method::BinarySearch, false, None) => LabelMethod::BinarySearch,
            (Method::BinarySearch, ..) => {
                return Err(miette!(
                    help = "--method monte-carlo takes them",
                    "--soft and --threshold are about the share of right completions; a binary \
                     search asks only whether there is one"
                ));
            }
        };
        let from = &self.sampling;
        Ok(LabelConfig {
            method,
            samples: self.samples as usize,
            sampling: Sampling {
                temperature: from.temperature,
                top_p: from.top_p,
                max_new_tokens: from.max_new_tokens,
                end_tokens,
                seed: from.seed,
                ..Sampling::default()
            },
        })
    }
}
