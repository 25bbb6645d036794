//! Settings and data that are wrong, and dry runs.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs;
use std::path::Path;

use pure::prm::PrmConfig;
use pure::rl::PolicyConfig;
use pure::settings::{self, JsonSchema, Override, Setting, Validate};
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
    bench.settings("key.toml", &SFT.replace("warmup_steps", "warmpu_steps"));
    let said = [
        "lr_scheduler.warmpu_steps is not a setting",
        "`warmup_steps`",
        "key.toml:14",
    ];
    refused(&bench, &["sft", "--config", "key.toml"], &said);
    bench.settings("type.toml", &SFT.replace("epochs = 12", "epochs = \"12\""));
    let said = [
        "num_train_epochs is the string \"12\"",
        "whole number",
        "type.toml:6",
    ];
    refused(&bench, &["sft", "--config", "type.toml"], &said);
    let set = |change| ["sft", "--config", "sft.toml", "--set", change];
    let said = ["cannot be \"cosin\"", "did you mean \"cosine\"", "--set"];
    refused(&bench, &set("lr_scheduler.type=cosin"), &said);
    refused(
        &bench,
        &set("batch.train_batch_size=0"),
        &["batch.train_batch_size must be 1 or more"],
    );
    refused(&bench, &set("model=nowhere"), &["nowhere"]);
    refused(&bench, &set("data=nowhere.jsonl"), &["nowhere.jsonl"]);
    refused(&bench, &["sft", "--config", "none.toml"], &["none.toml"]);
    let said = ["stages[1].num_train_epochs must be 1 or more"];
    let set = "stages=[{trains=\"head\",num_train_epochs=1,lr_scheduler={learning_rate=1}},{trains=\"all\",num_train_epochs=0,lr_scheduler={learning_rate=1}}]";
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
    let set = "batch.max_length=3";
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
    let run = ["sft", "--config", "sft.toml", "--set", "max_steps=2"];
    assert!(bench.run(&run).status.success());
    let other = bench.run(&[&run[..], &["--set", "optimizer.weight_decay=0.2"]].concat());
    assert_eq!(other.status.code(), Some(1));
    assert!(err(&other).contains("other settings"), "{}", err(&other));
    assert!(
        err(&other).contains("`weight_decay = 0.1`"),
        "{}",
        err(&other)
    );

    let other = bench.run(&["sft", "--config", "sft.toml", "--set", "output=data"]);
    assert_eq!(other.status.code(), Some(1));
    assert!(err(&other).contains("holds no run"), "{}", err(&other));
}

#[test]
fn settings_under_their_former_names_go_on_working_and_say_so() {
    let bench = Bench::new();
    let old = SFT
        .replace("num_train_epochs", "epochs")
        .replace("[lr_scheduler]\nlearning_rate", "[learning_rate]\npeak");
    assert_ne!(old, SFT);
    bench.settings("old.toml", &old);
    let dry = |file| bench.run(&["sft", "--config", file, "--dry-run"]);
    let (old, new) = (dry("old.toml"), dry("sft.toml"));
    assert!(old.status.success(), "{}", err(&old));
    assert_eq!(out(&old), out(&new));
    assert_eq!(err(&new), "");
    for told in [
        "`epochs` is called `num_train_epochs` now",
        "`lr_scheduler.peak` is called `lr_scheduler.learning_rate` now",
    ] {
        assert!(err(&old).contains(told), "{}", err(&old));
    }
}

