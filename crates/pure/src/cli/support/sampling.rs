//! The options that say how answers are drawn: one meaning for all commands that sample.
//!
//! | where neither an option nor a default of the command says it | |
//! | --- | --- |
//! | commands that answer, with [`as_the_model_says`] | the model's `generation_config.json`, or else the model's own distribution |
//! | commands that measure and that make what is learned from | the model's own distribution: their defaults stand in their help |

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Arg, Args};
use miette::miette;
use pure::model::{Checkpoint, Error, GenerationConfig, Precision, PromptFormat, Tokenizer};
use pure::rollout::{Sampling, StopStrings};
use serde::Serialize;

use super::diagnostic::explain;
use super::prompt::Prompts;

#[derive(Args)]
#[command(next_help_heading = "Sampling")]
pub struct SamplingArgs {
    /// Divides the logits; 0 takes the likeliest token
    #[arg(long, default_value = "1")]
    temperature: Option<f64>,
    /// Only the K likeliest tokens; 0 for all
    #[arg(long, value_name = "K", default_value = "0")]
    top_k: Option<usize>,
    /// Only the likeliest tokens that together have this probability
    #[arg(long, value_name = "P", default_value = "1")]
    top_p: Option<f64>,
    /// Only tokens of at least this share of the likeliest one's probability
    #[arg(long, value_name = "P", default_value = "0")]
    min_p: Option<f64>,
    /// Above 1, tokens that already stand in the text become less likely
    #[arg(long, value_name = "X", default_value = "1")]
    repetition_penalty: Option<f64>,
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

impl SamplingArgs {
    /// How answers to such prompts are drawn from a model. What its folder decides is told on standard error.
    pub fn sampling(
        &self,
        checkpoint: &Checkpoint,
        prompts: &Prompts<'_>,
    ) -> miette::Result<Sampling> {
        let end_tokens = match self.ignore_eos {
            true => Vec::new(),
            false => prompts.stops(checkpoint)?,
        };
        let own = self.left_to(checkpoint.generation().map_err(explain)?);
        if own != GenerationConfig::default() {
            eprintln!("answers are drawn as the model's generation_config.json says: {own}");
        }
        let neutral = Sampling::default();
        let or = |option: Option<f64>, own: Option<f64>, neutral| option.or(own).unwrap_or(neutral);
        Ok(Sampling {
            temperature: or(self.temperature, own.temperature, neutral.temperature),
            top_k: self.top_k.or(own.top_k).unwrap_or(neutral.top_k),
            top_p: or(self.top_p, own.top_p, neutral.top_p),
            min_p: or(self.min_p, own.min_p, neutral.min_p),
            repetition_penalty: or(
                self.repetition_penalty,
                own.repetition_penalty,
                neutral.repetition_penalty,
            ),
            min_new_tokens: self.min_new_tokens,
            max_new_tokens: self.max_new_tokens,
            end_tokens,
            seed: self.seed,
        })
    }

    /// What the options leave to the model's folder.
    fn left_to(&self, own: GenerationConfig) -> GenerationConfig {
        fn unless<T>(option: Option<T>, own: Option<T>) -> Option<T> {
            own.filter(|_| option.is_none())
        }
        GenerationConfig {
            temperature: unless(self.temperature, own.temperature),
            top_k: unless(self.top_k, own.top_k),
            top_p: unless(self.top_p, own.top_p),
            min_p: unless(self.min_p, own.min_p),
            repetition_penalty: unless(self.repetition_penalty, own.repetition_penalty),
        }
    }

    /// The texts that end an answer, if there are any.
    pub fn stop_strings(
        &self,
        tokenizer: &Result<Arc<Tokenizer>, Error>,
    ) -> miette::Result<Option<StopStrings>> {
        let strings = self.stop.clone();
        match tokenizer {
            _ if strings.is_empty() => Ok(None),
            Ok(tokenizer) => Ok(Some(StopStrings::new(tokenizer.clone(), strings))),
            Err(error) => Err(miette!("--stop needs the model's tokenizer: {error}")),
        }
    }

    /// What decides answers beside their prompts.
    pub fn settings(
        &self,
        model: &Path,
        dtype: Precision,
        prompts: &PromptFormat,
        n: u32,
        sampling: Sampling,
    ) -> AnswerSettings {
        AnswerSettings {
            model: model.canonicalize().unwrap_or_else(|_| model.to_owned()),
            dtype: dtype.to_string(),
            prompts: prompts.clone(),
            n,
            stop: self.stop.clone(),
            sampling,
        }
    }
}

/// Takes the default of an option that a model's `generation_config.json` may decide: for commands that answer as the
/// makers of a model meant it to.
pub fn as_the_model_says(option: Arg) -> Arg {
    const DECIDED: [&str; 5] = [
        "temperature",
        "top_k",
        "top_p",
        "min_p",
        "repetition_penalty",
    ];
    if !DECIDED.contains(&option.get_id().as_str()) {
        return option;
    }
    let default = option.get_default_values().first();
    let default = default.map_or_else(String::new, |value| value.to_string_lossy().into_owned());
    let help = option
        .get_help()
        .map_or_else(String::new, ToString::to_string);
    option
        .help(format!("{help} [default: the model's, or else {default}]"))
        .default_value(None::<&'static str>)
}

/// What decides answers beside their prompts, as it is kept beside them. How many are sampled at once, in how much memory
/// and on which device, is not of it.
#[derive(Serialize)]
pub struct AnswerSettings {
    model: PathBuf,
    dtype: String,
    prompts: PromptFormat,
    pub n: u32,
    stop: Vec<String>,
    pub sampling: Sampling,
}
