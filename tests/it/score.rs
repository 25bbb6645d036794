//! `pure score` as its users meet it.

use std::fs;
use std::path::Path;
use std::process::Output;

use pure_model::Tokenizer;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command_line::{err, out, records, run, run_with_input};
use crate::prm::{Case, largest_gap};

fn golden(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(path)
}

fn score(prm: &Path, more: &[&str], input: &str) -> Output {
    let prm = prm.to_str().unwrap();
    let arguments = ["score", "--prm", prm, "--input", "-", "--device", "cpu"];
    run_with_input(&[&arguments, more].concat(), input)
}

fn numbers(value: &Value) -> Vec<f32> {
    let numbers = value.as_array().unwrap().iter();
    numbers.map(|n| n.as_f64().unwrap() as f32).collect()
}

/// The options that say how a case is split.
fn split(case: &Case) -> [String; 4] {
    let separators = case.format.separators().map(|token| token.to_string());
    [
        "--separator-ids".to_owned(),
        separators.collect::<Vec<_>>().join(","),
        "--marker-id".to_owned(),
        case.format.marker().to_string(),
    ]
}

#[test]
fn rewards_are_those_of_pytorch_in_the_order_of_the_input() {
    for case in Case::all() {
        let rows = case.exchanges.len();
        let line = |line: usize| {
            let (prompt, response) = &case.exchanges[line % rows];
            json!({"id": line, "prompt_ids": prompt, "response_ids": response}).to_string()
        };
        let input: Vec<String> = (0..6 * rows).map(line).collect();
        let split = split(&case);
        let options = split.iter().map(String::as_str);
        let options: Vec<&str> = options.chain(["--batch-tokens", "90"]).collect();
        let output = score(&case.folder, &options, &input.join("\n"));
        assert!(output.status.success(), "{}", err(&output));
        let records = records(&output);
        assert_eq!(records.len(), input.len());
        for (line, record) in records.iter().enumerate() {
            assert_eq!(record["id"], line);
            assert_eq!(record["step_ends"], json!(case.step_ends[line % rows]));
            let rewards = numbers(&record["rewards"]);
            let expected = &case.rewards[line % rows];
            assert!(largest_gap(&rewards, expected) < 1e-5, "{line}");
            let least = expected.iter().copied().fold(f32::INFINITY, f32::min);
            let aggregates = &record["aggregates"];
            let number = |name: &str| aggregates[name].as_f64().unwrap() as f32;
            let mean = expected.iter().sum::<f32>() / expected.len() as f32;
            let product: f32 = expected.iter().map(|r| (1.0 + r) / 2.0).product();
            let expected = [least, mean, product, expected[expected.len() - 1]];
            let got = ["min", "mean", "product", "last"].map(number);
            assert!(largest_gap(&got, &expected) < 1e-5, "{got:?} {expected:?}");
            assert!(number("min") <= number("soft_min") && number("soft_min") <= number("mean"));
        }
    }
}

#[test]
fn bad_lines_are_answered_in_place_and_the_rest_goes_on() {
    let case = Case::all().next().unwrap();
    let split = split(&case);
    let options: Vec<&str> = split.iter().map(String::as_str).collect();
    let input = [
        r#"{"id": "a", "prompt_ids": [9], "response_ids": [10, 11]}"#,
        r#"{"id": "b", "prompt_ids": [9]}"#,
        "",
        "not json",
        r#"{"id": "c", "prompt_ids": [9], "response_ids": [100000]}"#,
        r#"{"id": "d", "prompt": "p", "steps": ["s"]}"#,
        r#"{"id": "e", "prompt_ids": [9], "response_ids": []}"#,
    ];
    let output = score(&case.folder, &options, &input.join("\n"));
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("4 of 6 lines"), "{}", err(&output));
    let records = records(&output);
    let errors = [
        (1, 2, "response_ids"),
        (2, 4, "expected"),
        (3, 5, "100000"),
        (4, 6, "tokenizer.json"),
    ];
    for (record, line, word) in errors {
        let record = &records[record];
        assert_eq!(record["line"], line);
        let error = record["error"].as_str().unwrap();
        assert!(error.contains(word), "{record}");
    }
    assert_eq!(records[0]["step_ends"], json!([1]));
    assert_eq!(records[5]["rewards"], json!([]));
    assert_eq!(records[5]["aggregates"]["min"], Value::Null);
}

