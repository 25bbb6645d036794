//! `pure generate`: answers from a model.

mod output;
mod prompts;
mod show;

use std::io::{IsTerminal, stdout};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use miette::{Report, miette};
use pure::model::PromptFormat;
use pure::rollout::{Engine, Sampling};
use serde_json::{Value, json};

use crate::cli::support::engine::EngineArgs;
use crate::cli::support::{
    Compute, Model, Outcome, PromptArgs, Prompts, Requests, SamplingArgs, as_the_model_says,
    explain, open_model,
};

/// Sample answers from a model
///
/// With --prompt on a terminal the answer is shown as text while it is sampled.
///
/// Otherwise it writes one line a sample, {"id", "sample", "tokens", "logprobs", "text", "steps", "finish"}, in the
/// order of the input, or of these what --fields names; the steps are the text, cut at its blank lines. Prompts of
/// --input are read as `pure train` reads them, from JSON Lines, a JSON array or Parquet: "question", "problem",
/// "prompt" or "messages", or else "prompt_ids". Other fields of a prompt's record go with each of its samples, so that
///
///   pure generate … | pure verify | pure score --prm … | pure credit
///
/// is one line. A prompt of text is put as a user's message into the model's chat template. A record
/// that cannot be used is answered by {"line", "id", "error"}; the rest goes on, and the exit code is 1
/// at the end.
///
/// Where no option says how tokens are drawn, the model's generation_config.json does, for one prompt and for files
/// of them: temperature, top_k, top_p, min_p, repetition_penalty, and "do_sample": false, which takes the likeliest
/// token. What it decides is told on standard error. "logprobs" are always those of the model's own distribution at
/// the temperature; where tokens were drawn from another one, "drawn_logprobs" stand beside them.
///
/// A run that was stopped or killed goes on with --resume, and ends with the same file as one that
/// was not. What decides the records is kept beside them, in OUTPUT.settings.json.
#[derive(Args)]
#[command(mut_args(as_the_model_says))]
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
    /// Print a record also for one prompt on a terminal
    #[arg(long)]
    json: bool,
    /// What a record holds: of its own fields, and of those of the prompt's record [default: all]
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    fields: Vec<String>,
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
        if sampling.temperature == 0.0 && self.n > 1 {
            return Err(miette!(
                help = "--temperature 1, or another above 0, draws different ones",
                "the {} likeliest answers to a prompt are all the same one",
                self.n
            ));
        }
        let asked = prompts::read(&self, &encoder)?;
        output::check_names(&self.fields, &asked)?;

        let model = checkpoint.load(&device, self.compute.dtype);
        let mut engine = Engine::new(model.map_err(explain)?, self.engine.options());
        let (config, samples) = (checkpoint.config(), self.n as usize);
        let asked = Requests::of(asked, config, &sampling, stop.as_ref(), samples);
        let tokenizer = tokenizer.as_deref().ok();
        let is_record = self.input.is_some() || self.output.is_some() || self.json;
        if !is_record && self.fields.is_empty() && stdout().is_terminal() {
            return show::stream(&mut engine, &asked, tokenizer, stop.as_ref());
        }
        let settings = self.settings(checkpoint.folder(), sampling, &format)?;
        let file = output::open(self.output.as_deref(), self.resume, &settings)?;
        let (stop, named) = (stop.as_ref(), &self.fields);
        output::write(file, &mut engine, asked, tokenizer, stop, named)
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
        settings["fields"] = json!((!self.fields.is_empty()).then_some(&self.fields));
        Ok(format!("{settings:#}\n"))
    }
}
