//! `pure train`.

use std::fs;

use serde_json::Value;

use super::Bench;
use super::resuming::{interrupt_after, kill_after};
use crate::command_line::{err, out};

pub const TRAIN: &str = r#"
output = "policy"
model = "model"
iterations = 30

[prompts]
file = "data/train.jsonl"
raw = true
per_iteration = 3
max_prompt_length = 64
with_answer = 0.5

[rollouts]
num_generations = 4
max_new_tokens = 30
without_signal = { refill = { rounds = 1 } }

[reward_model]
model = "prm/model"

[method]
whiten = true
kl = { coefficient = 0.01, control = { adaptive = { target = 0.01, horizon = 100.0 } } }

[update]
mini_batch_size = 8

[lr_scheduler]
learning_rate = 3e-3
warmup_steps = 4
type = "linear"

[evaluation]
prompts = "data/held_out.jsonl"

[monitor]
hack = { iterations = 2, then = ["slow", "save"] }
rules = [{ signal = "truncated", when = { above = 0.2 }, iterations = 1, then = ["slow"] }]

[checkpoints]
save_steps = 4
save_total_limit = 3
"#;

/// A bench with a reward model and settings of a policy's training.
pub fn bench() -> Bench {
    let bench = Bench::new();
    let prm = bench.run(&["prm", "train", "--config", "prm.toml"]);
    assert!(prm.status.success(), "{}", err(&prm));
    bench.settings("train.toml", TRAIN);
    bench
}

#[test]
fn a_policy_whose_training_is_interrupted_goes_on_to_the_same_bits() {
    let bench = bench();
    let whole = ["train", "--config", "train.toml", "--set", "output=whole"];
    let done = bench.run(&whole);
    assert!(done.status.success(), "{}", err(&done));
    assert_eq!(out(&done), "whole/model\n");

    let stopped = ["train", "--config", "train.toml", "--set", "output=stopped"];
    let journal = bench.path("stopped/metrics.jsonl");
    let mut interruptions = 0;
    for more in [1, 3, 2, 5] {
        let ended = interrupt_after(&bench, &stopped, &journal, more);
        interruptions += usize::from(!ended.status.success());
    }
    assert!(interruptions > 2, "{interruptions}");
    let resumed = bench.run(&[&stopped[..], &["--resume"]].concat());
    assert!(resumed.status.success(), "{}", err(&resumed));
    let said = err(&resumed);
    assert!(said.contains("goes on from step"), "{said}");

    let journal = bench.journal("whole");
    let of = |split: &str| journal.iter().filter(|line| line["split"] == split).count();
    // One evaluation before the first iteration, and one at each of eight checkpoints.
    assert_eq!((of("train"), of("valid")), (30, 9));
    let found = bench.journal("stopped");
    for (found, expected) in found.iter().zip(&journal) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), journal.len());
    assert!(bench.weights("stopped") == bench.weights("whole"));
    let samples = |run: &str| fs::read(bench.path(run).join("samples.jsonl")).unwrap();
    assert!(samples("stopped") == samples("whole"));
    // The rules spoke, so that what they changed was gone on with too.
    assert!(of("monitor") > 0);
    let rate = |line: &Value| line["learning_rate"].as_f64();
    let last = journal.iter().rev().find_map(rate).unwrap();
    assert!(last < 3e-3 / 30.0 / 1.5, "{last}");
}

#[test]
fn a_reward_model_that_learns_too_goes_on_to_the_same_bits() {
    let compared = "reward_model.online.compare_with_frozen=true";
    assert_goes_on_to_the_same_bits(&[compared], "prm/model");
}

#[test]
fn an_implicit_reward_model_goes_on_to_the_same_bits() {
    let implicit = "reward_model.online.implicit.reward=worst-step";
    assert_goes_on_to_the_same_bits(&["reward_model.model=model", implicit], "model");
}

