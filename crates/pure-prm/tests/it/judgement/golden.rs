//! Numbers that were not computed here: tests/golden/make_judgement.py wrote them.

use std::num::NonZeroU16;

use pure_prm::judgement::{
    BestOfN, BestThreshold, Candidate, FirstErrorQuality, Reliability, StepQuality,
};
use serde_json::Value;

use super::{Answer, collected, steps};

fn cases(part: &str) -> Vec<Value> {
    let golden: Value = serde_json::from_str(include_str!("../../golden/judgement.json")).unwrap();
    let cases = golden[part].as_array().unwrap().clone();
    assert!(!cases.is_empty());
    cases
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().unwrap().iter()
}

fn probability(value: &Value) -> f32 {
    value.as_f64().unwrap() as f32
}

/// Within 1e-9, and absent where it is `null`.
fn check(what: &str, found: Option<f64>, expected: &Value) {
    assert!(expected.is_number() || expected.is_null(), "{what}");
    let same = match (found, expected.as_f64()) {
        (Some(found), Some(expected)) => (found - expected).abs() < 1e-9,
        (found, expected) => found == expected,
    };
    assert!(same, "{what}: {found:?}, not {expected}");
}

#[test]
fn steps_are_measured_as_scikit_learn_measures_them() {
    for case in cases("steps") {
        let goods = list(&case["good"]).map(|good| good.as_bool().unwrap());
        let pairs: Vec<_> = list(&case["p_good"]).map(probability).zip(goods).collect();
        let steps = steps(&pairs);
        let found = StepQuality::of(&steps);
        let check = |what: &str, found, expected| {
            check(&format!("{} of {}", what, case["name"]), found, expected);
        };
        check("accuracy", found.accuracy, &case["accuracy"]);
        for (index, class) in [found.good, found.bad].into_iter().enumerate() {
            check("precision", class.precision, &case["precision"][index]);
            check("recall", class.recall, &case["recall"][index]);
            check("f1", class.f1, &case["f1"][index]);
        }
        check("roc_auc", found.roc_auc, &case["roc_auc"]);
        check("log_loss", found.log_loss, &case["log_loss"]);
        check("brier", found.brier, &case["brier"]);
        let errors = &case["calibration_error"];
        check("calibration", found.calibration_error, &errors["15"]);
        for (bins, error) in errors.as_object().unwrap() {
            let reliability = Reliability::of(&steps, bins.parse::<NonZeroU16>().unwrap());
            check("calibration", reliability.calibration_error, error);
        }
    }
}

#[test]
fn first_errors_are_found_as_by_trying_every_threshold() {
    for case in cases("answers") {
        let answer = |answer: &Value| -> Answer {
            let p_good = list(&answer["p_good"]).map(probability).collect();
            (
                p_good,
                answer["first_error"].as_u64().map(|error| error as usize),
            )
        };
        let answers = collected(&list(&case["answers"]).map(answer).collect::<Vec<_>>());
        for (threshold, expected) in case["at"].as_object().unwrap() {
            let found = FirstErrorQuality::of(&answers, threshold.parse().unwrap()).unwrap();
            check(
                "with an error",
                found.accuracy_with_error,
                &expected["with_error"],
            );
            check(
                "without",
                found.accuracy_without_error,
                &expected["without_error"],
            );
            check("f1", found.f1, &expected["f1"]);
        }
        let best = BestThreshold::of(&answers).unwrap();
        check("best f1", best.quality.f1, &case["best_f1"]);
    }
}

#[test]
fn samples_are_chosen_as_by_trying_every_draw() {
    for case in cases("problems") {
        let sample = |sample: &Value| Candidate {
            score: sample["score"].as_f64().unwrap(),
            right: sample["right"].as_bool().unwrap(),
            answer: sample["answer"].as_u64().map(|answer| answer as usize),
        };
        let problem = |problem: &Value| list(problem).map(sample).collect::<Vec<_>>();
        let problems: Vec<_> = list(&case["problems"]).map(problem).collect();
        let found = BestOfN::of(&problems).unwrap();
        assert_eq!(found.curve.len(), case["curve"].as_array().unwrap().len());
        for (found, expected) in found.curve.iter().zip(list(&case["curve"])) {
            assert_eq!(Some(found.n as u64), expected["n"].as_u64());
            check("best", Some(found.best), &expected["best"]);
            check("pass", Some(found.pass), &expected["pass"]);
        }
        let votes = found.votes.unwrap();
        check("majority", Some(votes.majority), &case["majority"]);
        check("weighted", votes.weighted, &case["weighted"]);
    }
}
