//! The recorded losses: of the policy with their gradients, KL estimates, whitening, the controller.

use pure_core::{
    Deviation, KlConfig, KlControl, KlEstimator, LossMean, LossToken, PolicyLoss, whiten,
};

use crate::golden::{Case, Largest, kl_estimates, masked};

const FOLDER: &str = "credit/loss";

fn recorded() -> Case {
    Case::load(FOLDER, "loss")
}

#[test]
fn kl_and_whitening_are_verls() {
    let case = recorded();
    let mut largest = Largest::default();
    let names: Vec<&str> = case
        .keys()
        .filter_map(|key| key.strip_suffix(".mask"))
        .collect();
    for name in names {
        let get = |key: &str| case.get(&format!("{name}.{key}"));
        for kl in ["kl", "abs", "mse", "low_var_kl"] {
            let estimator: KlEstimator = kl.parse().unwrap();
            let mut mean = (0.0, 0.0);
            for row in 0..get("mask").rows() {
                let (policy, reference) = (
                    get("log_probs").row_f32(row),
                    get("ref_log_probs").row_f32(row),
                );
                let out = kl_estimates(estimator, &policy, &reference);
                let stage = format!("kl_penalty.{kl}");
                largest.check(&stage, name, &out, get(&stage).row(row), 1e-5);
                let valid = masked(&out, get("mask").row(row));
                mean.0 += valid.iter().map(|&value| f64::from(value)).sum::<f64>();
                mean.1 += valid.len() as f64;
            }
            let cases = case.json["cases"].as_array().unwrap();
            let entry = cases.iter().find(|entry| entry["name"] == name).unwrap();
            let expected = entry["kl_loss"][kl].as_f64().unwrap();
            largest.check(
                "kl_loss",
                name,
                &[(mean.0 / mean.1) as f32],
                &[expected],
                1e-5,
            );
        }
        if !case.has(&format!("{name}.masked_whiten")) {
            continue;
        }
        let mask = get("mask").values();
        let valid: Vec<bool> = mask.iter().map(|&mask| mask != 0.0).collect();
        let mut values: Vec<f32> = get("advantages")
            .values()
            .iter()
            .map(|&v| v as f32)
            .collect();
        whiten(&mut values, &valid, Deviation::Sample, 0);
        let expected = masked(get("masked_whiten").values(), mask);
        largest.check(
            "masked_whiten",
            name,
            &masked(&values, mask),
            &expected,
            2e-5,
        );
    }
    largest.assert_compared(&[
        "kl_loss",
        "kl_penalty.abs",
        "kl_penalty.kl",
        "kl_penalty.low_var_kl",
        "kl_penalty.mse",
        "masked_whiten",
    ]);
}

#[test]
fn the_adaptive_controller_is_verls() {
    let case = recorded();
    let cases = case.json["cases"].as_array().unwrap();
    let entry = cases
        .iter()
        .find(|entry| entry["name"] == "adaptive_kl")
        .unwrap();
    let number = |key: &str| entry[key].as_f64().unwrap();
    let config = KlConfig {
        coefficient: number("init"),
        control: KlControl::Adaptive {
            target: number("target"),
            horizon: number("horizon"),
        },
        ..KlConfig::default()
    };
    let mut controller = config.controller().unwrap();
    for step in entry["trace"].as_array().unwrap() {
        controller.observe(
            step[0].as_f64().unwrap(),
            step[1].as_u64().unwrap() as usize,
        );
        assert!((controller.coefficient() - step[2].as_f64().unwrap()).abs() < 1e-12);
    }
}

