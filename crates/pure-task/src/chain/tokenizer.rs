//! A tokenizer folder for the task, as Hugging Face's libraries read it.
//!
//! A word-level model over the closed vocabulary; a text is cut by one regular expression, and
//! decoding puts the words together again without anything between them. So decoding what was
//! encoded gives the text back, exactly. There is no token for unknown text: a text that is not of
//! the task is refused, not mangled.
//!
//! The chat template gives the last message of the user and nothing else, so that a prompt is the
//! same tokens as a chat and as plain text.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::vocabulary::{END_TOKEN, PAD_TOKEN, PATTERN, vocabulary};
use crate::Error;

const CHAT_TEMPLATE: &str = "{% set asked = messages | selectattr('role', 'equalto', 'user') | list %}{{ asked[-1]['content'] }}";

/// Writes the tokenizer's folder, each file whole or not at all.
///
/// # Errors
///
/// [`Error::File`] if a file cannot be written.
pub fn write_tokenizer(folder: &Path) -> Result<(), Error> {
    pure_files::create_folder(folder)?;
    for (name, value) in [
        ("tokenizer.json", tokenizer()),
        ("tokenizer_config.json", tokenizer_config()),
    ] {
        pure_files::write(folder.join(name), format!("{value:#}\n"))?;
    }
    Ok(())
}

fn tokenizer() -> Value {
    let words = vocabulary().into_iter().enumerate();
    let ids: Map<String, Value> = words.map(|(id, word)| (word, id.into())).collect();
    let special = [END_TOKEN, PAD_TOKEN].map(|token| {
        json!({
            "id": ids[token], "content": token, "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": false, "special": true,
        })
    });
    json!({
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": special,
        "normalizer": null,
        "pre_tokenizer": {
            "type": "Split", "pattern": {"Regex": PATTERN}, "behavior": "Isolated", "invert": false,
        },
        "post_processor": null,
        "decoder": {"type": "Fuse"},
        // A token that there is not: unknown text is an error.
        "model": {"type": "WordLevel", "vocab": ids, "unk_token": "<|unknown|>"},
    })
}

fn tokenizer_config() -> Value {
    json!({
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": END_TOKEN,
        "pad_token": PAD_TOKEN,
        "clean_up_tokenization_spaces": false,
        "chat_template": CHAT_TEMPLATE,
    })
}
