//! The prompts of `pure generate`, from the command line or a file.

use std::sync::Arc;

use pure::model::Message;
use pure::rollout::{Engine, Request, Sampling, StopRule};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Generate;
use crate::cli::support::Prompts;
use crate::cli::support::records::{Input, refusal};

#[derive(Deserialize)]
struct Record {
    #[serde(default)]
    id: Value,
    prompt: Option<String>,
    messages: Option<Vec<Message>>,
    prompt_ids: Option<Vec<u32>>,
}

/// A line of what was asked.
pub struct Asked {
    number: usize,
    id: Value,
    prompt: Result<Vec<u32>, String>,
}

/// What the input is to be answered with, in order.
pub struct Answers {
    /// The lines that can be served, and their ids.
    pub requests: Vec<Request>,
    pub ids: Vec<Value>,
    /// One a record: the request and the sample that it is of, or what refuses a line.
    pub records: Vec<Result<(usize, usize), Value>>,
}

/// All prompts of a command.
pub fn read(command: &Generate, encoder: &Prompts<'_>) -> miette::Result<Vec<Asked>> {
    let mut asked = Vec::new();
    if let Some(prompt) = &command.prompt {
        asked.push(Asked {
            number: 1,
            id: json!(0),
            prompt: encoder.text(prompt),
        });
    }
    if let Some(path) = &command.input {
        for line in Input::open(path)?.lines::<Record>() {
            let line = line?;
            let (id, prompt) = match line.record {
                Ok(mut record) => (record.id.take(), tokens(encoder, record)),
                Err(error) => (Value::Null, Err(error)),
            };
            let number = line.number;
            asked.push(Asked { number, id, prompt });
        }
    }
    Ok(asked)
}

impl Answers {
    /// Requests for all prompts that the engine can serve.
    pub fn of(
        asked: Vec<Asked>,
        engine: &Engine,
        sampling: &Sampling,
        stop: Option<Arc<dyn StopRule>>,
        samples: usize,
    ) -> Self {
        let (mut requests, mut ids, mut records) = (Vec::new(), Vec::new(), Vec::new());
        for Asked { number, id, prompt } in asked {
            let request = prompt.and_then(|prompt| {
                let request = Request {
                    stream: stream(&prompt, number),
                    prompt,
                    samples: 0..samples,
                    sampling: sampling.clone(),
                    stop: stop.clone(),
                };
                let checked = engine.check(requests.len(), &request);
                checked.map_err(|error| error.to_string())?;
                Ok(request)
            });
            match request {
                Ok(request) => {
                    records.extend((0..samples).map(|sample| Ok((requests.len(), sample))));
                    requests.push(request);
                    ids.push(id);
                }
                Err(reason) => records.push(Err(refusal(number, &id, &reason))),
            }
        }
        Self {
            requests,
            ids,
            records,
        }
    }
}

/// Two lines with one prompt are to get different answers. FNV-1a is the same under every compiler.
fn stream(prompt: &[u32], line: usize) -> u64 {
    let prompt = prompt.iter().flat_map(|token| token.to_le_bytes());
    let bytes = prompt.chain((line as u64).to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn tokens(encoder: &Prompts<'_>, record: Record) -> Result<Vec<u32>, String> {
    match (record.prompt_ids, record.prompt, record.messages) {
        (Some(tokens), None, None) => Ok(tokens),
        (None, Some(text), None) => encoder.text(&text),
        (None, None, Some(messages)) => encoder.messages(&messages),
        _ => Err("the record needs one of `prompt`, `messages` and `prompt_ids`".to_owned()),
    }
}
