//! `pure generate`: answers from a model.

mod output;
mod prompts;
mod show;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use miette::{Report, miette};
use pure::model::{Checkpoint, PromptFormat, Tokenizer};
use pure::rollout::{Engine, Sampling, StopRule, StopStrings};
use serde_json::{Value, json};

use self::prompts::Answers;
use crate::cli::support::engine::EngineArgs;
use crate::cli::support::{Compute, Model, Outcome, PromptArgs, Prompts, explain};

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

#[derive(Args)]
#[command(next_help_heading = "Sampling")]
struct SamplingArgs {
    /// Divides the logits; 0 takes the likeliest token
    #[arg(long, default_value_t = 1.0)]
    temperature: f64,
    /// Only the K likeliest tokens; 0 for all
    #[arg(long, value_name = "K", default_value_t = 0)]
    top_k: usize,
    /// Only the likeliest tokens that together have this probability
    #[arg(long, value_name = "P", default_value_t = 1.0)]
    top_p: f64,
    /// Only tokens of at least this share of the likeliest one's probability
    #[arg(long, value_name = "P", default_value_t = 0.0)]
    min_p: f64,
    /// Above 1, tokens that already stand in the text become less likely
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    repetition_penalty: f64,
    /// No end token before so many tokens
    #[arg(long, value_name = "N", default_value_t = 0)]
    min_new_tokens: usize,
    /// An answer is cut at so many tokens
    #[arg(long, value_name = "N", default_value_t = 512)]
    max_new_tokens: usize,
    /// Go on after end tokens, up to the largest length
    #[arg(long)]
    ignore_eos: bool,
    /// End an answer at this text (may be given several times)
    #[arg(long, value_name = "TEXT")]
    stop: Vec<String>,
    /// Seed of the random numbers
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

impl Generate {
    pub fn run(self) -> miette::Result<Outcome> {
        let checkpoint = Checkpoint::open(&self.model.model).map_err(explain)?;
        let device = self.compute.device()?;
        let tokenizer = checkpoint.tokenizer().map(Arc::new);
        let stop = self.stop_strings(&tokenizer)?;
        let format = self.prompts.format();
        let known = tokenizer.as_deref().map_err(ToString::to_string);
        let encoder = Prompts::new(&format, known)?;
        let sampling = self.sampling(&checkpoint, &encoder)?;
        let asked = prompts::read(&self, &encoder)?;

        let model = checkpoint.load(&device, self.compute.dtype);
        let mut engine = Engine::new(model.map_err(explain)?, self.engine.options());
        let stop_rule = stop.clone().map(|stop| Arc::new(stop) as Arc<dyn StopRule>);
        let answers = Answers::of(asked, &engine, &sampling, stop_rule, self.n as usize);
        let tokenizer = tokenizer.as_deref().ok();
        if self.prompt.is_some() && self.output.is_none() && !self.json {
            return show::stream(&mut engine, &answers, tokenizer, stop.as_ref());
        }
        let settings = self.settings(&sampling, &format)?;
        let file = output::open(self.output.as_deref(), self.resume, &settings)?;
        output::write(file, &mut engine, answers, tokenizer, stop.as_ref())
    }

    /// What decides the records, as it is kept beside them.
    fn settings(&self, sampling: &Sampling, format: &PromptFormat) -> miette::Result<String> {
        let folder = &self.model.model;
        let input = match &self.input {
            Some(path) if path.is_file() => {
                let found = pure::files::fingerprint(path).map_err(Report::from_err)?;
                json!({"bytes": found.length, "crc32": found.checksum})
            }
            _ => Value::Null,
        };
        let settings = json!({
            "model": folder.canonicalize().unwrap_or_else(|_| folder.clone()),
            "dtype": self.compute.dtype.to_string(),
            "input": input,
            "prompts": format,
            "n": self.n,
            "stop": self.sampling.stop,
            "sampling": sampling,
        });
        Ok(format!("{settings:#}\n"))
    }

    fn sampling(&self, checkpoint: &Checkpoint, prompts: &Prompts) -> miette::Result<Sampling> {
        let from = &self.sampling;
        let end_tokens = match from.ignore_eos {
            true => Vec::new(),
            false => prompts.stops(checkpoint)?,
        };
        Ok(Sampling {
            temperature: from.temperature,
            top_k: from.top_k,
            top_p: from.top_p,
            min_p: from.min_p,
            repetition_penalty: from.repetition_penalty,
            min_new_tokens: from.min_new_tokens,
            max_new_tokens: from.max_new_tokens,
            end_tokens,
            seed: from.seed,
        })
    }

    fn stop_strings(
        &self,
        tokenizer: &Result<Arc<Tokenizer>, pure::model::Error>,
    ) -> miette::Result<Option<StopStrings>> {
        let strings = self.sampling.stop.clone();
        match tokenizer {
            _ if strings.is_empty() => Ok(None),
            Ok(tokenizer) => Ok(Some(StopStrings::new(tokenizer.clone(), strings))),
            Err(error) => Err(miette!("--stop needs the model's tokenizer: {error}")),
        }
    }
}
