//! Tokenizers and chat templates against transformers (tests/golden/make_tokenizer.py).

use std::collections::HashMap;
use std::fs;

use pure_model::{Error, Message, Tokenizer};
use serde::Deserialize;
use tempfile::TempDir;

use crate::golden::folder;

/// What transformers says of a folder's tokenizer. A set of cases may lack any of it.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Cases {
    vocab_size: Option<usize>,
    special_ids: HashMap<String, u32>,
    eos_token: Option<String>,
    pad_token: Option<String>,
    tokens_ending_in_double_newline: Option<Vec<Token>>,
    encodings: Vec<Encoding>,
    random_decodes: Vec<Decoding>,
    chat_prompts: Vec<Chat>,
    refused_chats: Vec<Chat>,
}

#[derive(Deserialize)]
struct Token {
    id: u32,
    text: String,
}

#[derive(Deserialize)]
struct Encoding {
    text: String,
    tokens: Vec<String>,
    offsets: Vec<(usize, usize)>,
    #[serde(flatten)]
    decoding: Decoding,
}

#[derive(Deserialize)]
struct Decoding {
    ids: Vec<u32>,
    decode: String,
    decode_skip_special: String,
}

/// A conversation with its text and tokens, or with the words that refuse it.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Chat {
    messages: Vec<Message>,
    add_generation_prompt: bool,
    text: String,
    ids: Vec<u32>,
    error: String,
}

fn for_each_folder(test: impl Fn(&Tokenizer, &Cases)) {
    let plain = folder(&["tokenizer"]);
    let with_bos = plain.with_file_name("tokenizer_bos");
    for folder in [plain, with_bos].iter().filter(|folder| folder.is_dir()) {
        let cases = fs::read(folder.join("cases.json")).unwrap();
        let cases = serde_json::from_slice(&cases).unwrap();
        test(&Tokenizer::load(folder).unwrap(), &cases);
    }
}

#[test]
fn every_text_encodes_as_transformers_does() {
    for_each_folder(|tokenizer, cases| {
        for case in &cases.encodings {
            let text = case.text.as_str();
            let ids = tokenizer.encode(text, true).unwrap();
            assert_eq!(ids, case.decoding.ids, "{text:?}");
            let encoding = tokenizer.inner().encode_char_offsets(text, true).unwrap();
            assert_eq!(encoding.get_tokens(), case.tokens, "{text:?}");
            assert_eq!(encoding.get_offsets(), case.offsets, "{text:?}");
        }
    });
}

#[test]
fn every_token_sequence_decodes_as_transformers_does() {
    for_each_folder(|tokenizer, cases| {
        let encoded = cases.encodings.iter().map(|case| &case.decoding);
        for case in encoded.chain(&cases.random_decodes) {
            let (ids, skipped) = (&case.ids, &case.decode_skip_special);
            assert_eq!(tokenizer.decode(ids, false), case.decode, "{ids:?}");
            assert_eq!(&tokenizer.decode(ids, true), skipped, "{ids:?}");
        }
    });
}

#[test]
fn the_vocabulary_and_its_special_tokens_are_those_of_transformers() {
    for_each_folder(|tokenizer, cases| {
        let size = tokenizer.vocab_size();
        assert_eq!(size, cases.vocab_size.unwrap_or(size));
        for (token, id) in &cases.special_ids {
            assert_eq!(tokenizer.encode(token, false).unwrap(), [*id], "{token}");
        }
        if let Some(token) = &cases.eos_token {
            assert_eq!(tokenizer.eos_token(), Some(cases.special_ids[token]));
        }
        if let Some(token) = &cases.pad_token {
            assert_eq!(tokenizer.pad_token(), Some(cases.special_ids[token]));
        }
    });
}

