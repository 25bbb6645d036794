//! What a reward model may be trained by.

use std::fs;

use serde_json::Value;

use super::Bench;
use crate::command_line::{err, out};

/// `pure prm train` with settings changed.
fn train(bench: &Bench, more: &[&str]) -> std::process::Output {
    let mut command = vec!["prm", "train", "--config", "prm.toml"];
    command.extend(more);
    bench.run(&command)
}

#[test]
fn answers_whose_first_error_is_contested_are_not_learned_from() {
    let bench = Bench::new();
    let text = fs::read_to_string(bench.path("data/steps.jsonl")).unwrap();
    let all = text.lines().count();
    let mut wrong = 0;
    let second = text.lines().map(|line| {
        let mut record: Value = serde_json::from_str(line).unwrap();
        let labels = record["labels"].as_array_mut().unwrap();
        if let Some(first) = labels.iter().position(|label| *label == false) {
            wrong += 1;
            match wrong {
                1 => labels.fill(true.into()),
                // The same first error.
                2 => labels[first..].fill(false.into()),
                _ => {}
            }
        }
        record.to_string()
    });
    let second: Vec<String> = second.collect();
    assert!(wrong > 2);
    // The last answer has one labelling only.
    fs::write(bench.path("second.jsonl"), second[..all - 1].join("\n")).unwrap();
    let dry = |more: &[&str]| {
        let dry = train(&bench, &[&["--dry-run"], more].concat());
        assert!(dry.status.success(), "{}", err(&dry));
        out(&dry)
    };
    let said = dry(&["--set", "consensus=second.jsonl"]);
    assert!(
        said.contains(&format!("{} to learn from", all - 2)),
        "{said}"
    );
    assert!(
        said.contains("2 answers left out, whose first error is contested"),
        "{said}"
    );
    let said = dry(&[]);
    assert!(said.contains(&format!("{all} to learn from")), "{said}");
    assert!(!said.contains("contested"), "{said}");

    fs::copy(
        bench.path("data/steps_held_out.jsonl"),
        bench.path("second.jsonl"),
    )
    .unwrap();
    let other = train(&bench, &["--set", "consensus=second.jsonl"]);
    assert!(
        err(&other).contains("the same first error for"),
        "{}",
        err(&other)
    );
}

#[test]
fn steps_may_be_ranked_in_place_of_being_called_good_or_bad() {
    let bench = Bench::new();
    let ranked = ["--set", "loss={pqm={zeta=2.0}}"];
    let weighed = train(&bench, &ranked);
    assert!(
        err(&weighed).contains("are of the cross-entropy"),
        "{}",
        err(&weighed)
    );
    let trained = train(
        &bench,
        &[&ranked[..], &["--set", "class_weights=[1.0,1.0]"]].concat(),
    );
    assert!(trained.status.success(), "{}", err(&trained));
    let losses = |stage: &str| -> Vec<f64> {
        let journal = bench.journal(&format!("prm/{stage}"));
        let lines = journal.iter().filter(|line| line["split"] == "valid");
        lines.map(|line| line["loss"].as_f64().unwrap()).collect()
    };
    let (head, all) = (losses("stage-1"), losses("stage-2"));
    assert!(all.last() < head.first(), "{head:?} {all:?}");
}
