//! `pure data select` as its users meet it.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::write;
use crate::command_line::{err, out, records, run};

/// Six problems, of which the third has a name, and the last no answer.
fn problems(folder: &Path) -> String {
    let problem = |level: Value, answer: Value| json!({"problem": "How many?", "level": level, "answer": answer});
    let mut named = problem(json!("Level 5"), json!("3"));
    named["unique_id"] = json!("third");
    let all = [
        problem(json!(3), json!("1")),
        problem(json!(4), json!("2")),
        named,
        problem(json!("5"), json!("4")),
        problem(json!(5), json!("5")),
        problem(json!(5), Value::Null),
    ];
    write(folder, "train.jsonl", &all)
}

/// Four answers to each of these problems, so many of them right.
fn samples(folder: &Path, right: &[(Value, usize)]) -> String {
    let answers = right.iter().flat_map(|(id, right)| {
        (0..4).map(move |sample| json!({"id": id, "sample": sample, "correct": sample < *right}))
    });
    write(folder, "samples.jsonl", &answers.collect::<Vec<_>>())
}

fn lines(path: &str) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn problems_are_selected_by_level_and_by_how_often_they_are_solved() {
    let folder = tempfile::tempdir().unwrap();
    let train = problems(folder.path());
    let right = [
        (json!(1), 2),
        (json!("2"), 4),
        (json!("third"), 1),
        (json!(4), 0),
        (json!(6), 3),
    ];
    let samples = samples(folder.path(), &right);
    let output = folder.path().join("chosen.jsonl");
    let output = output.to_str().unwrap();
    let mut command = vec![
        "data",
        "select",
        &train,
        "--level",
        "4,5",
        "--samples",
        &samples,
    ];
    command.extend([
        "--min-solve-rate",
        "0.25",
        "--max-solve-rate",
        "0.75",
        "--output",
        output,
    ]);
    let done = run(&[&command[..], &["--json"]].concat());
    assert!(done.status.success(), "{}", err(&done));
    assert_eq!(
        records(&done).remove(0),
        json!({
            "records": 6, "bad": 0,
            "solved": {"never": 1, "at_times": 3, "always": 1},
            // Of level 3 the first, in their order too seldom, too often, never asked.
            "left_out": {"another level": 1, "solved too often": 1, "solved too seldom": 1, "not tried": 1},
            "selected": 2, "with_answer": 1,
        })
    );
    // What has a name keeps it; what has none is called by its number, as answers to it are.
    assert_eq!(
        lines(output),
        [
            json!({"problem": "How many?", "level": "Level 5", "answer": "3", "unique_id": "third"}),
            json!({"problem": "How many?", "level": 5, "answer": null, "id": "6"}),
        ]
    );
    // So answers are found again from the file that was written.
    let again = run(&[
        "data",
        "select",
        output,
        "--samples",
        &samples,
        "--max-solve-rate",
        "0.5",
    ]);
    let told = out(&again);
    let has = |row: &[&str]| {
        told.lines()
            .any(|it| it.split_whitespace().eq(row.iter().copied()))
    };
    assert!(has(&["selected", "1"]), "{told}");
    assert!(
        has(&["left", "out:", "solved", "too", "often", "1"]),
        "{told}"
    );
}

#[test]
fn answers_are_hidden_as_a_run_with_the_same_seed_would_not_use_them() {
    let folder = tempfile::tempdir().unwrap();
    let all: Vec<Value> = (0..200)
        .map(|n| json!({"question": "How many?", "answer": n}))
        .collect();
    let train = write(folder.path(), "train.jsonl", &all);
    let output = folder.path().join("hidden.jsonl");
    let output = output.to_str().unwrap();
    let hide = |share: &str, seed: &str| {
        let command = [
            "data",
            "select",
            &train,
            "--with-answer",
            share,
            "--seed",
            seed,
        ];
        let done = run(&[&command[..], &["--output", output, "--json"]].concat());
        assert!(done.status.success(), "{}", err(&done));
        let shown = lines(output)
            .into_iter()
            .filter(|it| it["answer"] != "null");
        let shown: Vec<u64> = shown.map(|it| it["answer"].as_u64().unwrap()).collect();
        assert_eq!(records(&done)[0]["with_answer"], shown.len());
        shown
    };
    let (few, more) = (hide("0.1", "3"), hide("0.5", "3"));
    assert!((8..=35).contains(&few.len()), "{}", few.len());
    assert!(few.iter().all(|answer| more.contains(answer)));
    assert_ne!(few, hide("0.1", "4"));
    let expected = (0..200_u64).filter(|n| pure_data::drawn(&(n + 1).to_string(), 3) < 0.1);
    assert_eq!(few, expected.collect::<Vec<_>>());
    // All that is hidden can be found again.
    assert_eq!(hide("0", "0"), [0; 0]);
    let kept = lines(output)
        .into_iter()
        .map(|it| it["ref_answer"].as_u64().unwrap());
    assert!(kept.eq(0..200));
}

#[test]
fn prompts_are_as_long_as_the_model_reads_them() {
    let folder = tempfile::tempdir().unwrap();
    let train = write(
        folder.path(),
        "train.jsonl",
        &[
            json!({"question": "ab", "answer": 1}),
            json!({"question": "ab".repeat(40), "answer": 2}),
        ],
    );
    let model = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/tokenizer");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let made = folder.path().join("model");
    let made = made.to_str().unwrap();
    let config = root.join("configs/tiny.json");
    let init = run(&[
        "init",
        "--config",
        config.to_str().unwrap(),
        "--tokenizer",
        model,
        "--output",
        made,
    ]);
    assert!(init.status.success(), "{}", err(&init));
    let selected = |longest: &str, more: &[&str]| {
        let command = [
            "data",
            "select",
            &train,
            "--json",
            "--model",
            made,
            "--max-prompt-length",
            longest,
        ];
        let done = run(&[&command[..], more].concat());
        assert!(done.status.success(), "{}", err(&done));
        records(&done)[0]["selected"].as_u64().unwrap()
    };
    // With the chat template around them, both are longer than ten tokens.
    assert_eq!(selected("10", &["--raw"]), 1);
    assert_eq!(selected("10", &[]), 0);
    assert_eq!(selected("1000", &[]), 2);
}

#[test]
fn what_problems_cannot_be_selected_by_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let train = problems(folder.path());
    let unverified = write(
        folder.path(),
        "drawn.jsonl",
        &[json!({"id": 1, "text": "2"})],
    );
    let done = run(&[
        "data",
        "select",
        &train,
        "--samples",
        &unverified,
        "--min-solve-rate",
        "0.1",
    ]);
    assert_eq!(done.status.code(), Some(1));
    assert!(
        err(&done).contains("drawn.jsonl, line 1: there is no `correct`"),
        "{}",
        err(&done)
    );
    for (arguments, words) in [
        (&["--min-solve-rate", "0.1"][..], "--samples"),
        (&["--max-prompt-length", "9"], "--model"),
        (&["--with-answer", "2"], "from 0 to 1"),
        (&["--seed", "2"], "--with-answer"),
    ] {
        let done = run(&[&["data", "select", &train][..], arguments].concat());
        assert_eq!(done.status.code(), Some(2), "{arguments:?}");
        assert!(err(&done).contains(words), "{}", err(&done));
    }
    let same = run(&["data", "select", &train, "--output", &train]);
    assert!(err(&same).contains("would replace"), "{}", err(&same));
}
