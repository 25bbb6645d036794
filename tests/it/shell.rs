//! From data to a report by commands alone: what one writes the next one reads, with no script between.
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::Command;

use pure_model::Tokenizer;
use serde_json::{Value, json};

use crate::command_line::{err, out};

/// All commands in the order in which a reward model of one's own is made and used.
const COMMANDS: &str = r#"
set -euf
pure data make --out data --train 10 --held-out 6 --others 1 --sft 300 --trunk 1 --steps 1 > made.txt
pure init --config shape.json --tokenizer tokenizer --output model

pure sft --model model --data data/sft.jsonl --output sft --set raw=true --set max_steps=60 \
    --set batch.train_batch_size=16 --set lr_scheduler.learning_rate=1e-2

pure generate --model sft --input data/train.jsonl --n 4 --temperature 1 --max-new-tokens 40 \
    | pure verify > verified.jsonl
pure prm label --model sft --input verified.jsonl --output steps.jsonl --samples 2 --max-new-tokens 40 --json > labels.json
pure prm train --model sft --data steps.jsonl --output prm --set raw=true --set batch.train_batch_size=16 \
    --set 'stages=[{trains = "all", num_train_epochs = 2, lr_scheduler = {learning_rate = 1e-2}}]'
pure prm eval --prm prm --steps steps.jsonl --best-of verified.jsonl --questions data/train.jsonl --json \
    --html prm.html > quality.json
pure score --prm prm < verified.jsonl > scored.jsonl
pure credit < scored.jsonl > credited.jsonl

pure eval --model sft --benchmark data/held_out.jsonl --output drawn --n 4 --temperature 1 --max-new-tokens 40 \
    --reward-model prm --json > drawn.json
pure eval --model sft --benchmark data/held_out.jsonl --output beam --n 4 --beam-width 2 --search beam \
    --temperature 1 --max-new-tokens 40 --reward-model prm --json > beam.json
pure eval compare drawn beam --protocol best-of --json > compared.json
pure solve --model sft --prm prm --search beam --max-new-tokens 40 --json "$(head -n 1 question.txt)" > solved.json

pure train --model sft --prompts data/train.jsonl --reward-model prm --output rl --set prompts.raw=true \
    --set prompts.per_iteration=4 --set rollouts.num_generations=4 --set rollouts.max_new_tokens=40 --set iterations=2
pure report rl --json > report.json
"#;

/// The program under its name, on a path of its own.
fn shell(folder: &Path, commands: &str) -> std::process::Output {
    let bin = folder.join("bin");
    fs::create_dir(&bin).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_pure"), bin.join("pure")).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let run = Command::new("sh")
        .args(["-c", commands])
        .current_dir(folder)
        .env("PATH", path)
        .env("NO_COLOR", "1")
        .output();
    run.unwrap()
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

fn steps(of: &Value) -> usize {
    of.as_array().unwrap().len()
}

#[test]
fn a_reward_model_is_made_measured_and_used_by_commands_alone() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/tokenizer");
    let tokens = Tokenizer::load(&golden).unwrap().vocab_size();
    std::os::unix::fs::symlink(&golden, place("tokenizer")).unwrap();
    let shape = json!({
        "model_type": "qwen2", "vocab_size": tokens, "hidden_size": 16,
        "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
        "num_key_value_heads": 1, "max_position_embeddings": 512, "rope_theta": 10000.0,
        "tie_word_embeddings": true,
    });
    fs::write(place("shape.json"), shape.to_string()).unwrap();
    fs::write(place("question.txt"), "7+3=\n").unwrap();
    let done = shell(folder.path(), COMMANDS);
    assert!(done.status.success(), "{}{}", out(&done), err(&done));

    // Four answers to each of ten questions, from the sampler to credit.
    let verified = lines(&place("verified.jsonl"));
    let labelled = lines(&place("steps.jsonl"));
    let scored = lines(&place("scored.jsonl"));
    let credited = lines(&place("credited.jsonl"));
    assert_eq!(verified.len(), 40);
    assert_eq!([labelled.len(), scored.len(), credited.len()], [40; 3]);
    for ((verified, labelled), (scored, credited)) in verified
        .iter()
        .zip(&labelled)
        .zip(scored.iter().zip(&credited))
    {
        assert_eq!(verified["id"], labelled["id"]);
        assert_eq!(verified["steps"], labelled["completions"]);
        assert_eq!(steps(&labelled["labels"]), steps(&labelled["completions"]));
        assert_eq!(verified["correct"], scored["correct"]);
        assert_eq!(steps(&scored["rewards"]), steps(&scored["step_ends"]));
        assert_eq!(
            steps(&credited["returns"]) as u64,
            scored["length"].as_u64().unwrap()
        );
    }
    // What the reward model is measured on is what it was taught.
    let read = |name: &str| -> Value {
        serde_json::from_str(&fs::read_to_string(place(name)).unwrap()).unwrap()
    };
    let labels: usize = labelled.iter().map(|it| steps(&it["labels"])).sum();
    let quality = read("quality.json");
    assert_eq!(
        quality["steps"][0]["quality"]["steps"],
        json!(labels),
        "{quality}"
    );
    let (drawn, beam) = (read("drawn.json"), read("beam.json"));
    let of = |results: &Value| results["benchmarks"][0]["most_samples"].clone();
    assert_eq!([of(&drawn), of(&beam)], [json!(4), json!(1)]);
    let compared = read("compared.json");
    assert_eq!(compared[0]["problems"], 6);
    assert_eq!(compared[0]["k"], 4);
    assert_eq!(
        compared[0]["after"],
        beam["benchmarks"][0]["accuracy"]["value"]
    );
    assert!(read("solved.json")["chosen"]["score"].is_number());
    assert_eq!(read("report.json")[0]["runs"], 1);
    for page in [
        "prm.html",
        "drawn/report.html",
        "beam/report.html",
        "rl/report.html",
    ] {
        let page = fs::read_to_string(place(page)).unwrap();
        assert!(page.starts_with("<!doctype html>") && page.len() > 5000);
    }
}
