//! Runs that begin from options, without a file of settings.

use std::fs;

use serde_json::json;

use super::Bench;
use crate::command_line::{err, out};

/// What a command and its options would do.
fn dry(bench: &Bench, command: &str, more: &[&str]) -> String {
    let words: Vec<&str> = command.split_whitespace().chain(["--dry-run"]).collect();
    let run = bench.run(&[&words[..], more].concat());
    assert!(run.status.success(), "{command}: {}", err(&run));
    out(&run)
}

#[test]
fn options_are_the_settings_that_they_name() {
    let bench = Bench::new();
    for (file, command, options) in [
        (
            "output = 'run'\nmodel = 'model'\ndata = 'data/sft.jsonl'\nraw = true",
            "sft",
            "--model model --data data/sft.jsonl --output run --set raw=true",
        ),
        (
            "output = 'run'\nmodel = 'model'\ndata = ['data/steps.jsonl', 'data/steps_held_out.jsonl']\nraw = true",
            "prm train",
            "--model model --data data/steps.jsonl --data data/steps_held_out.jsonl --output run --set raw=true",
        ),
        (
            "output = 'run'\nmodel = 'model'\nmethod = { reward = { source = 'vr' } }\n\
             prompts = { file = 'data/train.jsonl', raw = true }\nrollouts = { max_new_tokens = 30 }",
            "train",
            "--model model --prompts data/train.jsonl --output run --set prompts.raw=true \
             --set rollouts.max_new_tokens=30",
        ),
    ] {
        bench.settings("file.toml", file);
        let by_file = dry(&bench, &format!("{command} --config file.toml"), &[]);
        let by_options = dry(&bench, &format!("{command} {options}"), &[]);
        assert_eq!(by_file, by_options, "{command}");
    }
}

#[test]
fn an_option_goes_before_the_file_and_what_is_set_before_an_option() {
    let bench = Bench::new();
    let told = dry(&bench, "sft --config sft.toml --output 2024", &[]);
    assert!(told.contains("output = \"2024\"\n"), "{told}");
    assert!(told.contains("num_train_epochs = 12\n"), "{told}");
    let command = "sft --config sft.toml --output 2024 --set output=other";
    let told = dry(&bench, command, &[]);
    assert!(told.contains("output = \"other\"\n"), "{told}");
}

#[test]
fn a_folder_with_spaces_backslashes_or_quotes_in_its_name_is_named_as_it_is() {
    let bench = Bench::new();
    for name in ["a model", "a\\tmodel", "a \"model\"", "[1]"] {
        fs::rename(bench.path("model"), bench.path(name)).unwrap();
        let told = dry(&bench, "sft --config sft.toml", &["--model", name]);
        let settings: toml::Table = told.parse().unwrap();
        assert_eq!(settings["model"].as_str(), Some(name));
        fs::rename(bench.path(name), bench.path("model")).unwrap();
    }
}

#[test]
fn a_policy_without_a_reward_model_learns_from_verified_answers_and_with_one_from_steps_too() {
    let bench = super::policy_bench();
    let train = "train --model model --prompts data/train.jsonl --output run --set prompts.raw=true \
                 --set prompts.per_iteration=2 --set rollouts.num_generations=2 --set iterations=1 \
                 --set rollouts.max_new_tokens=24";
    let source = |more: &[&str]| {
        let settings: toml::Table = dry(&bench, train, more).parse().unwrap();
        settings["method"]["reward"]["source"].clone()
    };
    assert_eq!(source(&[]).as_str(), Some("vr"));
    let judged = ["--reward-model", "prm/model"];
    assert_eq!(source(&judged).as_str(), Some("prm+vr"));
    let set = ["--set", "reward_model.model=prm/model"];
    assert_eq!(source(&set).as_str(), Some("prm+vr"));
    let alone = [&judged[..], &["--set", "method.reward.source=prm"]].concat();
    assert_eq!(source(&alone).as_str(), Some("prm"));

    let words: Vec<&str> = train.split_whitespace().collect();
    let done = bench.run(&words);
    assert!(done.status.success(), "{}", err(&done));
    assert_eq!(out(&done), "run/model\n");
    assert_eq!(bench.journal("run")[0]["answers"], 4.0);
}

#[test]
fn prompts_without_answers_teach_nothing_where_nothing_else_is_paid() {
    let bench = Bench::new();
    let prompts = json!({"question": "1+1="}).to_string();
    fs::write(bench.path("asked.jsonl"), prompts).unwrap();
    let train = "train --model model --prompts asked.jsonl --output run --set prompts.raw=true \
                 --set rollouts.max_new_tokens=24";
    let words: Vec<&str> = train.split_whitespace().collect();
    let run = bench.run(&words);
    assert_eq!(run.status.code(), Some(1));
    assert!(
        err(&run).contains("no prompt has a known answer"),
        "{}",
        err(&run)
    );
    assert!(!bench.path("run").exists());
}

#[test]
fn what_no_option_says_is_told_with_the_options_that_say_it() {
    let bench = Bench::new();
    for command in [&["train"][..], &["sft"], &["prm", "train"]] {
        let run = bench.run(command);
        let said = err(&run).replace('│', " ");
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let words = ["the command line: `output`", "`model`", "--model, --output"];
        assert!(words.iter().all(|words| said.contains(words)), "{said}");
    }
}