#[test]
fn every_setting_of_a_run_is_in_the_list_of_settings() {
    /// The keys of a table, `[]` behind arrays of tables.
    fn keys(path: &str, table: &toml::Table, found: &mut BTreeSet<String>) {
        for (name, value) in table {
            let key = match path {
                "" => name.clone(),
                path => format!("{path}.{name}"),
            };
            match value {
                toml::Value::Table(inner) => keys(&key, inner, found),
                toml::Value::Array(elements) if elements.iter().any(toml::Value::is_table) => {
                    let tables = elements.iter().filter_map(toml::Value::as_table);
                    tables.for_each(|inner| keys(&format!("{key}[]"), inner, found));
                }
                _ => _ = found.insert(key),
            }
        }
    }
    let bench = Bench::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs");
    for (command, file) in [
        ("train", "paper/prm-vr.toml"),
        ("sft", "chain/sft.toml"),
        ("prm", "chain/prm.toml"),
    ] {
        let path = folder.join(file);
        let text = match command {
            "train" => {
                settings::resolved(&settings::load::<PolicyConfig>(&path, &[]).unwrap().settings)
            }
            "sft" => settings::resolved(&settings::load::<SftConfig>(&path, &[]).unwrap().settings),
            _ => settings::resolved(&settings::load::<PrmConfig>(&path, &[]).unwrap().settings),
        };
        let mut written = BTreeSet::new();
        keys("", &text.unwrap().parse().unwrap(), &mut written);
        let list = out(&bench.run(&["config", "--list", command]));
        let listed: BTreeSet<&str> = list
            .lines()
            .filter_map(|line| line.split("  ").next())
            .collect();
        for key in &written {
            // What names a form of credit is told with the names.
            if key != "method.credit.form" && key != "monitor.rules[].when.above" {
                assert!(listed.contains(key.as_str()), "{key} is not in\n{list}");
            }
        }
        let schema = out(&bench.run(&["config", "--schema", command]));
        let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
        assert_eq!(schema["type"], "object");
    }
}

#[test]
fn a_printed_file_of_settings_reads_as_the_defaults_and_holds_every_setting() {
    fn check<T: DeserializeOwned + Validate + JsonSchema + PartialEq + Debug>(
        bench: &Bench,
        command: &str,
        required: &[&str],
    ) {
        let text = out(&bench.run(&["config", command]));
        let given: Vec<Override> = required.iter().map(|set| set.parse().unwrap()).collect();
        let read = |text: &str| {
            let loaded = settings::parse::<T>("printed.toml".as_ref(), text, &given);
            loaded
                .unwrap_or_else(|error| panic!("{error}\n{text}"))
                .settings
        };
        assert_eq!(read(&text), read(""), "{text}");
        // What must be given is all that is missing, and is called so.
        let missing = settings::parse::<T>("printed.toml".as_ref(), &text, &[]).unwrap_err();
        for set in required {
            let (key, _) = set.split_once('=').unwrap();
            let name = key.rsplit('.').next().unwrap();
            assert!(
                missing.to_string().contains(&format!("`{key}`")),
                "{missing}"
            );
            assert!(
                text.contains(&format!("# {name} =\n")),
                "{key} is not in\n{text}"
            );
        }
        assert_eq!(
            missing.to_string().matches('`').count(),
            2 * required.len(),
            "{missing}"
        );
        for Setting { key, meaning, .. } in settings::list::<T>() {
            let name = key.rsplit('.').next().unwrap();
            assert!(text.contains(name), "{key} is not in\n{text}");
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let told = words(&text.replace('#', " "));
            assert!(
                told.contains(&words(&meaning)),
                "{meaning} is not in\n{text}"
            );
        }
        // Of what other programs call otherwise, the settings are there.
        let keys = T::keys();
        for (foreign, key) in T::FOREIGN {
            assert!(keys.iter().any(|known| known == key), "{foreign}: {key}");
        }
    }
    let bench = Bench::new();
    let models = ["output=o", "model=m"];
    check::<PolicyConfig>(&bench, "train", &models);
    check::<SftConfig>(&bench, "sft", &[&models[..], &["data=d"]].concat());
    check::<PrmConfig>(&bench, "prm", &[&models[..], &["data=['d']"]].concat());
}

#[test]
fn settings_that_ship_are_settings() {
    fn check<T: DeserializeOwned + Validate>(path: &Path) {
        let loaded = settings::load::<T>(path, &[]).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(loaded.renamed, [], "{}", path.display());
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
