//! Settings and data that are wrong, and dry runs.

use std::fs;
use std::path::Path;

use pure::prm::PrmConfig;
use pure::rl::PolicyConfig;
use pure::settings::{self, Validate};
use pure::sft::SftConfig;
use serde::de::DeserializeOwned;

use super::{Bench, SFT};
use crate::command_line::{err, out};

/// A command that must be refused before any work, and what must be said.
fn refused(bench: &Bench, arguments: &[&str], said: &[&str]) {
    let run = bench.run(arguments);
    assert_eq!(run.status.code(), Some(1), "{arguments:?}: {}", out(&run));
    // Lines are broken where the terminal ends.
    let found = err(&run).split_whitespace().collect::<Vec<_>>().join(" ");
    let found = found.replace("│ ", "");
    for said in said {
        assert!(found.contains(said), "{arguments:?}: {found}");
    }
    assert!(!bench.path("sft").exists(), "{arguments:?} left a folder");
    assert!(!bench.path("prm").exists(), "{arguments:?} left a folder");
}

#[test]
fn a_wrong_setting_is_shown_with_its_place_and_the_nearest_right_name() {
    let bench = Bench::new();
    bench.settings("key.toml", &SFT.replace("warmup", "warmpu"));
    let said = [
        "learning_rate.warmpu is not a setting",
        "`warmup`",
        "key.toml:14",
    ];
    refused(&bench, &["sft", "--config", "key.toml"], &said);
    bench.settings("type.toml", &SFT.replace("epochs = 12", "epochs = \"12\""));
    let said = ["epochs is the string \"12\"", "whole number", "type.toml:6"];
    refused(&bench, &["sft", "--config", "type.toml"], &said);
    let set = |change| ["sft", "--config", "sft.toml", "--set", change];
    let said = ["cannot be \"cosin\"", "did you mean \"cosine\"", "--set"];
    refused(&bench, &set("learning_rate.decline=cosin"), &said);
    refused(
        &bench,
        &set("batch.examples=0"),
        &["batch.examples must be 1 or more"],
    );
    refused(&bench, &set("model=nowhere"), &["nowhere"]);
    refused(&bench, &set("data=nowhere.jsonl"), &["nowhere.jsonl"]);
    refused(&bench, &["sft", "--config", "none.toml"], &["none.toml"]);
    let said = ["stages[1].epochs must be 1 or more"];
    let set = "stages=[{trains=\"head\",epochs=1,learning_rate={peak=1}},{trains=\"all\",epochs=0,learning_rate={peak=1}}]";
    refused(
        &bench,
        &["prm", "train", "--config", "prm.toml", "--set", set],
        &said,
    );
    let set = "marker=now 0";
    refused(
        &bench,
        &["prm", "train", "--config", "prm.toml", "--set", set],
        &["one token"],
    );
}

#[test]
fn bad_data_are_named_by_file_and_line_before_any_work() {
    let bench = Bench::new();
    let good = r#"{"prompt": "7+3=", "completions": ["7+3=0"], "labels": [true]}"#;
    let prm = |bad: &[u8], said: &[&str]| {
        let mut bytes = format!("{good}\n").into_bytes();
        bytes.extend_from_slice(bad);
        bytes.push(b'\n');
        fs::write(bench.path("bad.jsonl"), bytes).unwrap();
        let set = "data=[\"bad.jsonl\"]";
        refused(
            &bench,
            &["prm", "train", "--config", "prm.toml", "--set", set],
            said,
        );
    };
    prm(
        br#"{"prompt": "7+3=", "completions": ["7+3=0"], "labels": [true, false]}"#,
        &["bad.jsonl, line 2", "2 labels for 1 steps"],
    );
    prm(
        br#"{"prompt": "7+3=", "completions": ["7+3=0", " "], "labels": [true, false]}"#,
        &["bad.jsonl, line 2", "step 2 is empty"],
    );
    prm(
        br#"{"prompt": "7+3=", "completions": [], "labels": []}"#,
        &["bad.jsonl, line 2", "no step"],
    );
    prm(b"{\"prompt\": \"\xff\"}", &["bad.jsonl, line 2", "UTF-8"]);
    prm(
        br#"{"prompt": "7+3=", "completions": ["7+3=0\n\n7+3=0"], "labels": [true]}"#,
        &["bad.jsonl, 2", "splits into 2"],
    );
    fs::write(bench.path("bad.jsonl"), "{\"prompt\": \"7+3=\"}\n").unwrap();
    let set = "data=bad.jsonl";
    refused(
        &bench,
        &["sft", "--config", "sft.toml", "--set", set],
        &["line 1", "`completion`"],
    );
    fs::write(bench.path("bad.jsonl"), "").unwrap();
    refused(
        &bench,
        &["sft", "--config", "sft.toml", "--set", set],
        &["no example"],
    );
    let set = "batch.max_tokens=3";
    refused(
        &bench,
        &["sft", "--config", "sft.toml", "--set", set],
        &["longer than"],
    );
}

