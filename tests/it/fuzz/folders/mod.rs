//! Folders of models, one file of which is changed: shapes, headers and indices of weights, tokenizers, chat
//! templates. What can be opened is loaded, and its tokenizer and template are used.

mod files;
mod pieces;

use std::fs;
use std::path::Path;

use burn::tensor::Device;
use pure::model::{Checkpoint, Message, Precision, PromptFormat};
use pure::prm::{Layout, Marker, StepReader, StepTokens};

use self::files::File::{self, *};
use self::files::{Bases, good_folders};
use super::{program, try_inputs};

fn loads(folder: &Path) -> bool {
    let Ok(checkpoint) = Checkpoint::open(folder) else {
        return false;
    };
    let _ = checkpoint.stops(None);
    checkpoint.load(&Device::flex(), Precision::F32).is_ok()
}

/// Opens a tokenizer and uses all that it has.
fn speaks(folder: &Path) -> bool {
    let Ok(tokenizer) = pure::model::Tokenizer::load(folder) else {
        return false;
    };
    let mut tokens = Vec::new();
    let long = "a".repeat(2_000) + &" \n".repeat(500) + "<|im_end|>";
    for text in [
        "",
        "1 + 1 = 2.\n\nSo <|im_end|> é中😀\u{301}\0",
        "a b  c\t\n",
        &long,
    ] {
        for special in [false, true] {
            tokens.extend(tokenizer.encode(text, special).unwrap_or_default());
        }
    }
    tokens.extend([0, 1, 500, u32::MAX]);
    tokenizer.decode(&tokens, true);
    tokenizer.decode(&tokens, false);
    let messages = [
        Message::new("system", "Be \"brief\"."),
        Message::new("user", "1 + 1?\n"),
    ];
    let is_rendered = tokenizer.render_chat(&messages, true).is_ok();
    let prompts = PromptFormat::default();
    let encoder = prompts.encoder(&tokenizer).unwrap();
    let _ = encoder.text("1 + 1?");
    if let Ok(checkpoint) = Checkpoint::open(folder) {
        let _ = checkpoint.ends(&encoder);
    }
    is_rendered
}

/// Opens a reward model and what it reads.
fn judges(folder: &Path) -> bool {
    let Ok(checkpoint) = Checkpoint::open(folder) else {
        return false;
    };
    let tokens = StepTokens {
        marker: Marker::Id(0),
        ..StepTokens::default()
    };
    let _ = StepReader::of(&checkpoint, &StepTokens::default());
    let append = StepTokens {
        layout: Some(Layout::Append),
        ..StepTokens::default()
    };
    if let Ok(reader) = StepReader::of(&checkpoint, &append) {
        let _ = reader.text("1 + 1?", "It is 2.\n\n2");
        let _ = reader.tokens(vec![9, 50], vec![21, 40, 6]);
    }
    let read = StepReader::of(&checkpoint, &tokens).and_then(|reader| {
        let _ = reader.text("1 + 1?", "It is 2.\n\n2");
        reader.tokens(vec![9, 50], vec![21, 40, 6])
    });
    let _ = checkpoint.load(&Device::flex(), Precision::F32);
    let prm = checkpoint.load_prm(&Device::flex(), Precision::F32);
    read.is_ok() && prm.is_ok()
}

fn is_taken(root: &Path, file: File) -> bool {
    match file {
        Config | Header => loads(&root.join("lm")),
        Shard | Index => loads(&root.join("sharded")),
        PrmConfig | Taught => judges(&root.join("prm")),
        Generation | Tokenizer | TokenizerConfig | Template => speaks(&root.join("lm")),
    }
}

#[test]
fn changed_folders_of_models_are_opened_or_refused() {
    // Panics of a library that are turned into errors are not printed.
    pure::model::guard_devices();
    let root = good_folders();
    let bases = Bases::of(root.path());
    for file in [Config, PrmConfig, Taught, Index, Tokenizer] {
        assert!(is_taken(root.path(), file), "{file:?}");
    }
    let good = bases.files.clone();
    try_inputs(
        3_000,
        move |number| bases.input(number),
        move |number, input| {
            let path = root.path().join(input.file.path());
            fs::write(&path, &input.bytes).unwrap();
            let is_taken = is_taken(root.path(), input.file);
            if number % 64 == 0 {
                program::takes(&["info", "--model", path.parent().unwrap().to_str().unwrap()]);
            }
            match good.get(&input.file) {
                Some(bytes) => fs::write(&path, bytes).unwrap(),
                None => fs::remove_file(&path).unwrap(),
            }
            is_taken
        },
    );
    #[cfg(target_os = "linux")]
    if std::env::var_os("PURE_FUZZ").is_some() {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let peak = status
            .lines()
            .find(|line| line.starts_with("VmHWM:"))
            .unwrap();
        println!("the whole process at most: {peak}");
    }
}