/// With a reward model that learns by these settings and began from a folder.
fn assert_goes_on_to_the_same_bits(sets: &[&str], begun: &str) {
    let bench = bench();
    let all = [
        "iterations=12",
        "reward_model.online.mini_batch_size=2",
        "reward_model.online.lr_scheduler={learning_rate=3e-3,type=\"linear\"}",
    ];
    let sets = [&all[..], sets].concat();
    let mut command = vec!["train", "--config", "train.toml"];
    sets.iter().for_each(|set| command.extend(["--set", set]));
    let whole = bench.run(&[&command[..], &["--set", "output=whole"]].concat());
    assert!(whole.status.success(), "{}", err(&whole));
    let stopped = [&command[..], &["--set", "output=stopped"]].concat();
    let journal = bench.path("stopped/metrics.jsonl");
    let mut interruptions = 0;
    for more in [1, 3, 2] {
        let ended = interrupt_after(&bench, &stopped, &journal, more);
        interruptions += usize::from(!ended.status.success());
    }
    assert!(interruptions > 1, "{interruptions}");
    let resumed = bench.run(&stopped);
    assert!(resumed.status.success(), "{}", err(&resumed));
    let journal = bench.journal("whole");
    assert_eq!(bench.journal("stopped"), journal);
    let learned = journal
        .iter()
        .filter(|line| line["prm_updates"].as_f64() > Some(0.0));
    assert!(learned.count() > 3);
    for part in ["model", "prm"] {
        let weights = |run: &str| fs::read(bench.path(run).join(part).join("model.safetensors"));
        assert!(
            weights("stopped").unwrap() == weights("whole").unwrap(),
            "{part}"
        );
    }
    let before = fs::read(bench.path(begun).join("model.safetensors")).unwrap();
    assert!(before != fs::read(bench.path("whole/prm/model.safetensors")).unwrap());
}

#[test]
fn a_run_that_is_not_there_cannot_be_resumed() {
    let bench = bench();
    let run = bench.run(&["train", "--config", "train.toml", "--resume"]);
    assert_eq!(run.status.code(), Some(1));
    assert!(err(&run).contains("no run to go on with"), "{}", err(&run));
    assert!(!bench.path("policy").exists());
}

#[test]
fn a_dry_run_tells_what_a_run_will_take_and_does_nothing() {
    let bench = bench();
    let run = bench.run(&["train", "--config", "train.toml", "--dry-run"]);
    assert!(run.status.success(), "{}", err(&run));
    let said = out(&run);
    assert!(said.contains("# prompts    40 to learn from, "), "{said}");
    assert!(
        said.contains("# iterations 30 of 12 answers and 2 updates each"),
        "{said}"
    );
    assert!(said.contains("clip_high = 0.2"), "{said}");
    assert!(!bench.path("policy").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_takes_more_than_the_machine_has_is_warned_of() {
    let bench = bench();
    let dry = |sets: &[&str]| {
        let mut command = vec!["train", "--config", "train.toml", "--dry-run"];
        sets.iter().for_each(|set| command.extend(["--set", set]));
        bench.run(&command)
    };
    let (fits, large) = (dry(&[]), dry(&["update.batch_tokens=100000000000"]));
    assert!(fits.status.success() && large.status.success());
    assert!(!err(&fits).contains("warning"), "{}", err(&fits));
    let said = err(&large);
    assert!(said.contains("warning: this takes about"), "{said}");
    // What it advises helps.
    let (_, advice) = said.trim().split_once("it fits with --set ").unwrap();
    let advised = dry(&["update.batch_tokens=100000000000", advice]);
    assert!(!err(&advised).contains("warning"), "{}", err(&advised));
}

#[test]
fn settings_that_cannot_be_are_shown_in_their_place() {
    let bench = bench();
    for (change, words) in [
        ("loss.clip_low=1.5", "loss.clip_low is 1.5"),
        ("rollouts.temperature=0.0", "must be over 0"),
        ("prompts.template=\"no place\"", "one place for the prompt"),
        (
            "monitor.rules=[{signal=\"acuracy\", when={below=0.1}}]",
            "none of the signals",
        ),
        ("method.credit={form=\"some\"}", "soft-min"),
        ("evaluation.prompt=\"x\"", "prompts"),
    ] {
        let run = bench.run(&["train", "--config", "train.toml", "--set", change]);
        assert_eq!(run.status.code(), Some(1), "{change}");
        let said = err(&run).replace("\n  │ ", " ");
        assert!(said.contains(words), "{change}: {said}");
    }
}

#[test]
fn a_checkpoint_that_lacks_a_file_costs_no_more_than_what_came_after_the_one_before() {
    let bench = bench();
    let whole = bench.run(&["train", "--config", "train.toml", "--set", "output=whole"]);
    assert!(whole.status.success(), "{}", err(&whole));
    let command = ["train", "--config", "train.toml", "--set", "output=broken"];
    kill_after(&bench, &command, &bench.path("broken/metrics.jsonl"), 16);
    let mut checkpoints: Vec<_> = fs::read_dir(bench.path("broken/checkpoints"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_none())
        .collect();
    checkpoints.sort();
    fs::remove_file(checkpoints.last().unwrap().join("model.bpk")).unwrap();
    let resumed = bench.run(&command);
    assert!(resumed.status.success(), "{}", err(&resumed));
    assert!(
        err(&resumed).contains("is damaged: model.bpk"),
        "{}",
        err(&resumed)
    );
    assert!(bench.weights("broken") == bench.weights("whole"));
}
