//! What a model is asked: a request for each prompt that it can serve, and a record for each answer or refusal.

use std::sync::Arc;

use pure::model::ModelConfig;
use pure::rollout::{Request, Sampling, StopRule, StopStrings};
use serde_json::Value;

use super::records::{Fields, refusal};

/// One of the prompts.
pub struct Asked {
    /// The line that it stands on, or its number, from 1.
    pub number: usize,
    pub id: Value,
    /// What of its record goes with each answer.
    pub fields: Fields,
    /// Its tokens, or why it has none.
    pub prompt: Result<Vec<u32>, String>,
}

/// What prompts are to be answered with, in order.
pub struct Requests {
    /// Those that can be served, their ids, and what goes with each answer.
    pub requests: Vec<Request>,
    pub ids: Vec<Value>,
    pub fields: Vec<Fields>,
    /// One a record: the request and the sample that it is of, or what refuses a prompt.
    pub records: Vec<Result<(usize, usize), Value>>,
}

impl Requests {
    pub fn of(
        asked: impl IntoIterator<Item = Asked>,
        model: &ModelConfig,
        sampling: &Sampling,
        stop: Option<&StopStrings>,
        samples: usize,
    ) -> Self {
        let stop = stop.map(|stop| Arc::new(stop.clone()) as Arc<dyn StopRule>);
        let (mut requests, mut ids, mut all_fields) = (Vec::new(), Vec::new(), Vec::new());
        let mut records = Vec::new();
        for asked in asked {
            let Asked {
                number,
                id,
                fields,
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
                let limit = model.max_position_embeddings;
                let checked = request.check(requests.len(), model.vocab_size, limit);
                checked.map_err(|error| error.to_string())?;
                Ok(request)
            });
            match request {
                Ok(request) => {
                    records.extend((0..samples).map(|sample| Ok((requests.len(), sample))));
                    requests.push(request);
                    ids.push(id);
                    all_fields.push(fields);
                }
                Err(reason) => records.push(Err(refusal(number, &id, &reason))),
            }
        }
        Self {
            requests,
            ids,
            fields: all_fields,
            records,
        }
    }

    /// Prompts that cannot be served.
    pub fn refused(&self) -> usize {
        self.records.iter().filter(|record| record.is_err()).count()
    }
}

/// Two prompts that are alike are to get different answers. FNV-1a is the same under every compiler.
fn stream(prompt: &[u32], number: usize) -> u64 {
    let prompt = prompt.iter().flat_map(|token| token.to_le_bytes());
    let bytes = prompt.chain((number as u64).to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
