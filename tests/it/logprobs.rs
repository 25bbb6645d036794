//! `pure logprobs`: numbers of transformers, bad lines, and the memory that loading takes.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command_line::{err, pure, records, run_with_input, text, tiny};
use crate::golden::Arrays;

fn numbers(value: &Value) -> Vec<f32> {
    let numbers = value.as_array().unwrap().iter();
    numbers
        .map(|number| number.as_f64().unwrap() as f32)
        .collect()
}

#[test]
fn logprobs_are_those_of_transformers_in_the_order_of_the_input() {
    let model = tiny();
    let golden = Arrays::read(&model.join("ref.safetensors"));
    let tokens = golden.rows("input_ids", |token| token as u32);
    let mask = golden.rows("attention_mask", |real| real != 0.0);
    let expected = golden.rows("response_logprobs_t0.7", |value| value);
    let start = tokens[0].len() - expected[0].len();
    let real = |row: usize, range: std::ops::Range<usize>| -> Vec<u32> {
        range
            .filter(|&n| mask[row][n])
            .map(|n| tokens[row][n])
            .collect()
    };
    // Many lines, of different lengths, in batches much smaller than their number.
    let lines: Vec<String> = (0..40)
        .map(|line| {
            let (prompt, response) = (
                real(line % 4, 0..start),
                real(line % 4, start..tokens[0].len()),
            );
            json!({"id": line, "prompt_ids": prompt, "response_ids": response}).to_string()
        })
        .collect();
    let arguments = [
        "logprobs",
        "--model",
        text(&model),
        "--input",
        "-",
        "--temperature",
        "0.7",
        "--batch-tokens",
        "50",
        "--device",
        "cpu",
    ];
    let output = run_with_input(&arguments, &lines.join("\n"));
    assert!(output.status.success(), "{}", err(&output));
    let records = records(&output);
    assert_eq!(records.len(), 40);
    for (line, record) in records.iter().enumerate() {
        assert_eq!(record["id"], line);
        let got = numbers(&record["logprobs"]);
        assert_eq!(got.len(), real(line % 4, start..tokens[0].len()).len());
        assert_eq!(numbers(&record["entropies"]).len(), got.len());
        for (got, expected) in got.iter().zip(&expected[line % 4]) {
            assert!(
                (got - expected).abs() < 1e-4,
                "line {line}: {got} {expected}"
            );
        }
    }
}

#[test]
fn a_model_whose_numbers_are_not_finite_is_no_success() {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(tiny()).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    let weights = folder.path().join("model.safetensors");
    let mut bytes = fs::read(&weights).unwrap();
    // The last tensor becomes one of NaN.
    let end = bytes.len();
    bytes[end - 64..].fill(0xff);
    fs::write(&weights, bytes).unwrap();
    let input = r#"{"id": "a", "prompt_ids": [1, 2], "response_ids": [3]}"#;
    let arguments = ["logprobs", "--model", text(folder.path()), "--input", "-"];
    let output = run_with_input(&arguments, input);
    assert_eq!(output.status.code(), Some(1));
    let record = &records(&output)[0];
    assert_eq!((&record["line"], &record["id"]), (&json!(1), &json!("a")));
    let error = record["error"].as_str().unwrap();
    assert!(error.contains("not finite"), "{error}");
}

#[test]
fn a_bad_line_is_answered_by_number_and_the_rest_goes_on() {
    let model = tiny();
    let input = [
        r#"{"id": "good", "prompt_ids": [1, 2], "response_ids": [3]}"#,
        "",
        "{not json",
        r#"{"id": "no response", "prompt_ids": [1]}"#,
        r#"{"id": "no such token", "prompt_ids": [1], "response_ids": [96]}"#,
        r#"{"id": "nothing before", "prompt_ids": [], "response_ids": [1]}"#,
        r#"{"id": "no tokenizer", "prompt": "a", "response": "b"}"#,
        r#"{"id": "empty", "prompt_ids": [1], "response_ids": []}"#,
    ];
    let arguments = ["logprobs", "--model", text(&model), "--input", "-"];
    let output = run_with_input(&arguments, &input.join("\n"));
    assert_eq!(output.status.code(), Some(1));
    let records = records(&output);
    assert_eq!(records.len(), 7);
    assert_eq!(numbers(&records[0]["logprobs"]).len(), 1);
    assert_eq!(
        records[6],
        json!({"id": "empty", "logprobs": [], "entropies": []})
    );
    for (record, (line, id, words)) in records[1..6].iter().zip([
        (
            3,
            Value::Null,
            "not valid JSON: key must be a string at column 2",
        ),
        (4, json!("no response"), "`response_ids`"),
        (5, json!("no such token"), "token 96 is outside"),
        (6, json!("nothing before"), "prompt is empty"),
        (7, json!("no tokenizer"), "tokenizer.json"),
    ]) {
        assert_eq!(
            (&record["line"], &record["id"]),
            (&json!(line), &id),
            "{record}"
        );
        assert!(
            record["error"].as_str().unwrap().contains(words),
            "{record}"
        );
    }
    assert!(err(&output).contains("5 of 7 lines"), "{}", err(&output));
}

