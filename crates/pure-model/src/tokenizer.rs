//! Text to tokens and back, with the conventions that a model's folder brings along.
//!
//! The tokenizer itself is Hugging Face's crate (regular expressions in pure Rust), reading
//! `tokenizer.json`. `tokenizer_config.json` beside it names the special tokens and holds the chat
//! template; newer folders keep the template in `chat_template.jinja`, older ones name their special
//! tokens in `special_tokens_map.json`.
//!
//! Departures: `clean_up_tokenization_spaces`, which takes spaces before punctuation out of decoded
//! text, is not followed. The text of tokens is their text, so that a part of a response can be
//! found again in the whole. Nor are `padding` and `truncation` of the file: a text is what it is.
//!
//! The crate panics at files that describe what cannot be done, when it reads them or at their first
//! use or later: here these are errors.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::Error;
use crate::chat::{ChatTemplate, Message};
use crate::json::read_json_if_there;
use crate::panics::caught;

/// Bytes of the largest file that is read: large vocabularies are some thirty megabytes.
const LARGEST: u64 = 64 << 20;

/// The names under which `tokenizer_config.json` and templates know special tokens.
const SPECIAL: [&str; 4] = ["bos_token", "eos_token", "pad_token", "unk_token"];

/// A tokenizer with its special tokens and chat template.
#[derive(Debug)]
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    special: Map<String, Value>,
    template: Option<ChatTemplate>,
    path: PathBuf,
    config_path: PathBuf,
}

impl Tokenizer {
    /// Reads the tokenizer of a model's folder.
    ///
    /// # Errors
    ///
    /// [`Error::File`] if there is none, [`Error::Tokenizer`] or [`Error::Json`] if it is broken.
    /// A broken chat template is an error when a chat is rendered.
    pub fn load(folder: impl AsRef<Path>) -> Result<Self, Error> {
        let folder = folder.as_ref();
        let path = folder.join("tokenizer.json");
        let text = pure_files::read_to_string(&path, LARGEST)?;
        let inner = parse(&text).map_err(|reason| Error::Tokenizer {
            path: path.clone(),
            reason,
        })?;

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
                &pure_files::read_to_string(&separate, LARGEST)?,
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
            path,
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
        encode(&self.inner, text, add_special_tokens).map_err(|reason| Error::Encode {
            path: self.path.clone(),
            reason,
        })
    }

