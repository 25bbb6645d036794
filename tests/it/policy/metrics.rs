//! Every metric that a run writes is defined.

use std::collections::BTreeSet;

use pure::core::metrics::POLICY_METRICS;
use pure::rl::{Answer, PolicyTraining};

use super::{Rewards, lines, run, settings};
use crate::training::Bench;

#[test]
fn a_run_writes_no_metric_that_is_not_defined() {
    let bench = Bench::new();
    let more = "evaluation = { prompts = \"data/held_out.jsonl\" }\n";
    let config = settings(&bench, more);
    let rewards = Rewards(|answer: &Answer| {
        let worth = |token: u32| (token as f32).sin();
        answer
            .steps
            .iter()
            .map(|step| worth(answer.rollout.tokens[step.start]))
            .collect()
    });
    let training = PolicyTraining::prepare(config).unwrap();
    run(&bench, training.with_step_rewards(rewards)).unwrap();
    let known: BTreeSet<&str> = POLICY_METRICS.iter().map(|metric| metric.name).collect();
    for line in lines(&bench, "metrics.jsonl") {
        let names = line.as_object().unwrap().keys();
        let named = names.filter(|name| !["step", "split", "time"].contains(&name.as_str()));
        for name in named {
            assert!(known.contains(name.as_str()), "{name} is not defined");
        }
    }
}
