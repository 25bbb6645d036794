//! `pure logprobs`: what a model thinks of given responses.

use std::path::PathBuf;

use clap::Args;
use indicatif::ProgressBar;
use pure::model::{CausalLm, Checkpoint, Exchange, Tokenizer};
use serde::Deserialize;
use serde_json::{Value, json};

use super::diagnostic::explain;
use super::output::print;
use super::records::{Input, Line, outcome, refusal};
use super::{Compute, Model, Outcome};

/// Log-probability and entropy of each token of given responses
///
/// Reads JSON Lines {"id", "prompt_ids", "response_ids"} or {"id", "prompt", "response"}, and
/// writes {"id", "logprobs", "entropies"} in the same order. A line that cannot be used is
/// answered by {"line", "id", "error"}; the rest goes on, and the exit code is 1 at the end.
#[derive(Args)]
pub struct Logprobs {
    #[command(flatten)]
    model: Model,
    /// JSON Lines, or - for standard input
    #[arg(long, value_name = "FILE|-")]
    input: PathBuf,
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
    response: Option<String>,
}

/// A line on its way through: refused, or to be scored.
struct Pending {
    line: usize,
    bytes: u64,
    id: Value,
    exchange: Result<Exchange, String>,
}

/// Batches are filled from this many times their tokens, so that like lengths come together.
const WINDOW: usize = 8;

impl Logprobs {
    pub fn run(self) -> miette::Result<Outcome> {
        let checkpoint = Checkpoint::open(&self.model.model).map_err(explain)?;
        let present = self.compute.device.open().map_err(explain)?;
        let device = present.for_precision(self.compute.dtype).map_err(explain)?;
        let input = Input::open(&self.input)?;
        let bar = input.progress();
        let mut scorer = Scorer {
            model: checkpoint
                .load(&device, self.compute.dtype)
                .map_err(explain)?,
            // Only records of text need one.
            tokenizer: checkpoint.tokenizer().map_err(|error| error.to_string()),
            temperature: self.temperature,
            batch_tokens: self.batch_tokens,
            refused: 0,
            scored: 0,
        };

        let mut window = Vec::new();
        let mut tokens = 0;
        for line in input.lines() {
            let pending = scorer.prepare(line?);
            tokens += pending.exchange.as_ref().map_or(0, Exchange::len);
            window.push(pending);
            if tokens >= WINDOW * self.batch_tokens {
                scorer.answer(std::mem::take(&mut window), &bar)?;
                tokens = 0;
            }
        }
        scorer.answer(window, &bar)?;
        bar.finish_and_clear();
        let lines = scorer.refused + scorer.scored;
        Ok(outcome(scorer.refused, lines))
    }
}

struct Scorer {
    model: CausalLm,
    tokenizer: Result<Tokenizer, String>,
    temperature: f64,
    batch_tokens: usize,
    refused: usize,
    scored: usize,
}

impl Scorer {
    fn prepare(&self, line: Line<Record>) -> Pending {
        let (id, exchange) = match line.record {
            Ok(mut record) => (record.id.take(), self.exchange(record)),
            Err(error) => (Value::Null, Err(error)),
        };
        Pending {
            line: line.number,
            bytes: line.bytes,
            id,
            exchange,
        }
    }

    fn exchange(&self, record: Record) -> Result<Exchange, String> {
        let exchange = match record {
            Record {
                prompt_ids: Some(prompt),
                response_ids: Some(response),
                ..
            } => Exchange { prompt, response },
            Record {
                prompt: Some(prompt),
                response: Some(response),
                ..
            } => {
                let tokenizer = self.tokenizer.as_ref().map_err(Clone::clone)?;
                let encode = |text: &str, is_start| {
                    let tokens = tokenizer.encode(text, is_start);
                    tokens.map_err(|error| error.to_string())
                };
                Exchange {
                    prompt: encode(&prompt, true)?,
                    response: encode(&response, false)?,
                }
            }
            _ => {
                let needed = "`prompt_ids` and `response_ids`, or `prompt` and `response`";
                return Err(format!("the record needs {needed}"));
            }
        };
        self.model
            .check(&exchange)
            .map_err(|error| error.to_string())?;
        Ok(exchange)
    }

    /// Scores a window in batches of like lengths and answers its lines in their order.
    fn answer(&mut self, window: Vec<Pending>, bar: &ProgressBar) -> miette::Result<()> {
        let mut answers = vec![Value::Null; window.len()];
        let mut usable = Vec::new();
        for (place, pending) in window.into_iter().enumerate() {
            match pending.exchange {
                Ok(exchange) => usable.push((place, pending.bytes, pending.id, exchange)),
                Err(reason) => {
                    answers[place] = refusal(pending.line, &pending.id, &reason);
                    bar.inc(pending.bytes);
                    self.refused += 1;
                }
            }
        }
        usable.sort_by_key(|(.., exchange)| exchange.len());
        while let Some((.., longest)) = usable.last() {
            let rows = (self.batch_tokens / longest.len()).clamp(1, usable.len());
            let batch = usable.split_off(usable.len() - rows);
            let exchanges: Vec<_> = batch
                .iter()
                .map(|(.., exchange)| exchange.clone())
                .collect();
            let scores = self
                .model
                .score_responses(&exchanges, self.temperature, usize::MAX)
                .map_err(explain)?;
            for ((place, bytes, id, _), scores) in batch.into_iter().zip(scores) {
                answers[place] = json!({
                    "id": id,
                    "logprobs": scores.log_probs,
                    "entropies": scores.entropies,
                });
                bar.inc(bytes);
                self.scored += 1;
            }
            bar.set_message(format!("{} scored", self.scored));
        }
        let text: String = answers.iter().map(|answer| format!("{answer}\n")).collect();
        bar.suspend(|| print(text))
    }
}