    /// The text of tokens. Bytes that are no valid UTF-8 become U+FFFD, ids outside the vocabulary
    /// nothing. Tokens that the decoder of the file fails at, as no sound one does, become U+FFFD together.
    pub fn decode(&self, tokens: &[u32], skip_special_tokens: bool) -> String {
        decode(&self.inner, tokens, skip_special_tokens)
            .unwrap_or_else(|_| char::REPLACEMENT_CHARACTER.to_string())
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

    /// Whether conversations can be rendered.
    pub fn has_chat_template(&self) -> bool {
        self.template.is_some()
    }

    /// The token that begins a text, if the folder names one.
    pub fn bos_token(&self) -> Option<u32> {
        self.special_id("bos_token")
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

/// A tokenizer that has been tried out: much that a file gets wrong shows at its first use only.
fn parse(text: &str) -> Result<tokenizers::Tokenizer, String> {
    let parsed = caught(|| text.parse::<tokenizers::Tokenizer>());
    let mut tokenizer = or_words(parsed)?;
    tokenizer.with_padding(None);
    or_words(caught(|| tokenizer.with_truncation(None).map(|_| ())))?;
    // A text without any token that it knows is no fault of a tokenizer.
    caught(|| {
        tokenizer
            .encode_fast("Two words, 1 + 2.\n\n", true)
            .map(|_| ())
            .ok()
    })?;
    let vocabulary = 0..tokenizer.get_vocab_size(true) as u32;
    decode(&tokenizer, &vocabulary.collect::<Vec<_>>(), false)?;
    Ok(tokenizer)
}

fn encode(
    tokenizer: &tokenizers::Tokenizer,
    text: &str,
    add_special_tokens: bool,
) -> Result<Vec<u32>, String> {
    let encoding = or_words(caught(|| tokenizer.encode_fast(text, add_special_tokens)))?;
    Ok(encoding.get_ids().to_vec())
}

fn decode(
    tokenizer: &tokenizers::Tokenizer,
    tokens: &[u32],
    skip_special_tokens: bool,
) -> Result<String, String> {
    or_words(caught(|| tokenizer.decode(tokens, skip_special_tokens)))
}

/// An error, or a panic, in words.
fn or_words<T>(result: Result<tokenizers::Result<T>, String>) -> Result<T, String> {
    result?.map_err(|error| error.to_string())
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

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;
    use tempfile::TempDir;

    use super::*;

    /// A tokenizer of words with a turn's end and a text's end, and a template of chats.
    fn files() -> [Value; 2] {
        let special = |(id, content): (usize, &&str)| {
            json!({
                "id": id, "content": content, "single_word": false, "lstrip": false,
                "rstrip": false, "normalized": false, "special": true,
            })
        };
        let words = [
            "<|end|>",
            "<|turn|>",
            "<unk>",
            "user",
            "assistant",
            "hello",
            "42",
            "Q",
            "A",
        ];
        let vocabulary: Map<String, Value> = words
            .iter()
            .enumerate()
            .map(|(id, word)| ((*word).to_owned(), id.into()))
            .collect();
        let tokenizer = json!({
            "version": "1.0",
            "truncation": null,
            "padding": null,
            "added_tokens": words[..2].iter().enumerate().map(special).collect::<Vec<_>>(),
            "normalizer": null,
            "pre_tokenizer": {"type": "Whitespace"},
            "post_processor": null,
            "decoder": null,
            "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "<unk>"},
        });
        let template = "{% for m in messages %}{{ m.role }} {{ m.content }}<|turn|> {% endfor %}\
                        {% if add_generation_prompt %}assistant{% endif %}";
        [
            tokenizer,
            json!({"eos_token": "<|end|>", "chat_template": template}),
        ]
    }

    pub(crate) fn load_with(
        change: impl FnOnce(&mut Value, &mut Value),
    ) -> (TempDir, Result<Tokenizer, Error>) {
        let [mut tokenizer, mut config] = files();
        change(&mut tokenizer, &mut config);
        let folder = TempDir::new().unwrap();
        let write = |name, json: Value| std::fs::write(folder.path().join(name), json.to_string());
        write("tokenizer.json", tokenizer).unwrap();
        write("tokenizer_config.json", config).unwrap();
        let tokenizer = Tokenizer::load(folder.path());
        (folder, tokenizer)
    }

    #[test]
    fn what_the_tokenizers_crate_panics_at_is_an_error_with_the_files_name() {
        type Change = (&'static str, Value);
        let cases: [Change; 3] = [
            (
                "decoder",
                json!({"type": "Strip", "content": "A", "start": 0, "stop": 9}),
            ),
            ("pre_tokenizer", json!({"type": "FixedLength", "length": 0})),
            (
                "normalizer",
                json!({"type": "Precompiled", "precompiled_charsmap": "AAAA/w=="}),
            ),
        ];
        for (key, value) in cases {
            let (_folder, loaded) = load_with(|tokenizer, _| tokenizer[key] = value);
            let error = loaded.expect_err(key).to_string();
            assert!(error.contains("tokenizer.json"), "{key}: {error}");
        }
    }

    #[test]
    fn padding_and_truncation_of_the_file_are_not_followed() {
        let (_folder, loaded) = load_with(|tokenizer, _| {
            tokenizer["padding"] = json!({
                "strategy": {"Fixed": 1_u64 << 50}, "direction": "Right", "pad_to_multiple_of": 3,
                "pad_id": 0, "pad_type_id": 0, "pad_token": "<|end|>",
            });
            tokenizer["truncation"] = json!({
                "direction": "Right", "max_length": 0, "strategy": "LongestFirst", "stride": 1_u64 << 50,
            });
        });
        assert_eq!(loaded.unwrap().encode("hello hello", true).unwrap(), [5, 5]);
    }

    /// Every value in a JSON, by the path to it.
    fn paths(json: &Value, path: &str, all: &mut Vec<String>) {
        all.push(path.to_owned());
        let mut go = |key: &str, value| {
            let key = key.replace('~', "~0").replace('/', "~1");
            paths(value, &format!("{path}/{key}"), all);
        };
        match json {
            Value::Object(map) => map.iter().for_each(|(key, value)| go(key, value)),
            Value::Array(list) => {
                let some = list.iter().enumerate().take(4);
                some.for_each(|(index, value)| go(&index.to_string(), value));
            }
            _ => (),
        }
    }

    #[test]
    fn no_change_of_a_tokenizer_makes_it_panic() {
        let parts = [
            (
                "decoder",
                json!({"type": "Sequence", "decoders": [
                {"type": "Strip", "content": " ", "start": 1, "stop": 1},
                {"type": "Replace", "pattern": {"String": "a"}, "content": ""},
                {"type": "WordPiece", "prefix": "##", "cleanup": true}, {"type": "ByteFallback"},
                {"type": "Metaspace", "replacement": "_", "prepend_scheme": "always", "split": true}]}),
            ),
            (
                "normalizer",
                json!({"type": "Sequence", "normalizers": [
                {"type": "Prepend", "prepend": "x"}, {"type": "NFKC"},
                {"type": "Replace", "pattern": {"Regex": "a+"}, "content": "b"},
                {"type": "Strip", "strip_left": true, "strip_right": true}]}),
            ),
            (
                "pre_tokenizer",
                json!({"type": "Sequence", "pretokenizers": [
                {"type": "FixedLength", "length": 5}, {"type": "Punctuation", "behavior": "Isolated"},
                {"type": "Split", "pattern": {"Regex": "\\s"}, "behavior": "Removed", "invert": true}]}),
            ),
            (
                "post_processor",
                json!({"type": "TemplateProcessing",
                "single": [{"SpecialToken": {"id": "<|end|>", "type_id": 0}},
                           {"Sequence": {"id": "A", "type_id": 0}}],
                "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
                "special_tokens": {"<|end|>": {"id": "<|end|>", "ids": [0], "tokens": ["<|end|>"]}}}),
            ),
            (
                "model",
                json!({"type": "BPE", "dropout": null, "unk_token": "<unk>",
                "continuing_subword_prefix": "##", "end_of_word_suffix": "</w>", "fuse_unk": true,
                "byte_fallback": true, "ignore_merges": false,
                "vocab": {"<unk>": 0, "h": 1, "##e": 2, "he": 3, "l</w>": 4}, "merges": [["h", "##e"]]}),
            ),
            (
                "truncation",
                json!({"direction": "Right", "max_length": 5, "strategy": "LongestFirst",
                "stride": 1}),
            ),
            (
                "padding",
                json!({"strategy": {"Fixed": 7}, "direction": "Left", "pad_to_multiple_of": 8,
                "pad_id": 0, "pad_type_id": 0, "pad_token": "<|end|>"}),
            ),
        ];
        let strange = [
            json!(0),
            json!(-1),
            json!(1_u64 << 40),
            json!(u64::MAX),
            json!(1e300),
            json!(""),
            json!("é"),
            json!("long ".repeat(99)),
            Value::Null,
            json!([]),
            json!({}),
            json!(true),
            json!([[]]),
        ];
        // Or each panic is printed.
        crate::panics::install_hook();
        let (mut loaded, mut refused) = (0, 0);
        for (key, part) in parts {
            let mut places = Vec::new();
            paths(&part, "", &mut places);
            for place in places {
                for value in &strange {
                    let mut part = part.clone();
                    *part.pointer_mut(&place).unwrap() = value.clone();
                    let (_folder, tokenizer) = load_with(|tokenizer, _| tokenizer[key] = part);
                    let Ok(tokenizer) = tokenizer else {
                        refused += 1;
                        continue;
                    };
                    loaded += 1;
                    for text in [
                        "",
                        "hello 42 hé\u{0}",
                        "<|end|> x<|turn|>",
                        &"a ".repeat(50),
                    ] {
                        let tokens = tokenizer.encode(text, true).unwrap_or_default();
                        tokenizer.decode(&tokens, false);
                        tokenizer.decode(&tokens, true);
                    }
                }
            }
        }
        assert!(loaded > 100 && refused > 100, "{loaded} {refused}");
    }
}
