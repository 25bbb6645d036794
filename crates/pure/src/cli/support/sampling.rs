//! The options that say how answers are drawn: one meaning for all commands that sample.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use miette::miette;
use pure::model::{Checkpoint, Error, Precision, PromptFormat, Tokenizer};
use pure::rollout::{Sampling, StopStrings};
use serde::Serialize;

use super::prompt::Prompts;

#[derive(Args)]
#[command(next_help_heading = "Sampling")]
pub struct SamplingArgs {
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

impl SamplingArgs {
    /// How answers to such prompts are drawn from a model.
    pub fn sampling(
        &self,
        checkpoint: &Checkpoint,
        prompts: &Prompts<'_>,
    ) -> miette::Result<Sampling> {
        let end_tokens = match self.ignore_eos {
            true => Vec::new(),
            false => prompts.stops(checkpoint)?,
        };
        Ok(Sampling {
            temperature: self.temperature,
            top_k: self.top_k,
            top_p: self.top_p,
            min_p: self.min_p,
            repetition_penalty: self.repetition_penalty,
            min_new_tokens: self.min_new_tokens,
            max_new_tokens: self.max_new_tokens,
            end_tokens,
            seed: self.seed,
        })
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
