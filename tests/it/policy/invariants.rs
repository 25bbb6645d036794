//! What must hold whatever the settings are.

use std::fs;

use pure::core::Preset;
use pure::rl::{Answer, OldLogProbs, Outcomes, PolicyConfig, PolicyTraining, WithoutSignal};
use safetensors::SafeTensors;

use super::{Recorded, Rewards, all_equal, iterations, rollout, run, settings};
use crate::training::Bench;

/// Rewards that differ from step to step and from answer to answer.
fn lively() -> Rewards<impl FnMut(&Answer) -> Vec<f32>> {
    Rewards(|answer: &Answer| {
        let steps = answer.steps.iter();
        let worth = |token: u32| (token as f32 * 0.7).sin();
        steps
            .map(|step| worth(answer.rollout.tokens[step.start]))
            .collect()
    })
}

fn trained(change: impl FnOnce(&mut PolicyConfig)) -> (Bench, Vec<f32>) {
    let bench = Bench::new();
    let mut config = settings(&bench, "");
    // AdamW divides by gradients that may be next to nothing; this it divides by then.
    config.optimizer.epsilon = 1e-2;
    change(&mut config);
    let training = PolicyTraining::prepare(config).unwrap();
    run(&bench, training.with_step_rewards(lively())).unwrap();
    let weights = weights(&bench, "run/model");
    (bench, weights)
}

/// All numbers of a model, one after the other.
fn weights(bench: &Bench, model: &str) -> Vec<f32> {
    let bytes = fs::read(bench.path(model).join("model.safetensors")).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut names = file.names();
    names.sort_unstable();
    let numbers = names.into_iter().flat_map(|name| {
        let bytes = file.tensor(name).unwrap().data().to_vec();
        let numbers: Vec<f32> = bytes
            .as_chunks()
            .0
            .iter()
            .map(|bytes| f32::from_le_bytes(*bytes))
            .collect();
        numbers
    });
    numbers.collect()
}

fn assert_close(a: &[f32], b: &[f32], bound: f32) {
    assert_eq!(a.len(), b.len());
    let apart = a.iter().zip(b).map(|(a, b)| (a - b).abs());
    let largest = apart.fold(0.0, f32::max);
    assert!(largest < bound, "{largest}");
}

#[test]
fn how_memory_is_divided_changes_nothing() {
    let (whole, weights) = trained(|config| config.update.batch_tokens = Some(100_000));
    let number = |bench: &Bench, name: &str| -> Vec<f64> {
        let lines = iterations(bench);
        lines
            .iter()
            .map(|line| line[name].as_f64().unwrap())
            .collect()
    };
    for (tokens, packing, recompute) in [
        (1, false, false),
        (70, false, true),
        (200, true, false),
        (100_000, false, true),
    ] {
        let (divided, other) = trained(|config| {
            config.update.batch_tokens = Some(tokens);
            config.update.packing = packing;
            config.update.gradient_checkpointing = recompute;
        });
        for name in ["loss", "grad_norm", "entropy"] {
            let pairs = number(&divided, name).into_iter().zip(number(&whole, name));
            for (found, expected) in pairs {
                assert!(
                    (found - expected).abs() < 1e-5 * expected.abs().max(1.0),
                    "{name}"
                );
            }
        }
        assert_close(&other, &weights, 1e-6);
    }
}

#[test]
fn without_advantages_weights_only_decay() {
    let bench = Bench::new();
    let mut config = settings(&bench, "");
    config.method.kl.coefficient = 0.0;
    let training = PolicyTraining::prepare(config.clone()).unwrap();
    run(&bench, training.with_step_rewards(all_equal(0.0))).unwrap();
    assert_eq!(weights(&bench, "run/model"), weights(&bench, "model"));

    fs::remove_dir_all(bench.path("run")).unwrap();
    config.optimizer.weight_decay = 0.1;
    config.optimizer.decay = pure::run::Decay::All;
    let training = PolicyTraining::prepare(config).unwrap();
    run(&bench, training.with_step_rewards(all_equal(0.0))).unwrap();
    let kept = (1.0 - 1e-3 * 0.1_f32).powi(2);
    let decayed: Vec<f32> = weights(&bench, "model").iter().map(|w| w * kept).collect();
    assert_close(&weights(&bench, "run/model"), &decayed, 1e-6);
}

#[test]
fn sampler_and_trainer_agree_in_every_iteration() {
    let (bench, _) = trained(|config| config.iterations = 6);
    for line in iterations(&bench) {
        assert!(
            line["largest_policy_gap"].as_f64().unwrap() < 1e-4,
            "{line}"
        );
    }
}

#[test]
fn log_probs_of_sampler_and_trainer_lead_to_the_same_weights() {
    let (_, sampler) = trained(|_| ());
    let (_, trainer) = trained(|config| {
        config.update.old_log_probs = OldLogProbs::Trainer;
        config.update.importance_sampling_cap = Some(2.0);
    });
    assert_close(&sampler, &trainer, 1e-6);
}

