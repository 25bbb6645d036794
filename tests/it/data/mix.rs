//! `pure data mix` as its users meet it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::{said, write};
use crate::command_line::{err, out, records, run};

/// So many problems under a name.
fn problems(folder: &Path, name: &str, count: usize) -> String {
    let all: Vec<Value> = (0..count)
        .map(|n| json!({"question": format!("{name} {n}?"), "answer": n}))
        .collect();
    write(folder, name, &all)
}

/// The mixture that a command wrote, and what it told of it.
fn mix(folder: &Path, arguments: &[&str]) -> (Vec<Value>, Value) {
    let output = folder.join("mixed.jsonl");
    let command = [
        "data",
        "mix",
        "--json",
        "--output",
        output.to_str().unwrap(),
    ];
    let done = run(&[&command[..], arguments].concat());
    assert!(done.status.success(), "{}", err(&done));
    let text = fs::read_to_string(output).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    (lines.collect(), records(&done).remove(0))
}

/// How often each question is there.
fn times(mixed: &[Value]) -> BTreeMap<&str, usize> {
    let mut times = BTreeMap::new();
    for record in mixed {
        *times
            .entry(record["question"].as_str().unwrap())
            .or_insert(0) += 1;
    }
    times
}

#[test]
fn files_have_the_shares_of_their_weights_and_records_say_where_they_are_from() {
    let folder = tempfile::tempdir().unwrap();
    let many = problems(folder.path(), "many.jsonl", 100);
    fs::create_dir(folder.path().join("gsm8k")).unwrap();
    let few = problems(folder.path(), "gsm8k/train.jsonl", 10);
    let (mixed, told) = mix(folder.path(), &[&many, &few, "--weights", "3,1"]);
    // Ten of the second are a quarter of forty.
    assert_eq!(told["records"], 40);
    let taken: Vec<_> = told["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (&file["data_source"], &file["records"], &file["taken"]))
        .collect();
    assert_eq!(json!(taken), json!([["many", 100, 30], ["gsm8k", 10, 10]]));
    assert!(times(&mixed).values().all(|&times| times == 1));
    for record in &mixed {
        let source = record["data_source"].as_str().unwrap();
        let number = record["answer"].as_u64().unwrap() + 1;
        assert_eq!(record["id"], format!("{source}/{number}"));
    }
    let sources: Vec<&Value> = mixed.iter().map(|record| &record["data_source"]).collect();
    assert!(sources[..30].contains(&&json!("gsm8k")), "{sources:?}");
}

#[test]
fn without_weights_all_problems_are_there_once_in_an_order_that_the_seed_decides() {
    let folder = tempfile::tempdir().unwrap();
    let one = problems(folder.path(), "one.jsonl", 7);
    let other = problems(folder.path(), "other.jsonl", 3);
    let of = |seed| mix(folder.path(), &[&one, &other, "--seed", seed]).0;
    let mixed = of("1");
    assert_eq!(times(&mixed).len(), 10);
    assert_eq!(of("1"), mixed);
    assert_ne!(of("2"), mixed);
}

#[test]
fn a_file_that_has_too_few_is_gone_through_again() {
    let folder = tempfile::tempdir().unwrap();
    let one = problems(folder.path(), "one.jsonl", 3);
    let other = problems(folder.path(), "other.jsonl", 30);
    let arguments = [&one[..], &other, "--weights", "0.5,0.5", "--size", "20"];
    let (mixed, _) = mix(folder.path(), &arguments);
    let times = times(&mixed);
    let mut of_one: Vec<usize> = (0..3).map(|n| times[&*format!("one.jsonl {n}?")]).collect();
    of_one.sort_unstable();
    assert_eq!(of_one, [3, 3, 4]);
    let output = folder.path().join("mixed.jsonl");
    let command = ["data", "mix", "--output", output.to_str().unwrap()];
    let told = out(&run(&[&command[..], &arguments].concat()));
    assert!(
        told.contains("        3     10  50.0 %    3.33\n"),
        "{told}"
    );
}

#[test]
fn what_cannot_be_mixed_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let one = problems(folder.path(), "one.jsonl", 3);
    fs::create_dir(folder.path().join("more")).unwrap();
    let alike = problems(folder.path(), "more/one.jsonl", 3);
    let empty = write(folder.path(), "empty.jsonl", &[]);
    let output = folder.path().join("mixed.jsonl");
    let output = output.to_str().unwrap();
    for (arguments, code, words) in [
        (&[&one[..], &alike][..], 1, "called \"one\""),
        (&[&one[..], "--weights", "1,2"], 1, "2 weights for 1 files"),
        (&[&one[..], "--weights", "0"], 2, "above 0"),
        (&[&one[..], &empty], 1, "has no problem"),
    ] {
        let done = run(&[&["data", "mix", "--output", output][..], arguments].concat());
        assert_eq!(done.status.code(), Some(code), "{}", err(&done));
        assert!(said(&done).contains(words), "{}", err(&done));
    }
    let broken = folder.path().join("broken.jsonl");
    fs::write(
        &broken,
        "{\"question\": \"1+1?\", \"answer\": 2}\n{\"question\": 1}\n",
    )
    .unwrap();
    let broken = broken.to_str().unwrap();
    let done = run(&["data", "mix", broken, "--output", output]);
    assert_eq!(done.status.code(), Some(1));
    assert!(
        err(&done).contains("broken.jsonl, line 2"),
        "{}",
        err(&done)
    );
    assert_eq!(fs::read_to_string(output).unwrap().lines().count(), 1);
}
