//! A reward model that learns while the policy does.

use std::fs;

use burn::tensor::Device;
use pure::data::StepLabel::{self, Bad, Good, Ignored};
use pure::model::{Checkpoint, Precision};
use pure::rl::{Answer, Error, Outcomes, PolicyTraining, StepJudge};
use serde_json::Value;

use super::{Recorded, iterations, lines, rollout, run, settings};
use crate::training::{Bench, policy_bench};

/// An answer that is called right, and one that is called wrong. (The last token of a step is read as its marker.)
const TEXTS: [&str; 2] = ["1+2=3\n\n3+1=4", "7*8=6\n\n6*9=4"];

const ONLINE: &str = r#"
[reward_model]
model = "prm/model"
[reward_model.online]
mini_batch_size = 3
epochs = 2
compare_with_frozen = true
lr_scheduler = { learning_rate = 3e-2 }
"#;

/// Half of the answers to each prompt are each of both texts.
fn training(bench: &Bench, more: &str, iterations: usize) -> PolicyTraining {
    let mut config = settings(bench, more);
    config.iterations = iterations;
    let training = PolicyTraining::prepare(config).unwrap();
    let encode = |text: &str| training.tokenizer().encode(text, false).unwrap();
    let texts = TEXTS.map(encode);
    let recorded = Recorded(move |_, sample: usize| {
        let tokens = texts[sample % 2].clone();
        let log_probs = vec![-1.0; tokens.len()];
        rollout(tokens, log_probs)
    });
    training.with_sampler(recorded).with_outcomes(FirstIsRight)
}

struct FirstIsRight;

impl Outcomes for FirstIsRight {
    fn outcome(&self, answer: &Answer) -> Option<f32> {
        Some(f32::from(u8::from(answer.text == TEXTS[0])))
    }
}

/// A measure of all iterations.
fn all(bench: &Bench, name: &str) -> Vec<f64> {
    let lines = iterations(bench);
    let number = |line: &Value| {
        line[name]
            .as_f64()
            .unwrap_or_else(|| panic!("{name}: {line}"))
    };
    lines.iter().map(number).collect()
}

/// Mean squared errors of the product of `P(good)`, an iteration each, from the rewards in `samples.jsonl`.
fn brier(bench: &Bench) -> Vec<f64> {
    let samples = lines(bench, "samples.jsonl");
    let of_iteration = |step: usize| {
        let these = samples.iter().filter(|line| line["step"] == step);
        let errors = these.map(|line| {
            let rewards = line["rewards"].as_array().unwrap().iter();
            let good = rewards.map(|reward| (1.0 + reward.as_f64().unwrap()) / 2.0);
            (good.product::<f64>() - line["outcome"].as_f64().unwrap()).powi(2)
        });
        let errors: Vec<f64> = errors.collect();
        assert_eq!(errors.len(), 8);
        errors.iter().sum::<f64>() / 8.0
    };
    (1..=iterations(bench).len()).map(of_iteration).collect()
}

#[test]
fn it_learns_right_from_wrong_and_is_measured_before_each_lesson_beside_what_it_was() {
    let bench = policy_bench();
    run(&bench, training(&bench, ONLINE, 8)).unwrap();
    // Eight answers, three a step, twice.
    assert_eq!(all(&bench, "prm_updates"), [6.0; 8]);
    let loss = all(&bench, "prm_loss");
    assert!(loss[7] < loss[0] / 4.0, "{loss:?}");
    assert_eq!(all(&bench, "prm_auc")[7], 1.0);
    let found = all(&bench, "prm_brier");
    for (found, expected) in found.iter().zip(brier(&bench)) {
        assert!(
            (found - expected).abs() < 1e-6,
            "{found}, expected {expected}"
        );
    }
    assert!(found[7] < 0.05, "{found:?}");
    for (frozen, own) in [
        ("frozen_prm_auc", "prm_auc"),
        ("frozen_prm_brier", "prm_brier"),
    ] {
        assert_eq!(all(&bench, frozen)[0], all(&bench, own)[0]);
    }
    let frozen = all(&bench, "frozen_prm_brier");
    assert!(frozen.iter().all(|brier| *brier > 0.2), "{frozen:?}");
}

#[test]
fn what_it_has_become_is_in_the_run_and_reads_as_it_was_taught() {
    let bench = policy_bench();
    run(&bench, training(&bench, ONLINE, 2)).unwrap();
    let file = |folder: &str, name: &str| fs::read(bench.path(folder).join(name)).unwrap();
    assert_eq!(file("run/prm", "prm.json"), file("prm/model", "prm.json"));
    assert!(file("run/prm", "model.safetensors") != file("prm/model", "model.safetensors"));
    let prm = Checkpoint::open(bench.path("run/prm")).unwrap();
    prm.load_prm(&Device::flex(), Precision::F32).unwrap();
}

#[test]
fn without_verified_answers_it_has_nothing_to_learn_from_and_says_so_before_the_run() {
    let bench = policy_bench();
    let mut config = settings(&bench, ONLINE);
    config.prompts.with_answer = 0.0;
    let error = PolicyTraining::prepare(config)
        .unwrap()
        .check()
        .unwrap_err();
    assert!(matches!(error, Error::NothingTeaches));
    assert!(error.to_string().contains("`prompts.with_answer`"));
}

/// Says the same of each answer's steps.
struct Says(Vec<StepLabel>);

impl StepJudge for Says {
    fn labels(&mut self, answer: &Answer) -> Result<Option<Vec<StepLabel>>, Error> {
        Ok((answer.text == TEXTS[1]).then(|| self.0.clone()))
    }
}

#[test]
fn a_judge_of_steps_takes_the_place_of_outcomes() {
    let bench = policy_bench();
    let online = ONLINE.replace("compare_with_frozen = true", "");
    let mut training = training(&bench, &online, 8);
    training = training.with_step_judge(Says(vec![Good, Bad]));
    run(&bench, training).unwrap();
    // Four of the eight answers are judged.
    assert_eq!(all(&bench, "prm_updates"), [4.0; 8]);
    let last = lines(&bench, "samples.jsonl").pop().unwrap();
    let rewards = last["rewards"].as_array().unwrap();
    let rewards: Vec<f64> = rewards.iter().map(|r| r.as_f64().unwrap()).collect();
    assert!(rewards[0] > 0.8 && rewards[1] < -0.8, "{rewards:?}");
    let is_measured = |line: &Value| !line["frozen_prm_auc"].is_null();
    assert!(!iterations(&bench).iter().any(is_measured));
}

#[test]
fn labels_that_are_not_one_a_step_end_the_run_and_answers_without_any_teach_nothing() {
    let bench = policy_bench();
    let judged = |labels| training(&bench, ONLINE, 1).with_step_judge(Says(labels));
    let error = run(&bench, judged(vec![Good])).unwrap_err();
    assert!(matches!(error, Error::LabelCount));
    fs::remove_dir_all(bench.path("run")).unwrap();
    run(&bench, judged(vec![Ignored; 2])).unwrap();
    assert_eq!(all(&bench, "prm_updates"), [0.0]);
}
