//! The files of models, good ones and changed ones.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::super::dice::Dice;
use super::super::{json, text};
use super::pieces::{JINJA, PIECES, parts};
use crate::golden::folder;

/// The files that can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum File {
    Config,
    PrmConfig,
    Taught,
    Generation,
    Header,
    Shard,
    Index,
    Tokenizer,
    TokenizerConfig,
    Template,
}

use File::*;

impl File {
    pub fn path(self) -> &'static str {
        match self {
            Config => "lm/config.json",
            PrmConfig => "prm/config.json",
            Taught => "prm/prm.json",
            Generation => "lm/generation_config.json",
            Header => "lm/model.safetensors",
            Shard => "sharded/model-00001-of-00005.safetensors",
            Index => "sharded/model.safetensors.index.json",
            Tokenizer => "lm/tokenizer.json",
            TokenizerConfig => "lm/tokenizer_config.json",
            Template => "lm/chat_template.jinja",
        }
    }
}

/// A file and what is in it.
pub struct Input {
    pub file: File,
    pub bytes: Vec<u8>,
}

impl Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = String::from_utf8_lossy(&self.bytes);
        write!(f, "{}:\n{text}", self.file.path())
    }
}

/// A language model with a tokenizer, one in shards, a reward model.
pub fn good_folders() -> TempDir {
    let root = TempDir::new().unwrap();
    for (to, from) in [
        ("lm", &["models", "qwen2_tied"]),
        ("sharded", &["models", "qwen2_sharded"]),
        ("prm", &["prm", "mlp_head"]),
    ] {
        fs::create_dir(root.path().join(to)).unwrap();
        copy(&folder(&from[..1]).join(from[1]), &root.path().join(to));
    }
    for to in ["lm", "prm"] {
        copy(&folder(&["tokenizer"]), &root.path().join(to));
    }
    let taught = json!({"marker": "\n", "prompt": {"raw": true, "template": "Q: {prompt}"}});
    fs::write(root.path().join(Taught.path()), taught.to_string()).unwrap();
    root
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

/// What is changed, file by file.
pub struct Bases {
    pub files: BTreeMap<File, Vec<u8>>,
    tokenizers: Vec<Value>,
    templates: Vec<String>,
}

impl Bases {
    pub fn of(root: &Path) -> Self {
        let files = [
            Config,
            PrmConfig,
            Taught,
            Generation,
            Header,
            Shard,
            Index,
            Tokenizer,
            TokenizerConfig,
        ];
        let files = files.map(|file| (file, fs::read(root.join(file.path())).unwrap()));
        let other = folder(&["tokenizer_bos"]);
        let parse = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap();
        let files = BTreeMap::from(files);
        let named = parse(&files[&TokenizerConfig]);
        Self {
            tokenizers: vec![
                parse(&files[&Tokenizer]),
                parse(&fs::read(other.join("tokenizer.json")).unwrap()),
            ],
            templates: vec![
                named["chat_template"].as_str().unwrap().to_owned(),
                fs::read_to_string(other.join("chat_template.jinja")).unwrap(),
                "{% for m in messages %}{{ m.role ~ ': ' ~ m.content | trim }}\n{% endfor %}"
                    .to_owned(),
            ],
            files,
        }
    }

    pub fn input(&self, number: u64) -> Input {
        const FILES: [File; 14] = [
            Config,
            Config,
            PrmConfig,
            Taught,
            Generation,
            Header,
            Header,
            Shard,
            Index,
            Tokenizer,
            Tokenizer,
            TokenizerConfig,
            Template,
            Template,
        ];
        let mut dice = Dice(number);
        let file = *dice.pick(&FILES);
        let bytes = match file {
            Template => text::changed(&mut dice, &self.templates, &JINJA),
            Tokenizer => {
                let base = dice.pick(&self.tokenizers).clone();
                tokenizer(&mut dice, base)
            }
            Header | Shard => {
                let whole = &self.files[&file];
                let size = u64::from_le_bytes(whole[..8].try_into().unwrap()) as usize;
                let header = document(&mut dice, &whole[8..8 + size]);
                let mut length = (header.len() as u64).to_le_bytes().to_vec();
                if dice.one_in(20) {
                    text::damage(&mut dice, &mut length);
                }
                [&length[..], &header, &whole[8 + size..]].concat()
            }
            _ => document(&mut dice, &self.files[&file]),
        };
        Input { file, bytes }
    }
}

/// JSON of which values are changed, or text.
fn document(dice: &mut Dice, bytes: &[u8]) -> Vec<u8> {
    if dice.one_in(4) {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        return text::changed(dice, &[text], &PIECES);
    }
    let mut tree = serde_json::from_slice(bytes).unwrap();
    json::change(
        dice,
        &mut tree,
        &[json!(1 << 24), json!([[0]]), json!({"type": "x"})],
    );
    tree.to_string().into_bytes()
}

/// A tokenizer whose parts, as often as its words, are changed.
fn tokenizer(dice: &mut Dice, mut tree: Value) -> Vec<u8> {
    const PARTS: [&str; 8] = [
        "normalizer",
        "pre_tokenizer",
        "post_processor",
        "decoder",
        "model",
        "padding",
        "truncation",
        "added_tokens",
    ];
    let parts = parts();
    for _ in 0..1 + dice.below(2) {
        let part = tree.get_mut(*dice.pick(&PARTS));
        match (part, dice.below(4)) {
            (Some(part), 0) => *part = dice.pick(&parts).clone(),
            (Some(part), 1..=2) => json::change(dice, part, &parts),
            _ => json::change(dice, &mut tree, &parts),
        }
    }
    let mut bytes = tree.to_string().into_bytes();
    if dice.one_in(20) {
        text::damage(dice, &mut bytes);
    }
    bytes
}
