//! `pure logprobs`: what a model thinks of given responses.

use std::path::PathBuf;

use clap::Args;
use pure::model::{CausalLm, Checkpoint, Exchange, Message, Tokenizer};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::support::diagnostic::explain;
use crate::cli::support::prompt::{PromptArgs, Prompts};
use crate::cli::support::records::{
    Answering, Input, Line, Pending, answer_all, not_finite, refusal,
};
use crate::cli::support::{Compute, Model, Outcome};

/// Log-probability and entropy of each token of given responses
///
/// Reads JSON Lines {"id", "prompt", "response"} and writes {"id", "logprobs", "entropies"} in the same
/// order. A prompt of text is put as a user's message into the model's chat template, as in `pure generate`;
/// "messages" or "prompt_ids" may stand for it, and "response_ids" for the response. A line that cannot be
/// used is answered by {"line", "id", "error"}; the rest goes on, and the exit code is 1 at the end.
#[derive(Args)]
pub struct Logprobs {
    #[command(flatten)]
    model: Model,
    /// JSON Lines, or - for standard input
    #[arg(long, value_name = "FILE|-")]
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

#[derive(Deserialize)]
struct Record {
    #[serde(default)]
    id: Value,
    prompt_ids: Option<Vec<u32>>,
    response_ids: Option<Vec<u32>>,
    prompt: Option<String>,
    messages: Option<Vec<Message>>,
    response: Option<String>,
}

impl Logprobs {
    pub fn run(self) -> miette::Result<Outcome> {
        let checkpoint = Checkpoint::open(&self.model.model).map_err(explain)?;
        let present = self.compute.device.open().map_err(explain)?;
        let device = present.for_precision(self.compute.dtype).map_err(explain)?;
        let input = Input::open(&self.input)?;
        // Only records of text need one.
        let tokenizer = checkpoint.tokenizer().map_err(|error| error.to_string());
        let format = self.prompts.format();
        let scorer = Scorer {
            model: checkpoint
                .load(&device, self.compute.dtype)
                .map_err(explain)?,
            tokenizer: tokenizer.as_ref().map_err(Clone::clone),
            prompts: Prompts::new(&format, tokenizer.as_ref().map_err(Clone::clone))?,
            temperature: self.temperature,
            batch_tokens: self.batch_tokens,
        };

        let answering = Answering::new(input.progress(), "scored");
        let lines = input.lines().map(|line| Ok(scorer.prepare(line?)));
        let tokens = Exchange::len;
        answer_all(lines, self.batch_tokens, tokens, answering, |window| {
            scorer.answer(window)
        })
    }
}

struct Scorer<'a> {
    model: CausalLm,
    tokenizer: Result<&'a Tokenizer, String>,
    prompts: Prompts<'a>,
    temperature: f64,
    batch_tokens: usize,
}

impl Scorer<'_> {
    fn prepare(&self, line: Line<Record>) -> Pending<Exchange> {
        let (id, exchange) = match line.record {
            Ok(mut record) => (record.id.take(), self.exchange(record)),
            Err(error) => (Value::Null, Err(error)),
        };
        Pending {
            line: line.number,
            bytes: line.bytes,
            id,
            content: exchange,
        }
    }

    fn exchange(&self, record: Record) -> Result<Exchange, String> {
        // Tokens, where they are there, are what a text stands for.
        let prompt = match (record.prompt_ids, record.prompt, record.messages) {
            (Some(tokens), _, _) => tokens,
            (None, Some(text), None) => self.prompts.text(&text)?,
            (None, None, Some(messages)) => self.prompts.messages(&messages)?,
            _ => return Err("the record needs `prompt_ids`, `prompt` or `messages`".to_owned()),
        };
        let response = match (record.response_ids, record.response) {
            (Some(tokens), _) => tokens,
            (None, Some(text)) => {
                let tokens = self.tokenizer.clone()?.encode(&text, false);
                tokens.map_err(|error| error.to_string())?
            }
            _ => return Err("the record needs `response_ids` or `response`".to_owned()),
        };
        let exchange = Exchange { prompt, response };
        self.model
            .check(&exchange)
            .map_err(|error| error.to_string())?;
        Ok(exchange)
    }

    /// The answers to a window's lines, in their order.
    fn answer(&self, window: Vec<Pending<Exchange>>) -> miette::Result<Vec<Result<String, Value>>> {
        let usable = window.iter().filter_map(|line| line.content.as_ref().ok());
        let usable: Vec<Exchange> = usable.cloned().collect();
        let scores = self
            .model
            .score_responses(&usable, self.temperature, self.batch_tokens)
            .map_err(explain)?;
        let mut scores = scores.into_iter();
        let answer = |line: Pending<Exchange>| {
            let scored = line.content.and_then(|_| {
                let scores = scores.next().expect("one for each usable line");
                let mut numbers = scores.log_probs.iter().chain(&scores.entropies);
                match numbers.all(|number| number.is_finite()) {
                    true => Ok(scores),
                    false => Err(not_finite("")),
                }
            });
            let scores = scored.map_err(|reason| refusal(line.line, &line.id, &reason))?;
            let record = json!({
                "id": line.id,
                "logprobs": scores.log_probs,
                "entropies": scores.entropies,
            });
            Ok(format!("{record}\n"))
        };
        Ok(window.into_iter().map(answer).collect())
    }
}
