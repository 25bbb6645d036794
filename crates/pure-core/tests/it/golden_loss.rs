//! The parts of the recorded losses that are this crate's: KL estimates, whitening, the controller.
//! They are large, so they are not among the committed data: `PURE_GOLDEN` brings them.

use pure_core::{Deviation, KlControl, KlController, KlEstimator, whiten};

use crate::golden::{Case, Largest, folder, masked};

const FOLDER: &str = "credit/loss";

fn recorded() -> Option<Case> {
    let there = folder().join(FOLDER).exists();
    there.then(|| Case::load(FOLDER, "loss"))
}

#[test]
fn kl_and_whitening_are_verls() {
    let Some(case) = recorded() else { return };
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
                let mut out = vec![0.0; policy.len()];
                estimator.estimates(&policy, &reference, &mut out);
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
        whiten(&mut values, &valid, Deviation::Sample);
        let expected = masked(get("masked_whiten").values(), mask);
        largest.check(
            "masked_whiten",
            name,
            &masked(&values, mask),
            &expected,
            2e-5,
        );
    }
    largest.print();
}

#[test]
fn the_adaptive_controller_is_verls() {
    let Some(case) = recorded() else { return };
    let cases = case.json["cases"].as_array().unwrap();
    let entry = cases
        .iter()
        .find(|entry| entry["name"] == "adaptive_kl")
        .unwrap();
    let number = |key: &str| entry[key].as_f64().unwrap();
    let control = KlControl::Adaptive {
        target: number("target"),
        horizon: number("horizon"),
    };
    let mut controller = KlController::new(number("init"), control).unwrap();
    for step in entry["trace"].as_array().unwrap() {
        controller.observe(
            step[0].as_f64().unwrap(),
            step[1].as_u64().unwrap() as usize,
        );
        assert!((controller.coefficient() - step[2].as_f64().unwrap()).abs() < 1e-12);
    }
}