#[test]
fn epochs_without_end_are_counted_as_many_as_a_number_can_hold() {
    let bench = Bench::new();
    let most = i64::MAX;
    let stages = format!(
        "stages=[{{trains=\"head\",epochs={most},learning_rate={{peak=1}}}},\
         {{trains=\"all\",epochs={most},learning_rate={{peak=1}}}}]"
    );
    for (command, set) in [
        ("sft --config sft.toml", format!("epochs={most}")),
        ("prm train --config prm.toml", stages),
    ] {
        let arguments = command.split(' ').chain(["--dry-run", "--set", &set]);
        let run = bench.run(&arguments.collect::<Vec<_>>());
        assert!(run.status.success(), "{}", err(&run));
        assert!(out(&run).contains(&usize::MAX.to_string()), "{}", out(&run));
    }
}

#[test]
fn a_dry_run_shows_all_settings_and_what_they_take_and_does_nothing() {
    let bench = Bench::new();
    let dry = [
        "sft",
        "--config",
        "sft.toml",
        "--dry-run",
        "--set",
        "seed=5",
    ];
    let run = bench.run(&dry);
    assert!(run.status.success(), "{}", err(&run));
    let shown = out(&run);
    for line in [
        "seed = 5",
        "epsilon = ",
        "steps      96",
        "63 to learn from, 1 to",
    ] {
        assert!(shown.contains(line), "{line} is not in {shown}");
    }
    assert!(!bench.path("sft").exists());

    // What was shown is a file of settings.
    bench.settings("again.toml", &shown);
    let again = bench.run(&["sft", "--config", "again.toml", "--dry-run"]);
    assert_eq!(out(&again), shown);
    let prm = bench.run(&["prm", "train", "--config", "prm.toml", "--dry-run"]);
    assert!(out(&prm).contains("steps      8 + 4"), "{}", out(&prm));
}

#[test]
fn a_folder_with_something_else_is_left_alone() {
    let bench = Bench::new();
    let run = ["sft", "--config", "sft.toml", "--set", "steps=2"];
    assert!(bench.run(&run).status.success());
    let other = bench.run(&["sft", "--config", "sft.toml", "--set", "steps=3"]);
    assert_eq!(other.status.code(), Some(1));
    assert!(err(&other).contains("other settings"), "{}", err(&other));
    assert!(err(&other).contains("`steps = 2`"), "{}", err(&other));

    let other = bench.run(&["sft", "--config", "sft.toml", "--set", "output=data"]);
    assert_eq!(other.status.code(), Some(1));
    assert!(err(&other).contains("holds no run"), "{}", err(&other));
}

#[test]
fn settings_that_ship_are_settings() {
    fn check<T: DeserializeOwned + Validate>(path: &Path) {
        settings::load::<T>(path, &[]).unwrap_or_else(|error| panic!("{error}"));
    }
    let mut checked = 0;
    for folder in ["chain", "paper"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("configs")
            .join(folder);
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.file_name().unwrap().to_str().unwrap() {
                "sft.toml" | "trunk.toml" => check::<SftConfig>(&path),
                "prm.toml" if path.to_str().unwrap().contains("chain") => check::<PrmConfig>(&path),
                name if name.ends_with(".toml") => check::<PolicyConfig>(&path),
                _ => continue,
            }
            checked += 1;
        }
    }
    assert!(checked >= 8, "{checked}");
}
