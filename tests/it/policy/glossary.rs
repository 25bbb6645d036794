//! The README defines every metric that a run writes, in the words of the program.

use std::collections::BTreeSet;

use pure::train::{Answer, PolicyTraining};

use super::{Rewards, lines, run, settings};
use crate::training::Bench;

const README: &str = include_str!("../../../README.md");

#[test]
fn the_readme_defines_every_signal() {
    for signal in PolicyTraining::signals() {
        let row = format!(
            "| `{}` | {} |",
            signal.name,
            signal.meaning.replace('|', "\\|")
        );
        assert!(README.contains(&row), "the README lacks {row}");
    }
}

#[test]
fn a_run_writes_no_metric_that_is_not_defined() {
    let bench = Bench::new();
    let more = "evaluation = { prompts = \"data/held_out.jsonl\" }\n";
    let config = settings(&bench, more);
    let rewards = Rewards(|answer: &Answer<'_>| {
        let worth = |token: u32| (token as f32).sin();
        answer
            .steps
            .iter()
            .map(|step| worth(answer.tokens[step.start]))
            .collect()
    });
    let training = PolicyTraining::prepare(config).unwrap();
    run(&bench, training.with_step_rewards(rewards)).unwrap();
    let known: BTreeSet<&str> = PolicyTraining::signals().iter().map(|s| s.name).collect();
    for line in lines(&bench, "metrics.jsonl") {
        let names = line.as_object().unwrap().keys();
        let named = names.filter(|name| !["step", "split", "time"].contains(&name.as_str()));
        for name in named {
            assert!(known.contains(name.as_str()), "{name} is not defined");
        }
    }
}
