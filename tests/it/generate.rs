//! `pure generate` and the engine on golden models: greedy tokens, log-probs, resumption, bad input.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use pure_model::{Checkpoint, Precision};
use pure_rollout::{Engine, EngineOptions, Request, Sampling, policy_gap, sample_all};
use serde_json::json;

use crate::command_line::{err, records, run, run_with_input};
use crate::golden::{Arrays, folder};

/// The folders of all golden models.
fn models() -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder(&["models", "qwen2"])).unwrap();
    let mut folders: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

/// Prompts without their pads, the tokens that transformers chose, and their log-probs.
struct Greedy {
    prompts: Vec<Vec<u32>>,
    tokens: Vec<Vec<u32>>,
    log_probs: Vec<Vec<f32>>,
}

impl Greedy {
    fn read(folder: &Path) -> Self {
        let arrays = Arrays::read(&folder.join("ref.safetensors"));
        let rows = |name: &str| {
            let (values, shape) = arrays.floats(name);
            let rows = values.chunks_exact(shape[1]).map(<[f32]>::to_vec);
            rows.collect::<Vec<_>>()
        };
        let ids = |row: Vec<f32>| row.into_iter().map(|id| id as u32).collect::<Vec<u32>>();
        let unpadded = |(prompt, mask): (Vec<f32>, Vec<f32>)| {
            let real = prompt
                .into_iter()
                .zip(mask)
                .filter(|(_, mask)| *mask != 0.0);
            ids(real.map(|(id, _)| id).collect())
        };
        let masks = rows("greedy.prompt_mask");
        Self {
            prompts: rows("greedy.prompt")
                .into_iter()
                .zip(masks)
                .map(unpadded)
                .collect(),
            tokens: rows("greedy.tokens").into_iter().map(ids).collect(),
            log_probs: rows("greedy.logprobs"),
        }
    }

    fn requests(&self, samples: usize) -> Vec<Request> {
        let request = |(place, prompt): (usize, &Vec<u32>)| Request {
            prompt: prompt.clone(),
            samples: 0..samples,
            stream: place as u64,
            sampling: Sampling {
                temperature: 0.0,
                max_new_tokens: self.tokens[place].len(),
                ..Sampling::default()
            },
            stop: None,
        };
        self.prompts.iter().enumerate().map(request).collect()
    }
}

#[test]
fn greedy_tokens_are_those_of_transformers_with_any_number_at_once_and_shared_prefixes() {
    let device = burn::tensor::Device::flex();
    for folder in models() {
        let golden = Greedy::read(&folder);
        let model = Checkpoint::open(&folder).unwrap();
        let model = model.load(&device, Precision::F32).unwrap();
        for max_num_seqs in [1, 2, 3, 64] {
            for samples in [1, 3] {
                let options = EngineOptions {
                    max_num_seqs,
                    ..EngineOptions::default()
                };
                let mut engine = Engine::new(model.clone(), options);
                let requests = golden.requests(samples);
                let (groups, _) = sample_all(&mut engine, &requests).unwrap();
                for (place, group) in groups.iter().enumerate() {
                    for rollout in group {
                        assert_eq!(rollout.tokens, golden.tokens[place], "{}", folder.display());
                        for (found, right) in rollout.log_probs.iter().zip(&golden.log_probs[place])
                        {
                            assert!((found - right).abs() < 1e-4, "{found} for {right}");
                        }
                    }
                }
                let gap = policy_gap(&model, &requests, &groups, 1024).unwrap();
                assert!(gap.max < 1e-4 && gap.tokens > 0, "{gap:?}");
            }
        }
    }
}

#[test]
fn sampled_log_probs_are_those_of_the_training_forward() {
    sampled_log_probs_are_trained_ones(Precision::F32);
}

#[test]
fn so_they_are_in_bf16() {
    sampled_log_probs_are_trained_ones(Precision::Bf16);
}

