//! Samples that a reward model judges.

use std::fs;

use serde_json::{Value, json};

use super::{DRAWN, Place, question, told};
use crate::command_line::{err, out, records, run, run_with_input};
use crate::prm::largest_gap;
use crate::score::that_reads_text;

fn numbers(value: &Value) -> Vec<f32> {
    let numbers = value.as_array().unwrap().iter();
    numbers
        .map(|number| number.as_f64().unwrap() as f32)
        .collect()
}

#[test]
fn rewards_are_those_of_pure_score_and_are_resumed_to_the_same_bytes() {
    let place = Place::new();
    let prm = that_reads_text();
    let prm = prm.path().to_str().unwrap();
    place.solvable("sums.jsonl");
    let more = ["--template", "{prompt} = \\boxed{", "--reward-model", prm];
    let more = [&DRAWN[..], &more].concat();
    let printed = place.eval(&["sums.jsonl"], "out", &more);
    assert!(printed.status.success(), "{}", err(&printed));
    for row in ["best of k, min", "weighted maj@k, soft-min"] {
        assert!(out(&printed).contains(row), "{}", out(&printed));
    }
    let judged = place.samples("out/sums/judged.jsonl");
    assert_eq!(judged.len(), 72);
    let mut compared = 0;
    for sample in judged.iter().step_by(11) {
        let number = sample.text("id")[1..].parse().unwrap();
        let steps = sample.text("text").trim_end().split("\n\n");
        let steps: Vec<&str> = steps.filter(|step| !step.is_empty()).collect();
        if sample.text("text").contains("\n\n") || steps.is_empty() {
            continue;
        }
        let line = json!({"prompt": question("sums.jsonl", number), "steps": steps});
        let scored = run_with_input(
            &["score", "--prm", prm, "--input", "-", "--device", "cpu"],
            &line.to_string(),
        );
        let scored = numbers(&records(&scored)[0]["rewards"]);
        let gap = largest_gap(&scored, &numbers(&sample.0["rewards"]));
        assert!(gap < 1e-5, "{gap}: {line}");
        compared += 1;
    }
    assert!(compared > 2, "{compared}");
    // Without rewards each line is that of the samples.
    let samples = place.samples("out/sums/samples.jsonl");
    for (judged, sample) in judged.iter().zip(samples) {
        let mut bare = judged.0.clone();
        for name in ["rewards", "compute"] {
            bare.as_object_mut().unwrap().remove(name);
        }
        assert_eq!(bare, sample.0);
    }

    let whole = place.left("out");
    let path = place.path("out/sums/judged.jsonl");
    let bytes = fs::read(&path).unwrap();
    for share in [0.0, 0.4, 0.93] {
        fs::write(&path, &bytes[..(bytes.len() as f64 * share) as usize]).unwrap();
        place.evaluated(&["sums.jsonl"], "out", &more);
        assert!(place.left("out") == whole, "{share}");
    }
    let folder = place.text("out");
    let same = run(&[
        "eval",
        "compare",
        &folder,
        &folder,
        "--protocol",
        "weighted-majority",
    ]);
    assert!(
        out(&same).contains("weighted maj@k, min, k = 6"),
        "{}",
        err(&same)
    );
    let other = told(&place.eval(
        &["sums.jsonl"],
        "out",
        &[&more[..], &["--marker", "<|im_end|>"]].concat(),
    ));
    assert!(other.contains("`steps.marker` was null"), "{other}");
}

#[test]
fn a_sample_too_long_for_the_reward_model_counts_as_the_worst_and_is_told() {
    let place = Place::new();
    let prm = that_reads_text();
    place.benchmark("sums.jsonl", &["1", "2"]);
    let more = ["--reward-model", prm.path().to_str().unwrap()];
    let long = [
        &more[..],
        &[
            "--max-new-tokens",
            "420",
            "--ignore-eos",
            "--temperature",
            "1",
        ],
    ]
    .concat();
    let done = place.eval(&["sums.jsonl"], "out", &long);
    assert_eq!(done.status.code(), Some(1));
    assert!(
        err(&done).contains("2 samples counted as the worst: too long for the reward model"),
        "{}",
        err(&done)
    );
    assert_eq!(
        place.samples("out/sums/judged.jsonl")[1].0["rewards"],
        json!([])
    );
    assert!(place.path("out/results.json").exists());
    // A language model is no reward model, which is told before anything is sampled.
    let other = place.eval(
        &["sums.jsonl"],
        "none",
        &["--reward-model", &place.text("model")],
    );
    assert!(told(&other).contains("reward model"), "{}", err(&other));
    assert!(!place.path("none").exists());
}
