//! `pure data overlap` as its users meet it.

use std::fs;

use serde_json::json;

use super::write;
use crate::command_line::{err, out, records, run};

const LONG: &str =
    "A train leaves at noon and travels sixty miles in each hour; how far has it come by five?";

#[test]
fn problems_of_benchmarks_are_found_however_they_are_written_and_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let far = json!({"problem": "What is far from it?", "answer": 1, "level": 3});
    let shouted = json!({"problem": LONG.to_uppercase().replace(';', " --"), "answer": "300"});
    // The same beginning, of which a third of the problem is more.
    let begun =
        json!({"question": format!("{} many words that are others", &LONG[..70]), "answer": "2"});
    let short = json!({"messages": [{"role": "user", "content": "what is $2+2$"}], "answer": "4"});
    let train = [far.clone(), shouted, begun.clone(), short, far.clone()];
    let train = write(folder.path(), "train.jsonl", &train);
    let long = json!({"id": "far", "question": LONG, "answer": "300"});
    let first = write(
        folder.path(),
        "first.jsonl",
        &[long, json!({"id": "x", "question": "?", "answer": 1})],
    );
    let second = write(
        folder.path(),
        "second.jsonl",
        &[json!({"id": "sum", "question": "What is 2 + 2?", "answer": 4})],
    );
    let clean = folder.path().join("clean.jsonl");
    let clean = clean.to_str().unwrap();
    let command = ["data", "overlap", &train, "--with", &first, &second];
    let done = run(&[&command[..], &["--json", "--lcs", "0.9", "--output", clean]].concat());
    assert!(done.status.success(), "{}", err(&done));
    let found = records(&done).remove(0);
    let counts = ["records", "repeated", "bad"].map(|name| found[name].as_u64().unwrap());
    assert_eq!(counts, [5, 1, 0]);
    let pairs = found["overlaps"].as_array().unwrap().iter();
    let pairs: Vec<_> = pairs
        .map(|it| (&it["record"], &it["benchmark"], &it["id"], &it["lcs"]))
        .collect();
    let [two, four, zero, one] = [json!(2), json!(4), json!(0), json!(1)];
    let (far_name, sum, whole) = (json!("far"), json!("sum"), json!(1.0));
    assert_eq!(
        pairs,
        [
            (&two, &zero, &far_name, &whole),
            (&four, &one, &sum, &whole)
        ]
    );
    let benchmarks = found["benchmarks"].as_array().unwrap().iter();
    let benchmarks: Vec<_> = benchmarks
        .map(|it| [&it["problems"], &it["found"]])
        .collect();
    assert_eq!(json!(benchmarks), json!([[2, 1], [1, 1]]));
    let expected = [&far, &begun, &far]
        .map(|record| format!("{record}\n"))
        .concat();
    assert_eq!(fs::read_to_string(clean).unwrap(), expected);

    // With less in common, and as a table.
    let text = out(&run(&[&command[..], &["--lcs", "0.3"]].concat()));
    assert!(
        text.contains("3 of 5 records: overlap with a benchmark, 1 repeated, 0 bad"),
        "{text}"
    );
    assert!(text.contains("record 3 is far of "), "{text}");
    let same = run(&[&command[..], &["--output", &train]].concat());
    assert!(err(&same).contains("would replace"), "{}", err(&same));
}

#[test]
fn a_record_without_a_problem_is_told_and_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let train = write(
        folder.path(),
        "train.jsonl",
        &[json!({"answer": 1}), json!({"question": "Why?"})],
    );
    let bench = write(
        folder.path(),
        "bench.jsonl",
        &[json!({"question": "Who?", "answer": 1})],
    );
    let done = run(&["data", "overlap", &train, "--with", &bench]);
    assert_eq!(done.status.code(), Some(1));
    assert!(
        err(&done).contains("train.jsonl, line 1: "),
        "{}",
        err(&done)
    );
    assert!(out(&done).contains("0 of 2 records"), "{}", out(&done));
}

#[test]
fn problems_that_repeat_one_before_them_are_found_and_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let problem = |text: &str| json!({"problem": text, "answer": 1});
    let changed = LONG.replace("five", "six");
    let all = [
        problem(LONG),
        problem("What is 2+2?"),
        problem(&changed),
        problem("what is 2 + 2"),
        problem("What is 2+3?"),
        problem(LONG),
    ];
    let train = write(folder.path(), "train.jsonl", &all);
    let output = folder.path().join("clean.jsonl");
    let output = output.to_str().unwrap();
    let command = ["data", "overlap", &train, "--output", output];
    let done = run(&[&command[..], &["--json", "--within"]].concat());
    assert!(done.status.success(), "{}", err(&done));
    let found = records(&done).remove(0);
    // Eighteen words of nineteen.
    let near = 18.0 / 19.0;
    assert_eq!(
        found["repeats"],
        json!([
            {"record": 3, "of": 1, "lcs": near},
            {"record": 4, "of": 2, "lcs": 1.0},
            {"record": 6, "of": 1, "lcs": 1.0},
        ])
    );
    // Letter by letter the last alone.
    assert_eq!(found["repeated"], 1);
    let kept = [&all[0], &all[1], &all[4]].map(|record| format!("{record}\n"));
    assert_eq!(fs::read_to_string(output).unwrap(), kept.concat());

    let told = out(&run(&[&command[..], &["--within=0.95"]].concat()));
    assert!(
        told.contains("2 repeats, nearly or whole\nrecord 4 is record 2, 100 %"),
        "{told}"
    );
}