#[test]
fn several_updates_and_epochs_are_counted_and_move_on() {
    let (bench, several) = trained(|config| {
        config.update.mini_batch_size = Some(4);
        config.update.epochs = 3;
    });
    let lines = iterations(&bench);
    assert!(lines.iter().all(|line| line["updates"] == 6.0));
    // After the first update the policy is no longer the one that sampled.
    assert!(
        lines
            .iter()
            .all(|line| line["moved"].as_f64().unwrap().abs() > 1e-8)
    );
    let (_, one) = trained(|_| ());
    assert!(several.iter().zip(&one).any(|(a, b)| (a - b).abs() > 1e-5));
}

#[test]
fn groups_without_signal_are_dropped_and_refilled_within_bounds() {
    // The answers to every second prompt are paid alike.
    let rewards = || {
        let mut asked = 0;
        Rewards(move |answer: &Answer| {
            asked += 1;
            let speaks = (asked - 1) / 4 % 2 == 0;
            let reward = if speaks {
                0.1 * (asked % 4) as f32
            } else {
                0.5
            };
            vec![reward; answer.steps.len()]
        })
    };
    let one_step = || Recorded(|_, sample| rollout(vec![5, 6 + sample as u32], vec![-1.0; 2]));
    let counts = |without_signal: WithoutSignal| {
        let bench = Bench::new();
        let mut config = settings(&bench, "");
        config.rollouts.without_signal = without_signal;
        let training = PolicyTraining::prepare(config).unwrap();
        let training = training
            .with_step_rewards(rewards())
            .with_sampler(one_step());
        run(&bench, training).unwrap();
        let line = iterations(&bench).swap_remove(0);
        COUNTED.map(|name| line[name].as_f64().unwrap())
    };
    // Answers are two tokens long.
    assert_eq!(counts(WithoutSignal::Keep), [8.0, 0.0, 16.0, 16.0]);
    assert_eq!(counts(WithoutSignal::Drop), [4.0, 1.0, 16.0, 8.0]);
    let refilled = counts(WithoutSignal::Refill { rounds: 5 });
    assert_eq!(refilled, [8.0, 1.0, 24.0, 16.0]);
}

/// How much was learned from, and how much was sampled for it.
const COUNTED: [&str; 4] = ["answers", "dropped", "tokens_sampled", "tokens_trained"];

/// Whether the second token of an answer is the first sample's.
struct FirstIsRight;

impl Outcomes for FirstIsRight {
    fn outcome(&self, answer: &Answer) -> Option<f32> {
        Some(f32::from(u8::from(answer.rollout.tokens[1] == 6)))
    }
}

#[test]
fn answers_that_are_filtered_out_are_not_counted_as_learned_from() {
    let bench = Bench::new();
    let mut config = settings(&bench, "");
    config.method = Preset::Prof.config();
    let training = PolicyTraining::prepare(config).unwrap();
    let one_step = Recorded(|_, sample| rollout(vec![5, 6 + sample as u32], vec![-1.0; 2]));
    let training = training
        .with_step_rewards(lively())
        .with_outcomes(FirstIsRight)
        .with_sampler(one_step);
    run(&bench, training).unwrap();
    // Of each of two groups one answer is right, and one of three wrong ones is kept.
    for line in iterations(&bench) {
        let counted = COUNTED.map(|name| line[name].as_f64().unwrap());
        assert_eq!(counted, [4.0, 0.0, 16.0, 8.0]);
    }
}

#[test]
fn an_iteration_of_nothing_but_dropped_groups_changes_nothing_and_says_so() {
    let bench = Bench::new();
    let mut config = settings(&bench, "");
    config.rollouts.without_signal = WithoutSignal::Refill { rounds: 2 };
    let training = PolicyTraining::prepare(config).unwrap();
    let one_step = Recorded(|_, sample| rollout(vec![5, 6 + sample as u32], vec![-1.0; 2]));
    let training = training
        .with_step_rewards(all_equal(0.5))
        .with_sampler(one_step);
    run(&bench, training).unwrap();
    for line in iterations(&bench) {
        assert_eq!(
            (&line["dropped"], &line["updates"]),
            (&6.0.into(), &0.0.into())
        );
    }
    assert_eq!(weights(&bench, "run/model"), weights(&bench, "model"));
}

#[test]
fn the_reference_may_be_of_another_architecture() {
    let bench = Bench::new();
    let shape = fs::read_to_string(bench.path("shape.json")).unwrap();
    let other = shape
        .replace("\"qwen2\"", "\"qwen3\"")
        .replace("\"num_hidden_layers\":1", "\"num_hidden_layers\":3");
    assert_ne!(shape, other);
    fs::write(bench.path("other.json"), other).unwrap();
    let made = bench.run(&[
        "init",
        "--config",
        "other.json",
        "--tokenizer",
        "data/tokenizer",
        "--output",
        "other",
    ]);
    assert!(made.status.success());
    let kl = |more: &str| {
        let _ = fs::remove_dir_all(bench.path("run"));
        let training = PolicyTraining::prepare(settings(&bench, more)).unwrap();
        run(&bench, training.with_step_rewards(lively())).unwrap();
        iterations(&bench)[0]["kl"].as_f64().unwrap()
    };
    // The policy is its own reference until it moves.
    assert!(kl("").abs() < 1e-6);
    let apart = kl("[reference]\nmodel = \"other\"\ndevice = \"cpu\"\n");
    assert!(apart.abs() > 1e-4, "{apart}");
}
