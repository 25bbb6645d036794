//! `pure generate`: answers from a model.

mod output;
mod prompts;
mod show;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use miette::Report;
use pure::model::PromptFormat;
use pure::rollout::{Engine, Sampling};
use serde_json::{Value, json};

use crate::cli::support::engine::EngineArgs;
use crate::cli::support::{
    Compute, Model, Outcome, PromptArgs, Prompts, Requests, SamplingArgs, explain, open_model,
};

/// Sample answers from a model
///
/// Reads prompts as `pure train` does, from JSON Lines, a JSON array or Parquet: "question", "problem",
/// "prompt" or "messages", or else "prompt_ids". Writes one line a sample, {"id", "sample", "tokens",
/// "logprobs", "text", "steps", "finish"}, in the order of the input; the steps are the text, cut at its
/// blank lines. Other fields of a prompt's record go with each of its samples, so that
///
///   pure generate … | pure verify | pure score --prm … | pure credit
///
/// is one line. A prompt of text is put as a user's message into the model's chat template. A record
/// that cannot be used is answered by {"line", "id", "error"}; the rest goes on, and the exit code is 1
/// at the end.
///
/// A run that was stopped or killed goes on with --resume, and ends with the same file as one that
/// was not. What decides the records is kept beside them, in OUTPUT.settings.json.
#[derive(Args)]
#[command(group = clap::ArgGroup::new("source").required(true).args(["prompt", "input"]))]
pub struct Generate {
    #[command(flatten)]
    model: Model,
    /// One prompt
    #[arg(long, value_name = "TEXT")]
    prompt: Option<String>,
    /// File of prompts, or - for standard input
    #[arg(long, value_name = "FILE|-")]
    input: Option<PathBuf>,
    /// Where to write JSON Lines: a file, or - for standard output
    #[arg(long, value_name = "FILE|-")]
    output: Option<PathBuf>,
    /// Go on with an output file that is there already
    #[arg(long, requires = "output", requires = "input")]
    resume: bool,
    /// Print JSON Lines also for one prompt on a terminal
    #[arg(long)]
    json: bool,
    /// Answers to each prompt
    #[arg(long, short, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    n: u32,
    #[command(flatten)]
    prompts: PromptArgs,
    #[command(flatten)]
    sampling: SamplingArgs,
    #[command(flatten)]
    engine: EngineArgs,
    #[command(flatten)]
    compute: Compute,
}

impl Generate {
    pub fn run(self) -> miette::Result<Outcome> {
        let checkpoint = open_model(&self.model.model)?;
        let device = self.compute.device()?;
        let tokenizer = checkpoint.tokenizer().map(Arc::new);
        let stop = self.sampling.stop_strings(&tokenizer)?;
        let format = self.prompts.format();
        let known = tokenizer.as_deref().map_err(ToString::to_string);
        let encoder = Prompts::new(&format, known)?;
        let sampling = self.sampling.sampling(&checkpoint, &encoder)?;
        let asked = prompts::read(&self, &encoder)?;

        let model = checkpoint.load(&device, self.compute.dtype);
        let mut engine = Engine::new(model.map_err(explain)?, self.engine.options());
        let (config, samples) = (checkpoint.config(), self.n as usize);
        let asked = Requests::of(asked, config, &sampling, stop.as_ref(), samples);
        let tokenizer = tokenizer.as_deref().ok();
        if self.prompt.is_some() && self.output.is_none() && !self.json {
            return show::stream(&mut engine, &asked, tokenizer, stop.as_ref());
        }
        let settings = self.settings(checkpoint.folder(), sampling, &format)?;
        let file = output::open(self.output.as_deref(), self.resume, &settings)?;
        output::write(file, &mut engine, asked, tokenizer, stop.as_ref())
    }

    /// What decides the records, as it is kept beside them.
    fn settings(
        &self,
        model: &Path,
        sampling: Sampling,
        format: &PromptFormat,
    ) -> miette::Result<String> {
        let input = match &self.input {
            Some(path) if path.is_file() => {
                let found = pure::files::fingerprint(path).map_err(Report::from_err)?;
                json!({"bytes": found.length, "crc32": found.checksum})
            }
            _ => Value::Null,
        };
        let dtype = self.compute.dtype;
        let answers = self
            .sampling
            .settings(model, dtype, format, self.n, sampling);
        let mut settings = json!(answers);
        settings["input"] = input;
        Ok(format!("{settings:#}\n"))
    }
}
