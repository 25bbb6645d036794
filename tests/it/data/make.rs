//! `pure data make`: what it says, what it writes, and what it leaves alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use pure::model::{Message, Tokenizer};
use pure::task::chain::{END_TOKEN, SEPARATOR, vocabulary};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{check, said};
use crate::command_line::{err, out, records, run};

const SMALL: [&str; 6] = [
    "--train=30",
    "--held-out=10",
    "--others=5",
    "--sft=40",
    "--trunk=20",
    "--steps=50",
];

fn make(folder: &Path, options: &[&str]) -> Output {
    let folder = folder.to_str().unwrap();
    run(&[&["data", "make", "--out", folder][..], &SMALL, options].concat())
}

/// Every file under a folder with its bytes.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let name = PathBuf::from(path.file_name().unwrap());
            let inner = contents(&path).into_iter();
            files.extend(inner.map(|(inner, bytes)| (name.join(inner), bytes)));
        } else {
            let bytes = fs::read(&path).unwrap();
            files.insert(PathBuf::from(path.file_name().unwrap()), bytes);
        }
    }
    files
}

#[test]
fn what_is_made_is_told_and_is_good() {
    let folder = TempDir::new().unwrap();
    // A folder that is there, but empty, is as good as none.
    let made = make(folder.path(), &["--json"]);
    assert!(made.status.success(), "{}", err(&made));
    let made = &records(&made)[0];
    assert_eq!((&made["level"], &made["seed"]), (&json!("base"), &json!(0)));
    let told = made["records"].as_object().unwrap();
    for (name, lines) in [
        ("train.jsonl", 30),
        ("held_out.jsonl", 10),
        ("nested.jsonl", 5),
        ("sft.jsonl", 40),
        ("trunk.jsonl", 20),
        ("steps.jsonl", 50),
    ] {
        let text = fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(text.lines().count(), lines, "{name}");
        assert_eq!(told[name], lines, "{name}");
    }
    let checked = check(&folder.path().join("steps.jsonl"), &["--json"]);
    assert!(checked.status.success(), "{}", err(&checked));
    let checked = &records(&checked)[0];
    assert_eq!(
        (&checked["answers"], &checked["bad_records"]),
        (&json!(50), &json!(0))
    );
}

#[test]
fn the_same_seed_makes_the_same_bytes_and_another_makes_others() {
    let made = |options: &[&str]| {
        let folder = TempDir::new().unwrap();
        let inner = folder.path().join("new/data");
        let output = make(&inner, options);
        assert!(output.status.success(), "{}", err(&output));
        for name in ["steps.jsonl", "tokenizer/", "data.json"] {
            assert!(out(&output).contains(name), "{}", out(&output));
        }
        contents(&inner)
    };
    let first = made(&["--seed", "3"]);
    assert_eq!(first, made(&["--seed", "3"]));
    let (other, wide) = (
        made(&["--seed", "4"]),
        made(&["--seed", "3", "--level", "wide"]),
    );
    for name in ["train.jsonl", "sft.jsonl", "steps.jsonl"].map(Path::new) {
        assert_ne!(first[name], other[name], "{}", name.display());
        assert_ne!(first[name], wide[name], "{}", name.display());
    }
    assert!(wide.contains_key(Path::new("base.jsonl")));
}

#[test]
fn a_folder_that_holds_something_is_left_alone_unless_forced() {
    let folder = TempDir::new().unwrap();
    let note = folder.path().join("note.txt");
    fs::write(&note, "mine").unwrap();
    let refused = make(folder.path(), &[]);
    assert_eq!(refused.status.code(), Some(1));
    let message = said(&refused);
    assert!(
        message.contains("already holds something") && message.contains("--force"),
        "{message}"
    );
    assert_eq!(contents(folder.path()).len(), 1);

    assert!(make(folder.path(), &["--force"]).status.success());
    let first = contents(folder.path());
    assert!(make(folder.path(), &["--force"]).status.success());
    assert_eq!(contents(folder.path()), first);
    assert_eq!(fs::read_to_string(&note).unwrap(), "mine");

    let refused = make(&note, &[]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("note.txt"), "{}", said(&refused));
}

#[test]
fn the_tokenizer_that_is_made_is_loaded_and_its_chat_template_renders_the_prompt() {
    let folder = TempDir::new().unwrap();
    assert!(make(folder.path(), &[]).status.success());
    let tokenizer = Tokenizer::load(folder.path().join("tokenizer")).unwrap();
    let words = vocabulary();
    let id = |token: &str| {
        (0..)
            .zip(&words)
            .find(|(_, word)| *word == token)
            .map(|(id, _)| id)
    };
    assert_eq!(tokenizer.vocab_size(), words.len());
    assert_eq!(tokenizer.eos_token(), id(END_TOKEN));

    let sft = fs::read_to_string(folder.path().join("sft.jsonl")).unwrap();
    for line in sft.lines() {
        let example: Value = serde_json::from_str(line).unwrap();
        let (prompt, completion) = (
            example["prompt"].as_str().unwrap(),
            example["completion"].as_str().unwrap(),
        );
        let chat = tokenizer
            .render_chat(&[Message::new("user", prompt)], true)
            .unwrap();
        assert_eq!(chat, prompt);
        let tokens = tokenizer.encode(completion, false).unwrap();
        assert_eq!(tokenizer.decode(&tokens, false), completion);
        let separators = tokens.iter().filter(|&&token| Some(token) == id(SEPARATOR));
        assert_eq!(separators.count(), completion.matches(SEPARATOR).count());
    }
}
