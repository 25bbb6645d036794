//! Folders that are no model: each is refused by an error that says what is wrong with which file,
//! never by a panic, and never after asking for much memory.

use std::fs;
use std::path::Path;

use burn::tensor::Device;
use pure::prm::StepTokens;
use pure_model::{Checkpoint, Error, Precision};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::allocation::largest_during;
use crate::golden::folder;

fn copy_of(model: &str) -> TempDir {
    let copy = TempDir::new().unwrap();
    for entry in fs::read_dir(folder(&["models"]).join(model)).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
    }
    copy
}

fn load(folder: &Path) -> Result<(), Error> {
    let checkpoint = Checkpoint::open(folder)?;
    checkpoint.load(&Device::flex(), Precision::F32).map(|_| ())
}

fn refusal(folder: &Path) -> String {
    load(folder).expect_err("this is no model").to_string()
}

/// The JSON header of a safetensors file and the bytes behind it.
fn split(bytes: &[u8]) -> (Value, &[u8]) {
    let size = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header = serde_json::from_slice(&bytes[8..8 + size]).unwrap();
    (header, &bytes[8 + size..])
}

fn join(header: &[u8], data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header, data].concat()
}

/// Changes the header of the only weight file of a copied model.
fn with_header(change: impl FnOnce(&mut Value)) -> TempDir {
    let copy = copy_of("qwen2_tied");
    let path = copy.path().join("model.safetensors");
    let bytes = fs::read(&path).unwrap();
    let (mut header, data) = split(&bytes);
    change(&mut header);
    fs::write(&path, join(header.to_string().as_bytes(), data)).unwrap();
    copy
}

fn with_config(key: &str, value: Value) -> TempDir {
    let copy = copy_of("qwen2_tied");
    let path = copy.path().join("config.json");
    let mut config: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    config[key] = value;
    fs::write(&path, config.to_string()).unwrap();
    copy
}

fn with_index(change: impl FnOnce(&mut Value)) -> TempDir {
    let copy = copy_of("qwen2_sharded");
    let path = copy.path().join("model.safetensors.index.json");
    let mut index = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut index);
    fs::write(&path, index.to_string()).unwrap();
    copy
}

fn assert_says(error: &str, words: &[&str]) {
    for word in words {
        assert!(error.contains(word), "{error:?} does not say {word:?}");
    }
}

#[test]
fn a_folder_without_a_model_says_which_file_it_lacks() {
    let empty = TempDir::new().unwrap();
    assert_says(&refusal(empty.path()), &["config.json"]);
    let copy = copy_of("qwen2_tied");
    fs::remove_file(copy.path().join("model.safetensors")).unwrap();
    assert_says(&refusal(copy.path()), &["model.safetensors"]);
}

#[test]
fn a_missing_tensor_is_named_with_the_shape_it_should_have() {
    let copy = with_header(|header| {
        let tensors = header.as_object_mut().unwrap();
        let norm = tensors.remove("model.norm.weight").unwrap();
        tensors.insert("model.norm.scale".to_owned(), norm);
    });
    let words = ["model.safetensors", "`model.norm.weight`", "[32]"];
    assert_says(&refusal(copy.path()), &words);
}

#[test]
fn an_unexpected_tensor_is_named_with_its_shape() {
    let copy = with_config("num_hidden_layers", json!(1));
    let words = ["model.safetensors", "`model.layers.1.", "no place for"];
    assert_says(&refusal(copy.path()), &words);
}

#[test]
fn a_tensor_of_another_shape_is_named_with_both_shapes() {
    let copy = with_config("intermediate_size", json!(60));
    let words = [
        "model.safetensors",
        "mlp.gate_proj.weight",
        "[56, 32]",
        "[60, 32]",
    ];
    assert_says(&refusal(copy.path()), &words);
}

#[test]
fn a_tensor_in_a_format_that_is_not_read_is_named_with_it() {
    let copy = with_header(|header| header["model.norm.weight"]["dtype"] = json!("I32"));
    assert_says(
        &refusal(copy.path()),
        &["model.safetensors", "model.norm.weight", "I32"],
    );
}

#[test]
fn a_truncated_file_is_told_by_the_bytes_it_lacks() {
    let copy = copy_of("qwen2_tied");
    let path = copy.path().join("model.safetensors");
    let bytes = fs::read(&path).unwrap();
    for length in [0, 5, 100, bytes.len() - 1] {
        fs::write(&path, &bytes[..length]).unwrap();
        assert_says(&refusal(copy.path()), &["model.safetensors"]);
    }
    let (found, expected) = ((bytes.len() - 1).to_string(), bytes.len().to_string());
    assert_says(&refusal(copy.path()), &[&found, &expected, "cut"]);
}

#[test]
fn an_index_that_contradicts_its_shards_is_refused() {
    let norm = "model.norm.weight";
    type Change<'a> = dyn Fn(&mut Value) + 'a;
    let cases: [(&Change, &[&str]); 4] = [
        (
            &|index| index["weight_map"][norm] = json!("../model.safetensors"),
            &["../model.safetensors"],
        ),
        (
            &|index| index["weight_map"][norm] = json!("model-00001-of-00005.safetensors"),
            &[norm],
        ),
        (
            &|index| index["weight_map"][norm] = json!("absent.safetensors"),
            &["absent.safetensors"],
        ),
        (
            &|index| {
                index["weight_map"].as_object_mut().unwrap().remove(norm);
            },
            &[norm, "does not list"],
        ),
    ];
    for (change, words) in cases {
        assert_says(&refusal(with_index(change).path()), words);
    }
    let not_an_index = with_index(|index| *index = json!({"weights": []}));
    assert_says(&refusal(not_an_index.path()), &["index.json", "weight_map"]);
}

