//! `pure init` and `pure info`: what a model is, and what is no model.

use std::fs;
use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

use crate::command_line::{err, out, records, run, text, tiny};
use crate::golden::Arrays;

#[test]
fn a_value_of_any_length_in_a_config_is_refused_in_few_words() {
    let folder = TempDir::new().unwrap();
    let config = json!({"model_type": "x".repeat(400_000)}).to_string();
    fs::write(folder.path().join("config.json"), config).unwrap();
    let output = run(&["info", "--model", text(folder.path())]);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    assert!(err(&output).len() < 5000 && err(&output).contains("xxx"));
}

#[test]
fn memory_for_any_number_of_texts_is_told() {
    let model = tiny();
    let arguments = [
        "info",
        "--model",
        text(&model),
        "--batch",
        "1000000",
        "--length",
        "100000000",
    ];
    let output = run(&arguments);
    assert!(output.status.success(), "{}", err(&output));
}

#[test]
fn a_model_that_no_memory_holds_is_not_begun() {
    let folder = TempDir::new().unwrap();
    let config = folder.path().join("config.json");
    let sizes = json!({
        "model_type": "qwen2", "vocab_size": 1 << 24, "hidden_size": 1 << 24,
        "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1,
        "num_key_value_heads": 1, "head_dim": 8, "max_position_embeddings": 8, "rope_theta": 1e4,
    });
    fs::write(&config, sizes.to_string()).unwrap();
    let model = folder.path().join("model");
    let output = run(&["init", "--config", text(&config), "--output", text(&model)]);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    assert!(err(&output).contains("parameters"), "{}", err(&output));
    assert!(!model.exists());
}

#[test]
fn info_counts_what_the_model_holds() {
    let model = tiny();
    let record = &records(&run(&["info", "--model", text(&model), "--json"]))[0];
    let stored = Arrays::read(&model.join("model.safetensors"));
    let parameters: usize = stored
        .names()
        .iter()
        .map(|name| stored.floats(name).0.len())
        .sum();
    assert_eq!(record["parameters"], parameters);
    assert_eq!(record["config"]["model_type"], "qwen2");
    assert_eq!(record["memory"]["inference_f32"]["weights"], 4 * parameters);
    let table = out(&run(&["info", "--model", text(&model)]));
    assert!(
        table.contains("qwen2") && table.contains("training, f32"),
        "{table}"
    );
}

#[test]
fn a_folder_that_is_no_model_is_told_with_the_file_and_key_at_fault() {
    let folder = TempDir::new().unwrap();
    let config = fs::read_to_string(tiny().join("config.json")).unwrap();
    let config = config.replace("\"silu\"", "\"gelu\"");
    fs::write(folder.path().join("config.json"), config).unwrap();
    let output = run(&["info", "--model", text(folder.path())]);
    assert_eq!(output.status.code(), Some(1));
    for word in ["config.json", "`hidden_act` is `gelu`", "silu"] {
        assert!(err(&output).contains(word), "{word}: {}", err(&output));
    }
}

#[test]
fn a_made_model_can_be_looked_at_and_is_not_overwritten() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = TempDir::new().unwrap();
    let (config, made) = (root.join("configs/tiny.json"), folder.path().join("tiny"));
    let arguments = ["init", "--config", text(&config), "--output", text(&made)];
    assert!(run(&arguments).status.success());
    assert!(run(&["info", "--model", text(&made)]).status.success());
    let again = run(&arguments);
    assert_eq!(again.status.code(), Some(1));
    assert!(
        err(&again).contains("already holds a model"),
        "{}",
        err(&again)
    );
}
