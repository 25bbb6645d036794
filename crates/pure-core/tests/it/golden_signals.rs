//! The metrics that the reference monitors.

use pure_core::signals::{agreement, reflection_words, repetition};
use serde_json::Value;

use crate::golden::{Case, cases, folder};

#[test]
fn repetition_and_reflection_of_texts_are_verls() {
    let text = std::fs::read(folder().join("metrics/repeat_reflection.json")).unwrap();
    let entries: Vec<Value> = serde_json::from_slice(&text).unwrap();
    let mut largest = 0.0_f64;
    for entry in entries {
        let text = entry["text"].as_str().unwrap();
        assert_eq!(
            Some(reflection_words(text) as u64),
            entry["reflection"].as_u64(),
            "{text:?}"
        );
        let difference = (repetition(text.chars()) - entry["repeatness"].as_f64().unwrap()).abs();
        assert!(difference < 1e-12, "{text:?}: {difference}");
        largest = largest.max(difference);
    }
    println!("repetition {largest:.1e}");
}

/// Recorded per answer, from the process reward if it counts and from 0 if it does not.
#[test]
fn agreement_of_reward_model_and_verifier_is_mains() {
    let mut compared = 0;
    for name in cases("credit/openrlhf") {
        let case = Case::load("credit/openrlhf", &name);
        for key in case.keys().filter(|key| key.ends_with(".match")) {
            let parts: Vec<&str> = key.split('.').collect();
            let (reward, weights, batch) = (parts[1], parts[2], parts[5]);
            for row in 0..case.get(key).rows() {
                let paid = case
                    .get(&format!("{batch}.process_reward.{weights}"))
                    .row(row);
                let paid = if reward == "VR" {
                    0.0
                } else {
                    paid.iter().sum::<f64>() as f32
                };
                let solved = case.get(&format!("{batch}.solved")).row(row)[0] as f32;
                let has_answer = case.get(&format!("{batch}.have_answers")).row(row)[0] != 0.0;
                let found = agreement([(paid, has_answer.then_some(solved))]);
                // The branch writes -1 where there is no answer.
                let expected = case.get(key).row(row)[0];
                assert_eq!(found.unwrap_or(-1.0), expected, "{name}, {key}, {row}");
                compared += 1;
            }
        }
    }
    assert!(compared > 0, "no agreement is recorded");
}
