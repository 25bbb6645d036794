//! Which tokens end an answer: one rule for what is taught and for where sampling stops.
//!
//! | | |
//! | --- | --- |
//! | taught | what the chat template puts behind an answer, if it is a special token and prompts go through the template; else `eos_token` of the tokenizer; else the first of those below |
//! | stopped at | `eos_token_id` of `generation_config.json`; else that of `config.json`; and always the token that is taught |
//!
//! `generation_config.json` goes before `config.json`, for a model that was tuned to answer ends
//! otherwise than the one it was made of. The token that is taught is always among those that sampling
//! stops at: else a model would learn to end its answers, and be made to go on.

use std::path::Path;

use serde_json::Value;

use crate::companions::GENERATION_CONFIG;
use crate::json::read_json_if_there;
use crate::{Checkpoint, Error, PromptEncoder};

/// The tokens that end an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndTokens {
    /// The one that training puts behind an answer.
    pub taught: u32,
    /// Those that sampling stops at, without repetition; `taught` is one of them.
    pub stops: Vec<u32>,
}

impl Checkpoint {
    /// The tokens that end an answer to prompts as `prompts` encodes them.
    ///
    /// # Errors
    ///
    /// [`Error::NoEndToken`] if neither tokenizer nor folder names one; if `generation_config.json` is
    /// there and broken.
    pub fn ends(&self, prompts: &PromptEncoder<'_>) -> Result<EndTokens, Error> {
        let stops = self.stops(Some(prompts))?;
        let taught = prompts.end_of_answer().or(stops.first().copied());
        let taught = taught.ok_or_else(|| Error::NoEndToken {
            path: self.folder().to_owned(),
        })?;
        Ok(EndTokens { taught, stops })
    }

    /// The tokens that sampling stops at, without repetition: none, if neither folder nor tokenizer names one.
    /// Without a tokenizer those that the folder names.
    ///
    /// # Errors
    ///
    /// If `generation_config.json` is there and broken.
    pub fn stops(&self, prompts: Option<&PromptEncoder<'_>>) -> Result<Vec<u32>, Error> {
        let mut stops = of_generation(&self.file(GENERATION_CONFIG))?;
        if stops.is_empty() {
            stops.clone_from(&self.config().eos_token_ids);
        }
        stops.extend(prompts.and_then(PromptEncoder::end_of_answer));
        let mut seen = Vec::new();
        stops.retain(|token| {
            let is_new = !seen.contains(token);
            seen.push(*token);
            is_new
        });
        Ok(stops)
    }
}

fn of_generation(path: &Path) -> Result<Vec<u32>, Error> {
    const LARGEST: u64 = 1 << 20;
    let file = read_json_if_there(path, LARGEST)?;
    let one_or_many = match &file["eos_token_id"] {
        Value::Array(tokens) => tokens.as_slice(),
        token => std::slice::from_ref(token),
    };
    let token = |value: &Value| u32::try_from(value.as_u64()?).ok();
    Ok(one_or_many.iter().filter_map(token).collect())
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;
    use serde_json::json;

    use super::*;
    use crate::tokenizer::tests::load_with;
    use crate::{ModelConfig, Precision, PromptFormat};

    /// The rule's outcome for a model with such files. In the tokenizer 0 ends a text and 1 a turn.
    fn ends(
        of_config: &[u32],
        of_generation: Value,
        raw: bool,
        template: &str,
        eos: &str,
    ) -> EndTokens {
        let (folder, tokenizer) = load_with(|_, config| {
            *config = json!({"eos_token": eos, "chat_template": template});
        });
        let mut config = ModelConfig::small();
        config.eos_token_ids = of_config.to_vec();
        let model = config.init(&Device::flex());
        Checkpoint::create(folder.path(), &config, &model, Precision::F32).unwrap();
        let generation = json!({"eos_token_id": of_generation}).to_string();
        std::fs::write(folder.path().join(GENERATION_CONFIG), generation).unwrap();
        let format = PromptFormat {
            raw,
            template: None,
        };
        let tokenizer = tokenizer.unwrap();
        let checkpoint = Checkpoint::open(folder.path()).unwrap();
        let encoder = format.encoder(&tokenizer).unwrap();
        let ends = checkpoint.ends(&encoder).unwrap();
        assert_eq!(checkpoint.stops(Some(&encoder)).unwrap(), ends.stops);
        assert!(
            !checkpoint.stops(None).unwrap().contains(&ends.taught)
                || of_config.contains(&ends.taught)
        );
        ends
    }

    const CHAT: &str = "{% for m in messages %}{{ m.role }} {{ m.content }}<|turn|> {% endfor %}";

    #[test]
    fn what_is_taught_is_the_end_of_a_turn_and_sampling_stops_at_it() {
        for (of_config, of_generation, stops) in [
            (&[5][..], json!([6, 7, 6]), &[6, 7, 1][..]),
            (&[5], Value::Null, &[5, 1]),
            (&[5, 1], Value::Null, &[5, 1]),
            (&[], Value::Null, &[1]),
        ] {
            let ends = ends(of_config, of_generation, false, CHAT, "<|end|>");
            assert_eq!((ends.taught, ends.stops.as_slice()), (1, stops));
        }
    }

    #[test]
    fn without_an_end_of_turn_it_is_the_tokenizers_end_of_text_and_else_the_folders() {
        let raw = ends(&[5], Value::Null, true, CHAT, "<|end|>");
        assert_eq!((raw.taught, raw.stops), (0, vec![5, 0]));
        let plain = ends(
            &[5],
            Value::Null,
            false,
            "{{ messages[-1].content }}",
            "<|end|>",
        );
        assert_eq!(plain.taught, 0);
        let hidden = ends(
            &[5],
            Value::Null,
            false,
            "{{ messages[0].content }}",
            "<|end|>",
        );
        assert_eq!(hidden.taught, 0);
        let of_folder = ends(&[5, 6], Value::Null, true, CHAT, "unknown to the tokenizer");
        assert_eq!((of_folder.taught, of_folder.stops), (5, vec![5, 6]));
    }
}
