use burn::tensor::Device;
use burn::train::Learner;
use pure_core::{KlEstimator, LossToken, PolicyLoss, PolicyStats};
use pure_model::{Checkpoint, Precision};
use serde_json::Value;

use super::model::{Lesson, PolicyModel, Sampled};
use crate::golden::Curve;
use crate::layout::{Layout, Text};
use crate::optim::{Decay, OptimizerConfig, Schedule};
use crate::update::{Gathered, Updater};

/// The answers of a recorded batch, each token with all that the loss knows of it but its share.
fn answers(curve: &Curve) -> Vec<Text<Sampled>> {
    let [prompts, responses, masks] =
        ["prompts", "responses", "attention_mask"].map(|name| curve.rows(name));
    let [old, reference, advantages] =
        ["old_log_probs", "ref_log_probs", "advantages"].map(|name| curve.floats(name));
    let answer = |row: usize| {
        let (before, after) = masks[row].split_at(prompts[row].len());
        let real = |tokens: &[i64], mask: &[i64]| -> Vec<u32> {
            let pairs = tokens.iter().zip(mask);
            pairs
                .filter(|(_, mask)| **mask == 1)
                .map(|(token, _)| *token as u32)
                .collect()
        };
        let mut tokens = real(&prompts[row], before);
        let first = tokens.len() - 1;
        let response = real(&responses[row], after);
        tokens.extend(&response);
        tokens.pop();
        let asked = response.into_iter().enumerate().map(|(place, token)| {
            let facts = LossToken {
                old_log_prob: old[row][place],
                reference: reference[row][place],
                advantage: advantages[row][place],
                weight: 1.0,
                share: 0.0,
            };
            (first + place, Sampled { token, facts })
        });
        let asked = asked.collect();
        Text { tokens, asked }
    };
    (0..prompts.len()).map(answer).collect()
}

fn loss(json: &Value) -> PolicyLoss {
    let number = |name: &str| json[name].as_f64().unwrap();
    let estimator = json["kl_loss_type"].as_str().unwrap_or("k3");
    PolicyLoss {
        clip_low: number("cliprange"),
        clip_high: number("cliprange"),
        kl_coefficient: number("kl_loss_coef"),
        kl_estimator: estimator.parse::<KlEstimator>().unwrap(),
        entropy_coefficient: number("entropy_coeff"),
        ..PolicyLoss::default()
    }
}

fn optimizer(json: &Value) -> OptimizerConfig {
    let recorded = &json["optimizer"];
    assert_eq!(recorded["decay_on"], "all");
    OptimizerConfig {
        betas: [0, 1].map(|index| recorded["betas"][index].as_f64().unwrap()),
        epsilon: recorded["eps"].as_f64().unwrap(),
        weight_decay: recorded["weight_decay"].as_f64().unwrap(),
        decay: Decay::All,
        max_grad_norm: json["grad_clip"].as_f64().unwrap(),
    }
}

fn assert_close(what: &str, found: f64, expected: &Value, tolerance: f64) {
    let expected = expected.as_f64().unwrap();
    let apart = (found - expected).abs() / expected.abs().max(0.1);
    assert!(apart < tolerance, "{what}: {found}, expected {expected}");
}

#[test]
fn updates_follow_the_curve_of_pytorch() {
    for curve in Curve::all(&["ppo_plain", "ppo_kl_entropy_accum2"]) {
        let json = &curve.json;
        let checkpoint = Checkpoint::open(curve.model()).unwrap();
        let lm = checkpoint
            .load(&Device::flex().autodiff(), Precision::F32)
            .unwrap();
        let config = optimizer(json);
        let rate = json["optimizer"]["lr"].as_f64().unwrap();
        let log = json["log"].as_array().unwrap();
        let schedule = Schedule::constant(rate).over(log.len());
        let mut learner = Learner::new(PolicyModel { lm }, config.init(), schedule);
        let mut updater = Updater::new(config.max_grad_norm);
        let parts = json["grad_accumulation"].as_u64().unwrap() as usize;
        let mut answers = answers(&curve);
        let rows = answers.len() / parts;
        for (step, recorded) in log.iter().enumerate() {
            let mut gathered = Gathered::new(&learner);
            let micro = recorded["micro"].as_array().unwrap();
            for (answers, recorded) in answers.chunks_mut(rows).zip(micro) {
                // The mean of each part, then of the parts.
                let tokens: usize = answers.iter().map(|answer| answer.asked.len()).sum();
                let share = 1.0 / (tokens * parts) as f32;
                answers
                    .iter_mut()
                    .flat_map(|answer| &mut answer.asked)
                    .for_each(|(_, sampled)| sampled.facts.share = share);
                let layout = Layout {
                    batch_tokens: 40,
                    packed: None,
                };
                let mut stats = PolicyStats::default();
                let lesson = |batch| Lesson {
                    batch,
                    loss: loss(json),
                    temperature: json["temperature"].as_f64().unwrap(),
                    recompute: false,
                };
                gathered.gather(
                    layout.lay_out(&answers.iter().collect::<Vec<_>>()),
                    |model, batch| model.gradients(&lesson(batch)),
                    |part| stats += part,
                );
                let tolerance = if step == 0 { 1e-5 } else { 1e-3 };
                let parts = parts as f64;
                for (name, found) in [
                    ("loss", stats.loss * parts),
                    ("pg_loss", stats.policy * parts),
                    ("entropy", stats.entropy * parts),
                    ("clipfrac", stats.clipped / stats.tokens),
                    ("ppo_kl", stats.moved / stats.tokens),
                    ("kl_loss", stats.kl * parts),
                ] {
                    if !recorded[name].is_null() {
                        let what = format!("step {step}, {name}");
                        assert_close(&what, found, &recorded[name], tolerance);
                    }
                }
            }
            let updated = updater.apply(&mut learner, step, gathered, true).unwrap();
            let tolerance = if step == 0 { 1e-5 } else { 1e-3 };
            assert_close(
                "grad_norm",
                updated.grad_norm,
                &recorded["grad_norm"],
                tolerance,
            );
        }
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("model");
        checkpoint
            .save_as(&folder, &learner.model().lm, Precision::F32)
            .unwrap();
        curve.compare_weights(&folder);
    }
}