/// Follows a process and gives the most memory it held, in bytes.
#[cfg(target_os = "linux")]
fn peak_memory(mut child: std::process::Child) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        // Never falls, so the last reading before the end is the one that counts.
        let text = fs::read_to_string(&status).unwrap_or_default();
        let kilobytes = text
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        peak = peak.max(kilobytes.map_or(0, |number| number.parse().unwrap_or(0)) * 1024);
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    peak
}

/// A model of half a gigabyte, its numbers all zero: a hole in the file until it is read.
#[cfg(target_os = "linux")]
fn large_model(folder: &Path, dtype: &str, bytes: usize) -> u64 {
    let config = json!({
        "model_type": "qwen2", "vocab_size": 60_000, "hidden_size": 1024,
        "intermediate_size": 4096, "num_hidden_layers": 4, "num_attention_heads": 16,
        "num_key_value_heads": 4, "max_position_embeddings": 64, "rope_theta": 1e4,
        "tie_word_embeddings": true,
    });
    let mut shapes = vec![
        ("model.embed_tokens.weight".to_owned(), vec![60_000, 1024]),
        ("model.norm.weight".to_owned(), vec![1024]),
    ];
    for layer in 0..4 {
        for (name, shape) in [
            ("input_layernorm.weight", vec![1024]),
            ("post_attention_layernorm.weight", vec![1024]),
            ("self_attn.q_proj.weight", vec![1024, 1024]),
            ("self_attn.q_proj.bias", vec![1024]),
            ("self_attn.k_proj.weight", vec![256, 1024]),
            ("self_attn.k_proj.bias", vec![256]),
            ("self_attn.v_proj.weight", vec![256, 1024]),
            ("self_attn.v_proj.bias", vec![256]),
            ("self_attn.o_proj.weight", vec![1024, 1024]),
            ("mlp.gate_proj.weight", vec![4096, 1024]),
            ("mlp.up_proj.weight", vec![4096, 1024]),
            ("mlp.down_proj.weight", vec![1024, 4096]),
        ] {
            shapes.push((format!("model.layers.{layer}.{name}"), shape));
        }
    }
    let (mut header, mut end) = (serde_json::Map::new(), 0);
    for (name, shape) in shapes {
        let start = end;
        end += shape.iter().product::<usize>() * bytes;
        let tensor = json!({"dtype": dtype, "shape": shape, "data_offsets": [start, end]});
        header.insert(name, tensor);
    }
    let header = Value::Object(header).to_string();
    fs::write(folder.join("config.json"), config.to_string()).unwrap();
    let mut file = fs::File::create(folder.join("model.safetensors")).unwrap();
    file.write_all(&(header.len() as u64).to_le_bytes())
        .unwrap();
    file.write_all(header.as_bytes()).unwrap();
    file.set_len((8 + header.len() + end) as u64).unwrap();
    (end / bytes) as u64
}

#[test]
#[cfg(target_os = "linux")]
fn loading_takes_little_more_memory_than_the_model() {
    for (stored, bytes, dtype, loaded) in [
        ("F32", 4, "f32", 4),
        ("BF16", 2, "f32", 4),
        ("F32", 4, "bf16", 2),
    ] {
        let folder = TempDir::new().unwrap();
        let parameters = large_model(folder.path(), stored, bytes);
        let model = parameters * loaded;
        let empty = folder.path().join("empty.jsonl");
        fs::write(&empty, "").unwrap();
        let arguments = [
            "logprobs",
            "--model",
            text(folder.path()),
            "--input",
            text(&empty),
            "--device",
            "cpu",
            "--dtype",
            dtype,
        ];
        let peak = peak_memory(pure(&arguments).spawn().unwrap());
        let limit = model * 13 / 10 + 200_000_000;
        assert!(
            peak > model,
            "{peak} of {model}: this has not loaded anything"
        );
        assert!(
            peak < limit,
            "{stored} as {dtype}: {peak} bytes for a model of {model}"
        );
    }
}
