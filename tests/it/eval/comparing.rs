//! Two evaluations, problem by problem.

use std::collections::BTreeMap;
use std::process::Output;

use serde_json::Value;

use super::{Place, told};
use crate::command_line::{err, out, run};

const TEMPLATE: [&str; 2] = ["--template", "{prompt} = \\boxed{"];

fn compare(place: &Place, before: &str, after: &str, more: &[&str]) -> Output {
    let (before, after) = (place.text(before), place.text(after));
    run(&[&["eval", "compare", &before, &after], more].concat())
}

/// Right samples of each problem.
fn right(place: &Place, output: &str) -> BTreeMap<String, usize> {
    let mut right = BTreeMap::new();
    for sample in place.samples(&format!("{output}/sums/samples.jsonl")) {
        *right.entry(sample.text("id").to_owned()).or_default() += usize::from(sample.is_right());
    }
    right
}

#[test]
fn problems_are_won_and_lost_as_their_samples_are_right() {
    let place = Place::new();
    place.solvable("sums.jsonl");
    let with = |n: &str, seed: &str, output: &str| {
        let drawn = ["--temperature", "1", "--n", n, "--seed", seed];
        place.evaluated(&["sums.jsonl"], output, &[&drawn[..], &TEMPLATE].concat());
    };
    with("6", "3", "a");
    with("6", "4", "b");
    with("3", "4", "c");
    let (a, b) = (right(&place, "a"), right(&place, "b"));
    let changed = |is: fn(usize, usize) -> bool| -> Vec<String> {
        let mut ids: Vec<String> = a.keys().filter(|id| is(a[*id], b[*id])).cloned().collect();
        ids.sort_by_key(|id| id[1..].parse::<usize>().unwrap());
        ids
    };
    let names = |changes: &Value| -> Vec<String> {
        let changes = changes.as_array().unwrap().iter();
        changes
            .map(|change| change["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let compared = compare(&place, "a", "b", &["--json"]);
    assert!(compared.status.success(), "{}", err(&compared));
    let found: Value = serde_json::from_str(&out(&compared)).unwrap();
    let won = changed(|a, b| b > a);
    let lost = changed(|a, b| b < a);
    assert!(!won.is_empty() || !lost.is_empty());
    assert_eq!(names(&found[0]["won"]), won);
    assert_eq!(names(&found[0]["lost"]), lost);
    let mean = |of: &BTreeMap<String, usize>| of.values().sum::<usize>() as f64 / 72.0;
    let difference = found[0]["difference"]["value"].as_f64().unwrap();
    assert!((difference - (mean(&b) - mean(&a))).abs() < 1e-12);

    // With one sample enough, a problem is right or wrong.
    let passed = compare(&place, "a", "b", &["--json", "--protocol", "pass"]);
    let passed: Value = serde_json::from_str(&out(&passed)).unwrap();
    assert_eq!(passed[0]["k"], 6);
    assert_eq!(passed[0]["test"]["name"], "mc_nemar");
    assert_eq!(names(&passed[0]["won"]), changed(|a, b| b > 0 && a == 0));
    assert_eq!(names(&passed[0]["lost"]), changed(|a, b| b == 0 && a > 0));

    let text = out(&compare(&place, "a", "c", &["--protocol", "majority"]));
    assert!(text.starts_with("sums, maj@k, k = 3\n"), "{text}");
    let text = out(&compare(&place, "a", "b", &[]));
    let counts = format!("{} won, {} lost, ", won.len(), lost.len());
    assert!(text.contains(&counts), "{text}");
    let many = told(&compare(
        &place,
        "a",
        "c",
        &["--protocol", "pass", "--k", "4"],
    ));
    assert!(many.contains("draws 4 samples of a problem"), "{many}");
}

#[test]
fn benchmarks_that_differ_are_not_compared() {
    let place = Place::new();
    place.benchmark("sums.jsonl", &["1", "2"]);
    place.benchmark("more.jsonl", &["1", "2"]);
    place.evaluated(&["sums.jsonl", "more.jsonl"], "a", &[]);
    place.evaluated(&["sums.jsonl"], "alone", &[]);
    let one = compare(&place, "a", "alone", &[]);
    assert!(one.status.success());
    assert!(
        err(&one).contains("more is in") && err(&one).contains("is not compared"),
        "{}",
        err(&one)
    );
    place.evaluated(&["more.jsonl"], "other", &[]);
    let none = told(&compare(&place, "alone", "other", &[]));
    assert!(none.contains("no benchmark is in both"), "{none}");

    place.benchmark("sums.jsonl", &["1", "3"]);
    place.evaluated(&["sums.jsonl"], "b", &[]);
    let differ = told(&compare(&place, "a", "b", &[]));
    assert!(
        differ.contains("sums is not the same file in both"),
        "{differ}"
    );
    // Samples are read again by the file, which is not theirs any more.
    let changed = told(&compare(&place, "alone", "alone", &["--protocol", "pass"]));
    assert!(changed.contains("has changed since"), "{changed}");
    assert!(compare(&place, "alone", "alone", &[]).status.success());

    let unjudged = told(&compare(&place, "b", "b", &["--protocol", "best-of"]));
    assert!(unjudged.contains("--reward-model"), "{unjudged}");
    let absent = told(&compare(&place, "a", "nowhere", &[]));
    assert!(
        absent.contains("an evaluation that was cut off has no results yet"),
        "{absent}"
    );
}
