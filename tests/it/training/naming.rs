//! Runs and their checkpoints where a model is named.

use std::fs;
use std::path::Path;

use super::Bench;
use super::resuming::kill_after;
use crate::command_line::{err, out};

/// A command that must do it.
fn done(bench: &Bench, command: &str) -> String {
    let words: Vec<&str> = command.split_whitespace().collect();
    let run = bench.run(&words);
    assert!(run.status.success(), "{command}: {}", err(&run));
    out(&run)
}

/// What is said of a command that is refused, in one line.
fn refused(bench: &Bench, command: &str) -> String {
    let words: Vec<&str> = command.split_whitespace().collect();
    let run = bench.run(&words);
    assert_eq!(run.status.code(), Some(1), "{command}: {}", out(&run));
    let said = err(&run).replace('│', " ");
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The folder that a model is read from.
fn folder(bench: &Bench, named: &str) -> String {
    let info = done(bench, &format!("info --json --model {named}"));
    let info: serde_json::Value = serde_json::from_str(&info).unwrap();
    info["model"].as_str().unwrap().to_owned()
}

fn file(bench: &Bench, folder: &str, name: &str) -> Vec<u8> {
    fs::read(bench.path(folder).join(name)).unwrap()
}

const SFT: &str = "sft --config sft.toml --set lr_scheduler.type=constant --set max_steps";

#[test]
fn a_run_means_its_result_and_a_step_the_model_that_a_run_of_so_many_steps_results_in() {
    let bench = Bench::new();
    done(&bench, &format!("{SFT}=8 --output long"));
    done(&bench, &format!("{SFT}=4 --output short"));
    assert_eq!(Path::new(&folder(&bench, "long")), Path::new("long/model"));
    for name in ["model.safetensors", "config.json", "tokenizer.json"] {
        let at = |named| file(&bench, &folder(&bench, named), name);
        assert!(at("long@4") == file(&bench, "short/model", name), "{name}");
        assert!(at("long@8") == file(&bench, "long/model", name), "{name}");
    }

    // Whatever reads a model reads it so.
    fs::write(
        bench.path("in.jsonl"),
        "{\"prompt\": \"1+1=\", \"response\": \"2\"}",
    )
    .unwrap();
    let scores = |named| {
        done(
            &bench,
            &format!("logprobs --raw --model {named} --input in.jsonl"),
        )
    };
    assert_eq!(scores("long@4"), scores("short"));
    assert_ne!(scores("long@4"), scores("long@8"));
    done(&bench, "merge --model long@4 --output apart");
    let weights = |folder| file(&bench, folder, "model.safetensors");
    assert!(weights("apart") == weights("short/model"));
    let more = "--set max_steps=2 --dry-run";
    let told = done(
        &bench,
        &format!("{SFT}=1 --model long@4 --output next {more}"),
    );
    let settings: toml::Table = told.parse().unwrap();
    let begun = settings["model"].as_str().unwrap();
    assert_eq!(
        Path::new(begun),
        Path::new("long/checkpoints/step-000004/model")
    );
}

#[test]
fn the_checkpoint_of_adapters_is_the_adapters() {
    let bench = Bench::new();
    done(&bench, &format!("{SFT}=4 --output run --set lora.rank=2"));
    let name = "adapter_model.safetensors";
    let found = file(&bench, &folder(&bench, "run@4"), name);
    assert!(found == file(&bench, "run/model", name));
    done(&bench, "merge --model run@4 --output merged");
    done(&bench, "info --model merged");
}

#[test]
fn each_stage_of_a_reward_model_has_checkpoints_of_its_own() {
    let bench = Bench::new();
    done(&bench, "prm train --config prm.toml");
    let steps = [
        ("prm/stage-1@8", "prm/stage-1/model"),
        ("prm/stage-2@4", "prm/model"),
    ];
    for (named, model) in steps {
        for name in ["model.safetensors", "config.json"] {
            let found = file(&bench, &folder(&bench, named), name);
            assert!(found == file(&bench, model, name), "{named}: {name}");
        }
    }
    let steps = bench.path("data/steps_held_out.jsonl");
    let judged = |named| {
        let eval = format!("prm eval --json --prm {named} --steps {}", steps.display());
        let told: serde_json::Value = serde_json::from_str(&done(&bench, &eval)).unwrap();
        told["steps"].clone()
    };
    assert_eq!(judged("prm/stage-2@4"), judged("prm"));
    let said = refused(&bench, "prm eval --prm prm@4 --steps data/steps.jsonl");
    for words in ["no checkpoint after step 4", "stage-1@8", "stage-2@4"] {
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn a_checkpoint_that_is_not_there_is_told_with_those_that_are() {
    let bench = Bench::new();
    done(&bench, &format!("{SFT}=12 --output run"));
    // Two are kept.
    let said = refused(&bench, "info --model run@4");
    assert!(said.contains("no checkpoint after step 4"), "{said}");
    assert!(said.contains("its checkpoints are run@8, run@12"), "{said}");
    let said = refused(&bench, "info --model nowhere@4");
    assert!(said.contains("nowhere@4"), "{said}");

    let command = "sft --config sft.toml --set num_train_epochs=2000 --output cut";
    let words: Vec<&str> = command.split_whitespace().collect();
    kill_after(&bench, &words, &bench.path("cut/metrics.jsonl"), 6);
    let said = refused(&bench, "info --model cut");
    assert!(said.contains("is not done"), "{said}");
    assert!(said.contains("its checkpoints are cut@4"), "{said}");
}

#[test]
fn a_damaged_checkpoint_is_no_model() {
    let bench = Bench::new();
    done(&bench, &format!("{SFT}=4 --output run"));
    let weights = bench.path("run/checkpoints/step-000004/model.bpk");
    let mut bytes = fs::read(&weights).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&weights, bytes).unwrap();
    let said = refused(&bench, "info --model run@4");
    assert!(said.contains("model.bpk is not what was written"), "{said}");
    assert!(!bench.path("run/checkpoints/step-000004/model").exists());
}

#[test]
fn a_folder_may_have_an_at_sign_in_its_name() {
    let bench = Bench::new();
    done(&bench, &format!("{SFT}=4 --output run"));
    fs::rename(bench.path("model"), bench.path("run@4")).unwrap();
    assert_eq!(folder(&bench, "run@4"), "run@4");
    fs::rename(bench.path("run"), bench.path("r@2")).unwrap();
    fs::rename(bench.path("run@4"), bench.path("model")).unwrap();
    assert_eq!(Path::new(&folder(&bench, "r@2")), Path::new("r@2/model"));
    let at = folder(&bench, "r@2@4");
    assert_eq!(
        Path::new(&at),
        Path::new("r@2/checkpoints/step-000004/model")
    );
}