#[test]
fn separators_and_marker_need_a_tokenizer_or_their_numbers() {
    let case = Case::all().next().unwrap();
    let output = score(&case.folder, &[], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("--marker-id"), "{}", err(&output));
    let output = score(&case.folder, &["--marker-id", "5"], "");
    assert!(err(&output).contains("--separator-ids"), "{}", err(&output));
    let options = ["--marker-id", "64000", "--separator-ids", "6"];
    let output = score(&case.folder, &options, "");
    assert!(err(&output).contains("64000"), "{}", err(&output));
    let both = ["--marker-id", "5", "--marker", "x"];
    assert_eq!(score(&case.folder, &both, "").status.code(), Some(2));
}

#[test]
fn a_language_model_is_refused_with_the_command_that_takes_it() {
    let output = score(&golden("models/qwen2_tied"), &[], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("pure logprobs"), "{}", err(&output));
    let prm = golden("prm/token_cls");
    let output = run(&[
        "logprobs",
        "--model",
        prm.to_str().unwrap(),
        "--input",
        "-",
        "--device",
        "cpu",
    ]);
    assert!(err(&output).contains("pure score"), "{}", err(&output));
}

/// A reward model that reads text: random weights, the vocabulary of the golden tokenizer.
pub fn that_reads_text() -> TempDir {
    use burn::tensor::Device;
    use pure_model::{Checkpoint, ModelConfig, Precision, PrmHead};

    let config = json!({
        "model_type": "qwen2", "vocab_size": 500, "hidden_size": 32, "intermediate_size": 48,
        "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 1,
        "max_position_embeddings": 256, "rope_theta": 10000.0
    });
    let config = ModelConfig::from_json(&config.to_string()).unwrap();
    let prm = config.init_prm(PrmHead::default(), &Device::flex());
    let folder = TempDir::new().unwrap();
    Checkpoint::create_prm(folder.path(), &config, &prm, Precision::F32).unwrap();
    for name in ["tokenizer.json", "tokenizer_config.json"] {
        let bytes = fs::read(golden("tokenizer").join(name)).unwrap();
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

#[test]
fn steps_of_text_are_judged_where_each_ends() {
    let prm = that_reads_text();
    let tokenizer = Tokenizer::load(prm.path()).unwrap();
    let steps = ["First, add 1 and 2.", "That is $3$.", "So the answer is 3"];
    let text: String = steps.iter().map(|step| format!("{step}\n\n")).collect();
    let response = tokenizer.encode(&text, false).unwrap();
    let prompt = tokenizer.encode("What is 1 + 2?", true).unwrap();
    let input = [
        json!({"id": 0, "prompt": "What is 1 + 2?", "steps": steps}),
        json!({"id": 1, "prompt_ids": prompt, "response_ids": response}),
        json!({"id": 2, "prompt": "What is 1 + 2?", "steps": ["one\n\ntwo"]}),
        json!({"id": 3, "prompt": "What is 1 + 2?", "steps": []}),
    ];
    let input = input.map(|line| line.to_string()).join("\n");
    let output = score(prm.path(), &[], &input);
    assert_eq!(output.status.code(), Some(1));
    let records = records(&output);
    assert_eq!(numbers(&records[0]["rewards"]).len(), 3);
    assert_eq!(records[0]["step_ends"], records[1]["step_ends"]);
    assert_eq!(records[0]["step_ends"][2], response.len() - 1);
    let gap = largest_gap(
        &numbers(&records[0]["rewards"]),
        &numbers(&records[1]["rewards"]),
    );
    assert!(gap < 1e-6, "{gap}");
    let error = records[2]["error"].as_str().unwrap();
    assert!(
        error.contains("splits into 2 at its separator tokens, but 1"),
        "{error}"
    );
    assert_eq!(records[3]["rewards"], json!([]));

    // The marker may be named, and changes what is read.
    let named = score(prm.path(), &["--marker", "<|im_end|>"], &input);
    let named = crate::command_line::records(&named);
    assert_eq!(named[0]["step_ends"], records[0]["step_ends"]);
    assert_ne!(named[0]["rewards"], records[0]["rewards"]);
    let output = score(prm.path(), &["--marker", "two words"], &input);
    assert!(err(&output).contains("one token"), "{}", err(&output));
}

#[test]
fn a_picture_shows_each_step_and_marks_the_lowest() {
    let prm = that_reads_text();
    let line = json!({"id": "a", "prompt": "2 + 2?", "steps": ["It is four.", "So 4."]});
    let input = format!("{line}\nnot json\n");
    let output = score(prm.path(), &["--explain"], &input);
    let picture = out(&output);
    for words in ["\"a\": 2 steps", "It is four.", "So 4.", "│", "\n> "] {
        assert!(picture.contains(words), "{words}: {picture}");
    }
    assert!(!picture.contains('\x1b') && picture.contains("\"line\":2"));
}
