//! The prompts of `pure generate`, from the command line or a file.

use std::sync::Arc;

use pure::model::Message;
use pure::rollout::{Engine, Request, Sampling, StopRule};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Generate;
use crate::cli::support::prompt::Prompts as Encoder;
use crate::cli::support::records::{Input, refusal};

#[derive(Deserialize)]
struct Record {
    #[serde(default)]
    id: Value,
    prompt: Option<String>,
    messages: Option<Vec<Message>>,
    prompt_ids: Option<Vec<u32>>,
}

/// What was asked, line by line.
pub struct Prompts {
    lines: Vec<Line>,
}

struct Line {
    number: usize,
    id: Value,
    prompt: Result<Vec<u32>, String>,
}

/// What each line of the input is to be answered with, in order.
pub struct Answers {
    /// The lines that can be served, and their ids.
    pub requests: Vec<Request>,
    pub ids: Vec<Value>,
    pub entries: Vec<Entry>,
}

pub enum Entry {
    /// The samples of a request, by its place.
    Samples(usize),
    /// A line that cannot be used.
    Refused(Value),
}

impl Prompts {
    pub fn read(command: &Generate, encoder: &Encoder<'_>) -> miette::Result<Self> {
        let mut lines = Vec::new();
        if let Some(prompt) = &command.prompt {
            lines.push(Line {
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
                lines.push(Line {
                    number: line.number,
                    id,
                    prompt,
                });
            }
        }
        Ok(Self { lines })
    }

    /// Requests for all prompts that the engine can serve.
    pub fn answers(
        self,
        engine: &Engine,
        sampling: &Sampling,
        stop: Option<Arc<dyn StopRule>>,
        samples: usize,
    ) -> Answers {
        let (mut requests, mut ids) = (Vec::new(), Vec::new());
        let mut entry = |line: Line| {
            let Line { number, id, prompt } = line;
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
                    requests.push(request);
                    ids.push(id);
                    Entry::Samples(requests.len() - 1)
                }
                Err(reason) => Entry::Refused(refusal(number, &id, &reason)),
            }
        };
        let entries = self.lines.into_iter().map(&mut entry).collect();
        Answers {
            requests,
            ids,
            entries,
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

fn tokens(encoder: &Encoder<'_>, record: Record) -> Result<Vec<u32>, String> {
    match record {
        Record {
            prompt_ids: Some(tokens),
            prompt: None,
            messages: None,
            ..
        } => Ok(tokens),
        Record {
            prompt: Some(text),
            messages: None,
            prompt_ids: None,
            ..
        } => encoder.text(&text),
        Record {
            messages: Some(messages),
            prompt: None,
            prompt_ids: None,
            ..
        } => encoder.messages(&messages),
        _ => Err("the record needs one of `prompt`, `messages` and `prompt_ids`".to_owned()),
    }
}
