//! What is asked, and what is told of the answers.

use std::fs;

use serde_json::json;

use super::{DRAWN, Place, question};
use crate::command_line::{err, out, records, run};

#[test]
fn greedy_texts_are_those_of_pure_generate_on_the_same_prompts() {
    let place = Place::new();
    place.benchmark("sums.jsonl", &["1", "2", "3"]);
    place.benchmark("more.jsonl", &["4", "5"]);
    for (template, raw) in [
        (None, false),
        (Some("plain"), true),
        (Some("Q: {prompt} A:"), true),
    ] {
        let output = format!("out{}", template.map_or(0, str::len));
        let more = template.map_or(vec![], |template| vec!["--template", template]);
        place.evaluated(&["sums.jsonl", "more.jsonl"], &output, &more);
        for (benchmark, problems) in [("sums", 3), ("more", 2)] {
            let samples = place.samples(&format!("{output}/{benchmark}/samples.jsonl"));
            assert_eq!(samples.len(), problems);
            for (number, sample) in samples.iter().enumerate() {
                let question = question(&format!("{benchmark}.jsonl"), number);
                let prompt = match template {
                    Some("plain") | None => question,
                    Some(template) => template.replace("{prompt}", &question),
                };
                let model = place.text("model");
                let mut arguments = vec!["generate", "--model", &model, "--prompt", &prompt];
                arguments.extend(["--json", "--temperature", "0", "--max-new-tokens", "40"]);
                arguments.extend(raw.then_some("--raw"));
                let generated = records(&run(&arguments)).remove(0);
                assert_eq!(generated["text"], sample.0["text"], "{prompt}");
                assert_eq!(generated["finish"], sample.0["finish"]);
                assert_eq!(sample.0["id"], format!("p{number}"));
            }
        }
    }
}

#[test]
fn the_numbers_are_those_of_the_samples() {
    let place = Place::new();
    place.solvable("sums.jsonl");
    let drawn = [&DRAWN[..], &["--template", "{prompt} = \\boxed{"]].concat();
    let printed = place.eval(&["sums.jsonl"], "out", &drawn);
    assert!(printed.status.success(), "{}", err(&printed));
    let samples = place.samples("out/sums/samples.jsonl");
    assert_eq!(samples.len(), 12 * 6);
    let right: Vec<f64> = samples
        .chunks(6)
        .map(|of| of.iter().filter(|sample| sample.is_right()).count() as f64)
        .collect();
    let solved = right.iter().filter(|&&right| right > 0.0).count();
    assert!(solved > 0 && right.iter().sum::<f64>() < 72.0, "{right:?}");

    let results = place.results("out");
    let found = &results["benchmarks"][0];
    let close = |found: &serde_json::Value, expected: f64| {
        assert!(
            (found.as_f64().unwrap() - expected).abs() < 1e-12,
            "{found} {expected}"
        );
    };
    let accuracy = right.iter().sum::<f64>() / 72.0;
    close(&found["accuracy"]["value"], accuracy);
    close(&results["mean_accuracy"], accuracy);
    let pass = &found["curves"][0];
    assert_eq!(pass["protocol"], "pass");
    // Of two of six: 1 - (6 - c)(5 - c) / 30.
    let of_two = right.iter().map(|c| 1.0 - (6.0 - c) * (5.0 - c) / 30.0);
    close(&pass["points"][1]["value"], of_two.sum::<f64>() / 12.0);
    close(&pass["points"][3]["value"], solved as f64 / 12.0);
    let table = out(&printed);
    let row = format!("sums             12  6  {:>6.1} %", 100.0 * accuracy);
    assert!(table.contains(&row), "{table}");
    assert!(table.ends_with(&format!("{}\n", place.path("out/results.json").display())));

    // The same again, from the samples alone, and from nothing in another folder.
    let before = place.left("out");
    fs::remove_file(place.path("out/results.json")).unwrap();
    place.evaluated(&["sums.jsonl"], "out", &drawn);
    assert!(place.left("out") == before);
    place.evaluated(&["sums.jsonl"], "again", &drawn);
    assert!(place.left("again") == before);
}

#[test]
fn only_the_first_problems_are_asked_and_fields_may_have_any_name() {
    let place = Place::new();
    let line = |number: usize| {
        json!({"key": format!("k{number}"), "Q": "1 + 1?", "A": "2", "grade": number % 2})
            .to_string()
    };
    let lines: Vec<String> = (0..5).map(line).collect();
    place.write("odd.json", &format!("[{}]", lines.join(",")));
    let names = [
        "--prompt-field",
        "Q",
        "--answer-field",
        "A",
        "--id-field",
        "key",
        "--level-field",
        "grade",
        "--limit",
        "3",
    ];
    let results = place.evaluated(&["odd.json"], "out", &names);
    let found = &results["benchmarks"][0];
    let ids: Vec<_> = found["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|of| &of["id"])
        .collect();
    assert_eq!(ids, ["k0", "k1", "k2"]);
    assert_eq!(found["by_level"].as_array().unwrap().len(), 2);
    assert_eq!(results["settings"]["limit"], 3);
}

#[test]
fn what_cannot_be_an_evaluation_is_refused_with_what_would_be_one() {
    let place = Place::new();
    place.benchmark("sums.jsonl", &["1"]);
    for (more, words) in [
        (
            &["--n", "4"][..],
            "the 4 likeliest answers to a problem are all the same one",
        ),
        (&["--max-new-tokens", "512"], "leaves room for all prompts"),
        (&["--reward-model", "nowhere"], "nowhere"),
        (&["--temperature=-1"], "temperature"),
    ] {
        let refused = place.eval(&["sums.jsonl"], "out", more);
        let told = super::told(&refused);
        assert!(told.contains(words), "{told}");
    }
    let refused = place.eval(&["sums.jsonl"], "out", &["--template", "no place"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        err(&refused).contains("qwen25-math-cot-ft"),
        "{}",
        err(&refused)
    );
    assert!(!place.path("out").exists(), "nothing was begun");
    // What is offered is enough.
    let refused = super::told(&place.eval(&["sums.jsonl"], "out", &["--max-new-tokens", "512"]));
    let most = refused.split("--max-new-tokens ").nth(1).unwrap();
    let most = most.split(' ').next().unwrap();
    place.evaluated(&["sums.jsonl"], "out", &["--max-new-tokens", most]);
}
