//! `pure logprobs`: what a model thinks of given responses.

use std::path::PathBuf;

use clap::Args;
use pure::data::AnswerFields;
use pure::model::{CausalLm, Error, Exchange, ResponseScores, Tokenizer};
use serde_json::{Value, json};

use crate::cli::support::records::{
    Fields, Input, LineScorer, answer_all, name, not_finite, refused_before, tokens,
};
use crate::cli::support::{Compute, Model, Outcome, PromptArgs, Prompts, explain, open_model};

/// Log-probability and entropy of each token of given responses
///
/// Reads {"id", "prompt", "response"} in JSON Lines, a JSON array or Parquet, and writes {"id", "logprobs", "entropies"}
/// in the same order. A prompt of text is put as a user's message into the model's chat template, as in `pure generate`;
/// it may have the other names that `pure train` knows, or be "messages" or "prompt_ids". The response may also be
/// "response_ids" or, as `pure generate` writes them, "tokens" or else "text". A record that cannot be used is answered by
/// {"line", "id", "error"}; the rest goes on, and the exit code is 1 at the end.
#[derive(Args)]
pub struct Logprobs {
    #[command(flatten)]
    model: Model,
    /// File of responses, or - for standard input
    #[arg(long, value_name = "FILE|-", default_value = "-")]
    input: PathBuf,
    #[command(flatten)]
    prompts: PromptArgs,
    /// Divides the logits
    #[arg(long, default_value_t = 1.0, value_parser = positive)]
    temperature: f64,
    /// Tokens of a batch, padding included: more is faster until memory runs out
    #[arg(long, value_name = "N", default_value_t = 8192)]
    batch_tokens: usize,
    #[command(flatten)]
    compute: Compute,
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok(number),
        _ => Err("it must be a number above 0".to_owned()),
    }
}

impl Logprobs {
    pub fn run(self) -> miette::Result<Outcome> {
        let checkpoint = open_model(&self.model.model)?;
        let device = self.compute.device()?;
        let input = Input::open(&self.input)?;
        // Only records of text need one.
        let tokenizer = checkpoint.tokenizer().map_err(|error| error.to_string());
        let format = self.prompts.format();
        let model = checkpoint.load(&device, self.compute.dtype);
        let scorer = Scorer {
            model: model.map_err(explain)?,
            tokenizer: tokenizer.as_ref().map_err(Clone::clone),
            prompts: Prompts::new(&format, tokenizer.as_ref().map_err(Clone::clone))?,
            temperature: self.temperature,
        };
        answer_all(input, &scorer, "scored", self.batch_tokens)
    }
}

struct Scorer<'a> {
    model: CausalLm,
    tokenizer: Result<&'a Tokenizer, String>,
    prompts: Prompts<'a>,
    temperature: f64,
}

impl Scorer<'_> {
    fn exchange(&self, record: &Fields) -> Result<Exchange, String> {
        if let Some(reason) = refused_before(record) {
            return Err(reason);
        }
        // Tokens, where they are there, are what a text stands for.
        let prompt = match tokens(record, &["prompt_ids"])? {
            Some(tokens) => tokens,
            None => self.prompts.of(record)?,
        };
        let response = match tokens(record, &["response_ids", "tokens"])? {
            Some(tokens) => tokens,
            None => {
                let fields = AnswerFields::of(record);
                if !fields.has_response() {
                    let needed = "`response_ids` or `tokens`, or else `response` or `text`";
                    return Err(format!("the record needs {needed}"));
                }
                let text = fields.response().map_err(|fault| fault.to_string())?;
                let tokens = self.tokenizer.clone()?.encode(text, false);
                tokens.map_err(|error| error.to_string())?
            }
        };
        let exchange = Exchange { prompt, response };
        let checked = self.model.check(&exchange);
        checked.map_err(|error| error.to_string())?;
        Ok(exchange)
    }
}

impl LineScorer for Scorer<'_> {
    type Record = Fields;
    type Content = Exchange;
    type Found = ResponseScores;

    fn read(&self, record: Fields) -> (Value, Result<Exchange, String>) {
        (name(&record), self.exchange(&record))
    }

    fn tokens(exchange: &Exchange) -> usize {
        exchange.len()
    }

    fn ask(
        &self,
        exchanges: &[&Exchange],
        batch_tokens: usize,
    ) -> Result<Vec<ResponseScores>, Error> {
        let exchanges: Vec<Exchange> = exchanges.iter().copied().cloned().collect();
        let model = &self.model;
        model.score_responses(&exchanges, self.temperature, batch_tokens)
    }

    fn answer(&self, id: &Value, _: &Exchange, scores: ResponseScores) -> Result<String, String> {
        let mut numbers = scores.log_probs.iter().chain(&scores.entropies);
        if !numbers.all(|number| number.is_finite()) {
            return Err(not_finite(""));
        }
        let record = json!({
            "id": id,
            "logprobs": scores.log_probs,
            "entropies": scores.entropies,
        });
        Ok(format!("{record}\n"))
    }
}
