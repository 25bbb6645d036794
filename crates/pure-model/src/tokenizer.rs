//! Text to tokens and back, with the conventions that a model's folder brings along.
//!
//! The tokenizer itself is Hugging Face's crate (regular expressions in pure Rust), reading
//! `tokenizer.json`. `tokenizer_config.json` beside it names the special tokens and holds the chat
//! template; newer folders keep the template in `chat_template.jinja`, older ones name their special
//! tokens in `special_tokens_map.json`.
//!
//! Departure: `clean_up_tokenization_spaces`, which takes spaces before punctuation out of decoded
//! text, is not followed. The text of tokens is their text, so that a part of a response can be
//! found again in the whole.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::Error;
use crate::chat::{ChatTemplate, Message};
use crate::error::{read_json_if_there, read_text};

/// Large vocabularies are some ten megabytes.
const LARGEST: u64 = 256 << 20;

/// The names under which `tokenizer_config.json` and templates know special tokens.
const SPECIAL: [&str; 4] = ["bos_token", "eos_token", "pad_token", "unk_token"];

/// A tokenizer with its special tokens and chat template.
#[derive(Debug)]
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    special: Map<String, Value>,
    template: Option<ChatTemplate>,
    config_path: PathBuf,
}

/// Texts of different lengths as rows of one width, pads in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftPadded {
    /// Tokens of each row.
    pub tokens: Vec<Vec<u32>>,
    /// How many of each row's last tokens are real.
    pub lengths: Vec<usize>,
}

impl Tokenizer {
    /// Reads the tokenizer of a model's folder.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if there is none, [`Error::Tokenizer`] or [`Error::Json`] if it is broken.
    /// A broken chat template is an error when a chat is rendered.
    pub fn load(folder: impl AsRef<Path>) -> Result<Self, Error> {
        let folder = folder.as_ref();
        let path = folder.join("tokenizer.json");
        let text = read_text(&path, LARGEST)?;
        let mut inner: tokenizers::Tokenizer =
            text.parse()
                .map_err(|error: tokenizers::Error| Error::Tokenizer {
                    path: path.clone(),
                    reason: error.to_string(),
                })?;
        // A folder may have been saved with truncation or padding switched on; here a text is what
        // it is.
        inner.with_padding(None);
        inner
            .with_truncation(None)
            .expect("no truncation is always possible");

        let config_path = folder.join("tokenizer_config.json");
        let config = read_json_if_there(&config_path, LARGEST)?;
        let older = read_json_if_there(&folder.join("special_tokens_map.json"), LARGEST)?;
        let special = SPECIAL.iter().filter_map(|name| {
            let named = |file: &Value| token_text(file.get(*name)?).map(str::to_owned);
            let token = named(&config).or_else(|| named(&older))?;
            Some(((*name).to_owned(), Value::from(token)))
        });
        let special = special.collect();
        let separate = folder.join("chat_template.jinja");
        let template = if separate.exists() {
            Some(ChatTemplate::new(
                &read_text(&separate, LARGEST)?,
                &separate,
            ))
        } else {
            let source = config.get("chat_template").and_then(template_text);
            source.map(|source| ChatTemplate::new(source, &config_path))
        };
        Ok(Self {
            inner,
            special,
            template,
            config_path,
        })
    }

    /// The tokens of a text. Special tokens written out in it are recognised.
    ///
    /// `add_special_tokens` lets the tokenizer put its own around the text, such as the first
    /// token of Llama's texts: right for plain text, wrong for a rendered chat, which has its own,
    /// and for a response that continues a prompt.
    ///
    /// # Errors
    ///
    /// [`Error::Encode`] if the tokenizer has no token for a part of the text.
    pub fn encode(&self, text: &str, add_special_tokens: bool) -> Result<Vec<u32>, Error> {
        self.inner
            .encode_fast(text, add_special_tokens)
            .map(|encoding| encoding.get_ids().to_vec())
            .map_err(|error| Error::Encode {
                reason: error.to_string(),
            })
    }

    /// The text of tokens. Bytes that are no valid UTF-8 become U+FFFD, ids outside the vocabulary
    /// nothing.
    pub fn decode(&self, tokens: &[u32], skip_special_tokens: bool) -> String {
        self.inner
            .decode(tokens, skip_special_tokens)
            .expect("byte-level and word decoders accept every sequence of tokens")
    }

    /// The tokens of several texts, filled up in front to the longest of them.
    ///
    /// # Errors
    ///
    /// As [`encode`](Self::encode).
    pub fn encode_left_padded(
        &self,
        texts: &[&str],
        add_special_tokens: bool,
    ) -> Result<LeftPadded, Error> {
        let rows: Vec<Vec<u32>> = texts
            .iter()
            .map(|text| self.encode(text, add_special_tokens))
            .collect::<Result<_, _>>()?;
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        let pad = self.pad_token().or(self.eos_token()).unwrap_or(0);
        let lengths = rows.iter().map(Vec::len).collect();
        let fill = |row: Vec<u32>| [vec![pad; width - row.len()], row].concat();
        Ok(LeftPadded {
            tokens: rows.into_iter().map(fill).collect(),
            lengths,
        })
    }

    /// The text of a conversation under the model's chat template, ready to be encoded.
    ///
    /// `add_generation_prompt` opens the turn that the model is to write.
    ///
    /// # Errors
    ///
    /// [`Error::NoChatTemplate`] if the model has none, [`Error::ChatTemplate`] if it refuses.
    pub fn render_chat(
        &self,
        messages: &[Message],
        add_generation_prompt: bool,
    ) -> Result<String, Error> {
        let template = self
            .template
            .as_ref()
            .ok_or_else(|| Error::NoChatTemplate {
                path: self.config_path.clone(),
            })?;
        template.render(messages, add_generation_prompt, &self.special)
    }

    /// The token that ends a turn, if the folder names one.
    pub fn eos_token(&self) -> Option<u32> {
        self.special_id("eos_token")
    }

    /// The token that fills short rows, if the folder names one.
    pub fn pad_token(&self) -> Option<u32> {
        self.special_id("pad_token")
    }

    /// Number of tokens, special ones included. A model's embedding may have more rows.
    pub fn vocab_size(&self) -> usize {
        self.inner.get_vocab_size(true)
    }

    /// Hugging Face's tokenizer, for all that has no name here.
    pub fn inner(&self) -> &tokenizers::Tokenizer {
        &self.inner
    }

    fn special_id(&self, name: &str) -> Option<u32> {
        self.inner.token_to_id(self.special.get(name)?.as_str()?)
    }
}

/// A special token is its text, or an object with its `content`.
fn token_text(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value.get("content")?.as_str())
}

/// A chat template is its text, or a list of named ones of which `default` is meant.
fn template_text(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| {
        let mut named = value.as_array()?.iter();
        named.find(|template| template["name"] == "default")?["template"].as_str()
    })
}
