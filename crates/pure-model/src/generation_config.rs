//! How the makers of a model would have its answers drawn: its `generation_config.json`.
//!
//! | key | meaning here |
//! | --- | --- |
//! | `do_sample` | `false` takes the likeliest token, a temperature of 0, whatever the temperature beside it |
//! | `temperature`, `top_k`, `top_p`, `min_p`, `repetition_penalty` | as in transformers, where they are there |
//! | `eos_token_id` | see [`Checkpoint::stops`] |
//!
//! Other keys are not looked at. Departure: transformers fills what a file leaves open, with 50 for `top_k` and greedy
//! decoding where `do_sample` is not there. Here it stays open, as in vLLM, for whoever draws.

use std::fmt;

use serde_json::Value;

use crate::brief::brief;
use crate::companions::GENERATION_CONFIG;
use crate::json::read_json_if_there;
use crate::{Checkpoint, ConfigError, Error};

/// What a model's folder says of drawing answers; nothing of what it leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct GenerationConfig {
    /// Divides the logits; 0 takes the likeliest token.
    pub temperature: Option<f64>,
    /// Only the so many likeliest tokens; 0 for all.
    pub top_k: Option<usize>,
    /// Only the likeliest tokens that together have this probability.
    pub top_p: Option<f64>,
    /// Only tokens of at least this share of the likeliest one's probability.
    pub min_p: Option<f64>,
    /// Above 1, tokens that already stand in the text become less likely.
    pub repetition_penalty: Option<f64>,
}

impl GenerationConfig {
    /// Its numbers, each with its name, in the order in which they apply.
    pub fn numbers(&self) -> [(&'static str, Option<f64>); 5] {
        [
            ("temperature", self.temperature),
            ("top_k", self.top_k.map(|k| k as f64)),
            ("top_p", self.top_p),
            ("min_p", self.min_p),
            ("repetition_penalty", self.repetition_penalty),
        ]
    }
}

/// What is there, as `temperature 0.7, top_p 0.8`.
impl fmt::Display for GenerationConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let there = self.numbers().into_iter();
        let there = there.filter_map(|(name, number)| Some(format!("{name} {}", number?)));
        f.write_str(&there.collect::<Vec<_>>().join(", "))
    }
}

impl Checkpoint {
    /// What `generation_config.json` says of drawing answers; nothing, if there is none.
    ///
    /// # Errors
    ///
    /// If it is broken, or a number in it is none; whether it is one that can be drawn with is up to who draws.
    pub fn generation(&self) -> Result<GenerationConfig, Error> {
        const LARGEST: u64 = 1 << 20;
        let path = self.file(GENERATION_CONFIG);
        let file = read_json_if_there(&path, LARGEST)?;
        read(&file).map_err(|source| Error::Config { path, source })
    }
}

fn read(file: &Value) -> Result<GenerationConfig, ConfigError> {
    let number = |key| of_kind(file, key, "a number", Value::as_f64);
    let is_sampled = of_kind(file, "do_sample", "true or false", Value::as_bool)?;
    Ok(GenerationConfig {
        temperature: match is_sampled {
            Some(false) => Some(0.0),
            _ => number("temperature")?,
        },
        top_k: of_kind(file, "top_k", "a whole number", Value::as_u64)?.map(|k| k as usize),
        top_p: number("top_p")?,
        min_p: number("min_p")?,
        repetition_penalty: number("repetition_penalty")?,
    })
}

fn of_kind<T>(
    file: &Value,
    key: &'static str,
    expected: &str,
    kind: impl FnOnce(&Value) -> Option<T>,
) -> Result<Option<T>, ConfigError> {
    let found = file.get(key).filter(|value| !value.is_null());
    let read = found.map(|found| {
        kind(found).ok_or_else(|| ConfigError::Value {
            key,
            found: brief(found),
            expected: expected.to_owned(),
        })
    });
    read.transpose()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_file_says_is_taken_and_the_rest_stays_open() {
        // As Qwen2.5-0.5B-Instruct has it.
        let qwen = json!({
            "do_sample": true, "temperature": 0.7, "top_p": 0.8, "top_k": 20, "repetition_penalty": 1.1,
            "eos_token_id": [151_645, 151_643], "transformers_version": "4.37.0",
        });
        let found = read(&qwen).unwrap();
        assert_eq!((found.temperature, found.min_p), (Some(0.7), None));
        assert_eq!(
            found.to_string(),
            "temperature 0.7, top_k 20, top_p 0.8, repetition_penalty 1.1"
        );
        for nothing in [json!(null), json!({"top_p": null, "eos_token_id": 2})] {
            assert_eq!(read(&nothing).unwrap(), GenerationConfig::default());
        }
    }

    #[test]
    fn without_sampling_the_likeliest_token_is_taken() {
        let greedy = read(&json!({"do_sample": false, "temperature": 0.7})).unwrap();
        assert_eq!(greedy.temperature, Some(0.0));
        let open = read(&json!({"temperature": 0.7})).unwrap();
        assert_eq!(open.temperature, Some(0.7));
    }

    #[test]
    fn what_is_no_number_is_told_with_its_key() {
        for (file, told) in [
            (
                json!({"temperature": "hot"}),
                "`temperature` is \"hot\", but must be a number",
            ),
            (
                json!({"top_k": 2.5}),
                "`top_k` is 2.5, but must be a whole number",
            ),
            (
                json!({"do_sample": 1}),
                "`do_sample` is 1, but must be true or false",
            ),
        ] {
            assert_eq!(read(&file).unwrap_err().to_string(), told);
        }
    }
}