#[test]
fn the_policy_loss_and_its_gradient_are_those_of_both_branches() {
    let case = recorded();
    let mut largest = Largest::default();
    for entry in case.json["cases"].as_array().unwrap() {
        let name = entry["name"].as_str().unwrap();
        for (branch, mean, key) in [
            ("verl", LossMean::Tokens, "pg_loss"),
            ("openrlhf", LossMean::Answers, "loss"),
        ] {
            // That branch leaves out a batch whose mean ratio is over 200; here the learner does.
            if entry[branch].is_null() || entry[branch]["skipped"] == true {
                continue;
            }
            let loss = PolicyLoss {
                clip_low: entry["cliprange"].as_f64().unwrap(),
                clip_high: entry["cliprange"].as_f64().unwrap(),
                mean,
                ..PolicyLoss::default()
            };
            let batch = Batch::of(&case, name, mean);
            let (stats, gradient) = loss.of(&batch.log_probs, &batch.entropies, &batch.tokens);
            let expected = batch.masked(case.get(&format!("{name}.{branch}.grad")).values());
            largest.check(
                &format!("{branch}.grad"),
                name,
                &gradient.log_probs,
                &expected,
                1e-5,
            );
            let mut number = |key: &str, found: f64| {
                let expected = entry[branch][key].as_f64().unwrap();
                largest.check(
                    &format!("{branch}.{key}"),
                    name,
                    &[found as f32],
                    &[expected],
                    1e-5,
                );
            };
            number(key, stats.policy);
            if branch == "verl" {
                number("pg_clipfrac", stats.clipped / stats.tokens);
                number("ppo_kl", stats.moved / stats.tokens);
            } else {
                number("avg_ratio", mean_ratio(&batch));
            }
        }
    }
    largest.assert_compared(&[
        "openrlhf.avg_ratio",
        "openrlhf.grad",
        "openrlhf.loss",
        "verl.grad",
        "verl.pg_clipfrac",
        "verl.pg_loss",
        "verl.ppo_kl",
    ]);
}

#[test]
fn the_gradient_of_the_kl_divergence_is_verls() {
    let case = recorded();
    let mut largest = Largest::default();
    let keys = case
        .keys()
        .filter_map(|key| key.split_once(".kl_loss_grad."));
    for (name, kl) in keys.collect::<Vec<_>>() {
        let loss = PolicyLoss {
            kl_coefficient: 1.0,
            kl_estimator: kl.parse().unwrap(),
            ..PolicyLoss::default()
        };
        let mut batch = Batch::of(&case, name, LossMean::Tokens);
        batch
            .tokens
            .iter_mut()
            .for_each(|token| token.advantage = 0.0);
        let (_, gradient) = loss.of(&batch.log_probs, &batch.entropies, &batch.tokens);
        let expected = batch.masked(case.get(&format!("{name}.kl_loss_grad.{kl}")).values());
        largest.check(kl, name, &gradient.log_probs, &expected, 1e-5);
    }
    largest.assert_compared(&["abs", "kl", "low_var_kl", "mse"]);
}

/// The tokens of a recorded case that its mask leaves.
struct Batch {
    mask: Vec<f64>,
    log_probs: Vec<f32>,
    entropies: Vec<f32>,
    tokens: Vec<LossToken>,
}

impl Batch {
    fn of(case: &Case, name: &str, mean: LossMean) -> Self {
        let get = |key: &str| case.get(&format!("{name}.{key}"));
        let mask = get("mask");
        let lengths: Vec<usize> = (0..mask.rows())
            .map(|row| mask.row(row).iter().sum::<f64>() as usize)
            .collect();
        let all = lengths.iter().sum();
        let weights = lengths.iter().flat_map(|&length| {
            let weight = mean.token_weight(length, lengths.len(), all, 1);
            std::iter::repeat_n(weight as f32, length)
        });
        let column = |key: &str| -> Vec<f32> {
            let values = masked(get(key).values(), mask.values());
            values.into_iter().map(|value| value as f32).collect()
        };
        let (old, references) = (column("old_log_probs"), column("ref_log_probs"));
        let advantages = column("advantages");
        let tokens = weights.enumerate().map(|(index, loss_weight)| LossToken {
            token: 0,
            old_log_prob: old[index],
            reference: references[index],
            advantage: advantages[index],
            policy_weight: 1.0,
            loss_weight,
        });
        Self {
            tokens: tokens.collect(),
            log_probs: column("log_probs"),
            entropies: vec![0.0; all],
            mask: mask.values().to_vec(),
        }
    }

    fn masked(&self, values: &[f64]) -> Vec<f64> {
        masked(values, &self.mask)
    }
}

/// The mean over answers of the mean ratio of their tokens, as OpenRLHF has it.
fn mean_ratio(batch: &Batch) -> f64 {
    let pairs = batch.log_probs.iter().zip(&batch.tokens);
    let ratios = pairs.map(|(now, token)| {
        f64::from(token.loss_weight) * (f64::from(*now) - f64::from(token.old_log_prob)).exp()
    });
    ratios.sum()
}
