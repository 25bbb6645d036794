//! Every metric that a run writes is defined, and what it tells while it goes on is what it writes.

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

#[test]
fn an_answer_of_every_iteration_is_told_with_the_rewards_of_its_steps() {
    let bench = Bench::new();
    let config = settings(&bench, "");
    let count = config.iterations;
    let rewards = Rewards(|answer: &Answer| {
        let steps = answer.steps.iter();
        steps.map(|step| step.start as f32 / 100.0).collect()
    });
    let training = PolicyTraining::prepare(config).unwrap();
    let told = run(&bench, training.with_step_rewards(rewards)).unwrap();
    assert_eq!(told.answers.len(), count);
    let samples = lines(&bench, "samples.jsonl");
    for (number, (step, answer)) in told.answers.iter().enumerate() {
        assert_eq!(*step, number + 1);
        let of_step = samples.iter();
        let of_step = of_step.filter(|line| line["split"] == "train" && line["step"] == *step);
        let of_step: Vec<_> = of_step.collect();
        let line = of_step[number % of_step.len()];
        assert_eq!(line["prompt"], answer.prompt);
        let text: String = answer.steps.iter().map(|(text, _)| text.as_str()).collect();
        assert!(line["text"].as_str().unwrap().starts_with(&text), "{line}");
        let rewards: Vec<_> = answer.steps.iter().map(|(_, reward)| *reward).collect();
        let written: Vec<Option<f32>> = serde_json::from_value(line["rewards"].clone()).unwrap();
        assert_eq!(rewards, written);
        let outcome = line["outcome"].as_f64();
        assert_eq!(outcome.map(|outcome| outcome >= 0.5), answer.is_right);
        assert_eq!(line["finish"] == "length", answer.is_cut);
    }
    let phases = [
        "training",
        "prompts",
        "rollout",
        "scoring",
        "update",
        "checkpoint",
    ];
    for phase in phases {
        assert!(told.phases.contains(&phase), "{phase}: {:?}", told.phases);
    }
}