#[test]
fn a_config_that_is_not_json_is_told_by_line() {
    let copy = copy_of("qwen2_tied");
    fs::write(copy.path().join("config.json"), "{\n  vocab_size: 3\n}").unwrap();
    assert_says(&refusal(copy.path()), &["config.json", "line 2"]);
}

#[test]
fn a_vocabulary_of_any_size_is_looked_through_as_far_as_the_tokenizer_knows_it() {
    let copy = copy_of("qwen2_tied");
    for entry in fs::read_dir(folder(&["tokenizer"])).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
    }
    let path = copy.path().join("config.json");
    let mut config: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    config["vocab_size"] = json!(1 << 24);
    fs::write(&path, config.to_string()).unwrap();
    let checkpoint = Checkpoint::open(copy.path()).unwrap();
    let tokenizer = checkpoint.tokenizer().map_err(|error| error.to_string());
    let mut separators = Vec::new();
    let largest = largest_during(|| {
        let ends = StepTokens::default().ends(&tokenizer, checkpoint.config().vocab_size);
        separators = ends.unwrap().separators().collect();
    });
    assert!(largest < MOST, "{largest} bytes");
    let text = |token: &u32| tokenizer.as_ref().unwrap().decode(&[*token], false);
    assert!(!separators.is_empty());
    assert!(
        separators
            .iter()
            .map(text)
            .all(|text| text.ends_with("\n\n"))
    );
}

/// The stream of numbers that chooses the damage.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

fn damage(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    const TOKENS: [&[u8]; 8] = [
        b"9999999999999999",
        b"-1",
        b"1e308",
        b"null",
        b"[]",
        b"{",
        b"\"\"",
        b"\xff\xfe",
    ];
    let mut bytes = bytes.to_vec();
    for _ in 0..=dice.below(3) {
        let at = dice.below(bytes.len());
        match dice.below(5) {
            0 => bytes[at] = dice.below(256) as u8,
            1 => bytes[at] ^= 1 << dice.below(8),
            2 => drop(bytes.drain(at..(at + 1 + dice.below(40)).min(bytes.len()))),
            3 => bytes.truncate(at),
            _ => {
                // In place of a number, where there is one behind.
                let digits = |b: &u8| b.is_ascii_digit();
                let start = at + bytes[at..].iter().position(digits).unwrap_or(0);
                let length = bytes[start..].iter().take_while(|b| digits(b)).count();
                let token = TOKENS[dice.below(TOKENS.len())];
                bytes.splice(start..start + length, token.iter().copied());
            }
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

const MOST: usize = 64 << 20;

#[test]
fn ten_thousand_damaged_configs_never_panic_or_ask_for_much() {
    let copy = copy_of("qwen2_tied");
    let path = copy.path().join("config.json");
    let good = fs::read(&path).unwrap();
    let mut dice = Dice(1);
    let mut refused = 0;
    for _ in 0..10_000 {
        let bad = damage(&good, &mut dice);
        fs::write(&path, &bad).unwrap();
        let mut result = Ok(());
        let largest = largest_during(|| result = load(copy.path()));
        assert!(
            largest < MOST,
            "{largest} bytes for {}",
            String::from_utf8_lossy(&bad)
        );
        refused += usize::from(result.is_err());
        if serde_json::from_slice::<Value>(&bad).is_err() {
            assert!(result.is_err(), "{}", String::from_utf8_lossy(&bad));
        }
    }
    assert!(
        refused > 5_000,
        "only {refused} were damaged enough to be refused"
    );
}

#[test]
fn ten_thousand_damaged_headers_are_refused_unless_they_still_say_the_same() {
    let copy = copy_of("qwen2_tied");
    let path = copy.path().join("model.safetensors");
    let good = fs::read(&path).unwrap();
    let (header, data) = split(&good);
    let text = good[8..good.len() - data.len()].to_vec();
    let tensors = |mut header: Value| {
        header
            .as_object_mut()
            .map(|tensors| tensors.remove("__metadata__"));
        header
    };
    let expected = tensors(header);
    let mut dice = Dice(2);
    for turn in 0..10_000 {
        // Now and then the length in front of the header is hit as well.
        let header = damage(&text, &mut dice);
        let mut file = join(&header, data);
        let hit_length = turn % 10 == 0;
        if hit_length {
            file[dice.below(8)] ^= 1 << dice.below(8);
        }
        fs::write(&path, &file).unwrap();
        let mut result = Ok(());
        let largest = largest_during(|| result = load(copy.path()));
        let said = String::from_utf8_lossy(&header);
        assert!(largest < MOST, "{largest} bytes for {said}");
        let same = serde_json::from_slice(&header).is_ok_and(|header| tensors(header) == expected);
        if hit_length || !same {
            assert!(result.is_err(), "{said}");
        }
    }
}