/// On the processor both ways give the same logits to the last bit; what is left is the rounding of two logarithms.
fn sampled_log_probs_are_trained_ones(precision: Precision) {
    let device = burn::tensor::Device::flex();
    for folder in models() {
        let golden = Greedy::read(&folder);
        let model = Checkpoint::open(&folder).unwrap();
        let model = model.load(&device, precision).unwrap();
        let mut requests = golden.requests(4);
        for request in &mut requests {
            request.sampling.temperature = 0.7;
            request.sampling.top_p = 0.9;
        }
        let mut engine = Engine::new(model.clone(), EngineOptions::default());
        let (groups, _) = sample_all(&mut engine, &requests).unwrap();
        let gap = policy_gap(&model, &requests, &groups, 1024).unwrap();
        println!("{precision:?} {}: {gap:?}", folder.display());
        assert!(gap.max < 2e-6, "{}: {gap:?}", folder.display());
        let drawn = groups.iter().flatten();
        for rollout in drawn {
            let cut = rollout.drawn_log_probs.as_ref().unwrap();
            let above = cut
                .iter()
                .zip(&rollout.log_probs)
                .all(|(q, p)| q >= &(p - 1e-5));
            assert!(
                above,
                "what is cut down to fewer tokens makes each of them likelier"
            );
        }
    }
}

#[test]
fn the_command_gives_the_greedy_tokens_of_transformers() {
    for folder in models() {
        let golden = Greedy::read(&folder);
        let line = |(id, prompt): (usize, &Vec<u32>)| {
            format!("{}\n", json!({"id": id, "prompt_ids": prompt}))
        };
        let input: String = golden.prompts.iter().enumerate().map(line).collect();
        let new = golden.tokens[0].len().to_string();
        let output = run_with_input(
            &[
                "generate",
                "--model",
                folder.to_str().unwrap(),
                "--input",
                "-",
                "--json",
                "--temperature",
                "0",
                "--ignore-eos",
                "--max-new-tokens",
                &new,
                "--device",
                "cpu",
            ],
            &input,
        );
        assert!(output.status.success(), "{}", err(&output));
        let found = records(&output);
        assert_eq!(found.len(), golden.prompts.len());
        for (place, record) in found.iter().enumerate() {
            assert_eq!(record["id"], json!(place));
            assert_eq!(record["tokens"], json!(golden.tokens[place]));
            assert_eq!(record["finish"], "length");
            let log_probs = record["logprobs"].as_array().unwrap();
            for (found, right) in log_probs.iter().zip(&golden.log_probs[place]) {
                assert!((found.as_f64().unwrap() - f64::from(*right)).abs() < 1e-4);
            }
        }
    }
}

/// A file of prompts, one of them bad, and the arguments that answer it.
fn many_prompts(folder: &Path) -> (String, Vec<String>) {
    let prompts = folder.join("prompts.jsonl");
    let prompt = |id: usize| match id {
        7 => "{\"id\": 7}\n".to_owned(),
        _ => format!(
            "{}\n",
            json!({"id": id, "prompt_ids": [1 + id % 40, 2, 3 + id % 7]})
        ),
    };
    fs::write(&prompts, (0..40).map(prompt).collect::<String>()).unwrap();
    let model = crate::golden::folder(&["models/qwen2_tied", "qwen2/tied_f32"]);
    let arguments = [
        "generate",
        "--model",
        model.to_str().unwrap(),
        "--input",
        prompts.to_str().unwrap(),
        "--n",
        "3",
        "--max-new-tokens",
        "60",
        "--ignore-eos",
        "--max-num-seqs",
        "9",
        "--device",
        "cpu",
        "--output",
    ];
    let output = folder.join("answers.jsonl").to_str().unwrap().to_owned();
    (output, arguments.map(str::to_owned).to_vec())
}

#[test]
fn a_killed_run_that_is_resumed_ends_with_the_file_of_an_unbroken_one() {
    let folder = tempfile::tempdir().unwrap();
    let (output, arguments) = many_prompts(folder.path());
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let whole = run(&[&arguments[..], &[&output]].concat());
    assert_eq!(
        whole.status.code(),
        Some(1),
        "one prompt is bad: {}",
        err(&whole)
    );
    let whole = fs::read(&output).unwrap();
    assert_eq!(whole.iter().filter(|&&b| b == b'\n').count(), 39 * 3 + 1);

    let (mut kills, mut ended) = (0, false);
    fs::remove_file(&output).unwrap();
    while !ended {
        let mut child = Command::new(env!("CARGO_BIN_EXE_pure"))
            .args(&arguments)
            .args([&output, "--resume"])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Later each time, so that it comes to an end.
        std::thread::sleep(Duration::from_millis(30 + 40 * kills));
        ended = child.try_wait().unwrap().is_some();
        if !ended {
            child.kill().unwrap();
            child.wait().unwrap();
            kills += 1;
            // A kill in the middle of a write leaves a part of a line.
            if kills % 2 == 0 {
                let text = fs::read(&output).unwrap_or_default();
                fs::write(&output, &text[..text.len().saturating_sub(5)]).unwrap();
            }
        }
    }
    assert!(kills > 0);
    assert!(fs::read(&output).unwrap() == whole, "after {kills} kills");
}