#[test]
fn the_tokens_that_end_in_a_blank_line_are_found_by_decoding_each() {
    for_each_folder(|tokenizer, cases| {
        for expected in cases.tokens_ending_in_double_newline.as_slice() {
            let size = u32::try_from(tokenizer.vocab_size()).unwrap();
            let tokens = (0..size).map(|id| (id, tokenizer.decode(&[id], false)));
            let found = tokens.filter(|(_, text)| text.ends_with("\n\n"));
            let expected = expected.iter().map(|token| (token.id, token.text.clone()));
            assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        }
    });
}

#[test]
fn every_chat_is_rendered_or_refused_as_transformers_does_it() {
    for_each_folder(|tokenizer, cases| {
        for case in &cases.chat_prompts {
            let text = tokenizer.render_chat(&case.messages, case.add_generation_prompt);
            assert_eq!(text.unwrap(), case.text);
            let ids = tokenizer.encode(&case.text, false).unwrap();
            assert_eq!(ids, case.ids, "{}", case.text);
        }
        for case in &cases.refused_chats {
            let text = tokenizer.render_chat(&case.messages, case.add_generation_prompt);
            assert_error(text, "chat_template.jinja", &case.error);
        }
    });
}

/// A folder with a good tokenizer.json and the given files, which may replace it.
fn folder_with(files: &[(&str, &str)]) -> TempDir {
    let made = TempDir::new().unwrap();
    let good = fs::read_to_string(folder(&["tokenizer"]).join("tokenizer.json")).unwrap();
    for (name, content) in [&[("tokenizer.json", good.as_str())], files].concat() {
        fs::write(made.path().join(name), content).unwrap();
    }
    made
}

fn assert_error<T>(result: Result<T, Error>, file: &str, reason: &str) {
    let error = result.err().expect("this cannot work").to_string();
    assert!(error.contains(file), "{error:?} does not name {file}");
    assert!(error.contains(reason), "{error:?} does not say {reason:?}");
}

#[test]
fn a_missing_or_broken_file_is_an_error_that_names_it() {
    let missing = Tokenizer::load(TempDir::new().unwrap().path());
    assert_error(missing, "tokenizer.json", "cannot read");

    for (file, content, reason) in [
        ("tokenizer.json", r#"{"version": "#, "line 1"),
        ("tokenizer.json", r#"{"model": {"type": "Abacus"}}"#, ""),
        ("tokenizer_config.json", r#"{"eos_token": "#, "line 1"),
    ] {
        let folder = folder_with(&[(file, content)]);
        assert_error(Tokenizer::load(folder.path()), file, reason);
    }
}

#[test]
fn a_broken_template_is_an_error_for_those_who_render_it() {
    let in_config = ("tokenizer_config.json", r#"{"chat_template": "{% if %}"}"#);
    let own_file = ("chat_template.jinja", "\n{% for %}");
    for broken in [in_config, own_file] {
        let tokenizer = Tokenizer::load(folder_with(&[broken]).path()).unwrap();
        assert_error(tokenizer.render_chat(&[], false), broken.0, "syntax error");
    }
}

#[test]
fn a_chat_without_a_template_is_an_error_that_names_the_file() {
    for files in [&[][..], &[("tokenizer_config.json", "{}")]] {
        let tokenizer = Tokenizer::load(folder_with(files).path()).unwrap();
        let text = tokenizer.render_chat(&[Message::new("user", "Hi")], true);
        assert_error(text, "tokenizer_config.json", "chat_template");
    }
}

#[test]
fn a_template_is_found_in_all_its_places() {
    let config = "tokenizer_config.json";
    let plain = r#"{"chat_template": "plain {{ eos_token }}", "eos_token": {"content": "é"}}"#;
    let listed = r#"{"chat_template": [{"name": "default", "template": "listed"}]}"#;
    for (files, expected) in [
        (&[(config, plain)][..], "plain é"),
        (&[(config, listed)], "listed"),
        (&[(config, plain), ("chat_template.jinja", "own")], "own"),
    ] {
        let tokenizer = Tokenizer::load(folder_with(files).path()).unwrap();
        assert_eq!(tokenizer.render_chat(&[], false).unwrap(), expected);
    }
}
