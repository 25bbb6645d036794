//! The prompts of `pure generate`, from the command line or a file.

use std::sync::Arc;

use pure::data::AnswerFields;
use pure::rollout::{Engine, Request, Sampling, StopRule};
use serde_json::{Value, json};

use super::Generate;
use super::output::TOLD;
use crate::cli::support::Prompts;
use crate::cli::support::records::{Fields, Input, refusal, refused_before, tokens};

/// A record of what was asked.
pub struct Asked {
    number: usize,
    named: Named,
    prompt: Result<Vec<u32>, String>,
}

/// What the answers to a prompt are called, and what goes with each.
pub struct Named {
    pub id: Value,
    /// The fields of the prompt's record that nothing told of an answer takes the place of.
    pub fields: Fields,
}

/// What the input is to be answered with, in order.
pub struct Answers {
    /// The prompts that can be served, and what their records say of them.
    pub requests: Vec<Request>,
    pub named: Vec<Named>,
    /// One a line: the request and the sample that it is of, or what refuses a prompt.
    pub records: Vec<Result<(usize, usize), Value>>,
}

/// All prompts of a command.
pub fn read(command: &Generate, encoder: &Prompts<'_>) -> miette::Result<Vec<Asked>> {
    let mut asked = Vec::new();
    if let Some(prompt) = &command.prompt {
        asked.push(Asked {
            number: 1,
            named: Named {
                id: json!(0),
                fields: Fields::new(),
            },
            prompt: encoder.text(prompt),
        });
    }
    if let Some(path) = &command.input {
        for line in Input::open(path)?.lines::<Fields>() {
            let line = line?;
            let (named, prompt) = match line.record {
                Ok(fields) => {
                    let prompt = prompt(encoder, &fields);
                    (Named::of(fields, line.count), prompt)
                }
                Err(error) => (Named::of(Fields::new(), line.count), Err(error)),
            };
            asked.push(Asked {
                number: line.number,
                named,
                prompt,
            });
        }
    }
    Ok(asked)
}

impl Named {
    /// A prompt without a name is called by its number, as in training.
    fn of(mut fields: Fields, count: usize) -> Self {
        let id = AnswerFields::of(&fields).id().cloned();
        fields.retain(|name, _| !TOLD.contains(&name.as_str()));
        Self {
            id: id.unwrap_or_else(|| json!(count)),
            fields,
        }
    }
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
        let (mut requests, mut all_named, mut records) = (Vec::new(), Vec::new(), Vec::new());
        for asked in asked {
            let Asked {
                number,
                named,
                prompt,
            } = asked;
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
                    all_named.push(named);
                }
                Err(reason) => records.push(Err(refusal(number, &named.id, &reason))),
            }
        }
        Self {
            requests,
            named: all_named,
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

fn prompt(encoder: &Prompts<'_>, record: &Fields) -> Result<Vec<u32>, String> {
    if let Some(reason) = refused_before(record) {
        return Err(reason);
    }
    match tokens(record, &["prompt_ids"])? {
        None => encoder.of(record),
        Some(_) if AnswerFields::of(record).has_prompt() => {
            Err("the record needs one of a text, messages and `prompt_ids`".to_owned())
        }
        Some(ids) => Ok(ids),
    }
}