#[test]
fn an_output_that_is_there_is_neither_overwritten_nor_mistaken() {
    let folder = tempfile::tempdir().unwrap();
    let (output, arguments) = many_prompts(folder.path());
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    fs::write(&output, "something dear\n").unwrap();
    let refused = run(&[&arguments[..], &[&output]].concat());
    assert_eq!(refused.status.code(), Some(1));
    assert!(err(&refused).contains("--resume"), "{}", err(&refused));
    assert_eq!(fs::read_to_string(&output).unwrap(), "something dear\n");
    fs::write(&output, "{}\n".repeat(500)).unwrap();
    let refused = run(&[&arguments[..], &[&output, "--resume"]].concat());
    assert!(
        err(&refused).contains("says how it was made"),
        "{}",
        err(&refused)
    );
    fs::remove_file(&output).unwrap();
    assert_eq!(
        run(&[&arguments[..], &[&output]].concat()).status.code(),
        Some(1)
    );
    let whole = fs::read(&output).unwrap();
    let prompts = folder.path().join("prompts.jsonl");
    for (other, told) in [
        (&["--seed", "1"][..], "`sampling.seed` was 0 and is 1"),
        (&[], "`input."),
    ] {
        if other.is_empty() {
            fs::write(&prompts, "{\"prompt_ids\": [1]}\n").unwrap();
        }
        let refused = run(&[&arguments[..], &[&output, "--resume"], other].concat());
        assert!(err(&refused).contains(told), "{}", err(&refused));
        assert!(fs::read(&output).unwrap() == whole);
    }
}

#[test]
fn prompts_that_cannot_be_used_are_answered_in_their_place() {
    let model = folder(&["models/qwen2_tied", "qwen2/tied_f32"]);
    let input = [
        json!({"id": "good", "prompt_ids": [1, 2]}).to_string(),
        json!({"id": "long", "prompt_ids": vec![1; 5000]}).to_string(),
        json!({"id": "foreign", "prompt_ids": [1_000_000]}).to_string(),
        json!({"id": "empty", "prompt_ids": []}).to_string(),
        json!({"id": "both", "prompt_ids": [1], "prompt": "a"}).to_string(),
        json!({"id": "text", "prompt": "a"}).to_string(),
        "not json".to_owned(),
        json!({"id": "last", "prompt_ids": [3]}).to_string(),
    ];
    let arguments = [
        "generate",
        "--model",
        model.to_str().unwrap(),
        "--input",
        "-",
        "--max-new-tokens",
        "3",
        "--device",
        "cpu",
    ];
    let output = run_with_input(&arguments, &input.join("\n"));
    assert_eq!(output.status.code(), Some(1));
    let found = records(&output);
    assert_eq!(found.len(), 8);
    let error = |place: usize| {
        found[place]["error"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(found[0]["id"], "good");
    for (place, words) in [
        (1, "made for"),
        (2, "token 1000000"),
        (3, "empty"),
        (4, "one of"),
        (5, "tokenizer.json"),
        (6, "expected"),
    ] {
        assert!(error(place).contains(words), "{:?}", found[place]);
        assert_eq!(found[place]["line"], json!(place + 1));
    }
    assert_eq!(found[7]["id"], "last");
}

#[test]
fn a_budget_that_is_too_small_names_the_one_that_would_do() {
    let model = folder(&["models/qwen2_tied", "qwen2/tied_f32"]);
    let with = |memory: &str| {
        let arguments = [
            "generate",
            "--model",
            model.to_str().unwrap(),
            "--input",
            "-",
            "--max-new-tokens",
            "20",
            "--device",
            "cpu",
            "--kv-cache",
            memory,
        ];
        run_with_input(&arguments, "{\"prompt_ids\": [1, 2]}\n")
    };
    let refused = with("100B");
    assert_eq!(refused.status.code(), Some(1));
    let message = err(&refused)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let least: u64 = message
        .split("at least ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next())
        .and_then(|least| least.parse().ok())
        .unwrap_or_else(|| panic!("{message}"));
    assert!(with(&format!("{least}")).status.success());
    assert!(!with(&format!("{}", least - 1)).status.success());
}
