//! The folder of the built-in task.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

use pure_data::{LabelledAnswers, Prompt, Questions, ReadOptions, check};
use pure_task::chain::{Level, MakeOptions, Problem, SolutionStyle, Split, judge, make};

use crate::small;

fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            let inner = contents(&entry.path()).into_iter();
            all.extend(inner.map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            all.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    all
}

fn problems(path: &Path) -> Vec<(Problem, String)> {
    let questions = Questions::open(path, None).unwrap().map(Result::unwrap);
    let parsed = questions.map(|question| match question.prompt {
        Prompt::Text(text) => (text.parse().unwrap(), question.answer.unwrap()),
        Prompt::Messages(_) => panic!("a text"),
    });
    parsed.collect()
}

#[test]
fn the_same_options_give_the_same_bytes_and_another_seed_gives_others() {
    let made = |options: &MakeOptions| {
        let folder = tempfile::tempdir().unwrap();
        make(options, folder.path()).unwrap();
        // Making it again over what is there changes nothing.
        make(options, folder.path()).unwrap();
        contents(folder.path())
    };
    let first = made(&small());
    assert_eq!(first, made(&small()));
    let names: Vec<_> = first.keys().map(String::as_str).collect();
    let expected = [
        "data.json",
        "held_out.jsonl",
        "long.jsonl",
        "nested.jsonl",
        "sft.jsonl",
        "steps.jsonl",
        "steps_held_out.jsonl",
        "tokenizer/tokenizer.json",
        "tokenizer/tokenizer_config.json",
        "train.jsonl",
        "trunk.jsonl",
        "wide.jsonl",
    ];
    assert_eq!(names, expected);
    let other = made(&MakeOptions { seed: 1, ..small() });
    for (name, bytes) in first {
        let same = other[&name] == bytes;
        assert_eq!(same, name.starts_with("tokenizer/"), "{name}");
    }
}

#[test]
fn every_file_holds_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let made = make(&small(), folder.path()).unwrap();
    let counts: Vec<u64> = made.files.iter().map(|(_, count)| *count).collect();
    assert_eq!(counts, [300, 50, 20, 20, 20, 200, 100, 400, 50]);

    for (name, level, split) in [
        ("train", Level::base(), Split::Train),
        ("held_out", Level::base(), Split::HeldOut),
        ("nested", Level::nested(), Split::HeldOut),
    ] {
        for (problem, answer) in problems(&path(&format!("{name}.jsonl"))) {
            assert_eq!(answer, problem.answer().to_string());
            assert_eq!(problem.level(), level);
            assert_eq!(Split::of(problem.prompt()), split);
        }
    }

    let right = |name: &str| -> usize {
        let text = fs::read_to_string(path(name)).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let right = lines.filter(|line: &serde_json::Value| {
            let problem: Problem = line["prompt"].as_str().unwrap().parse().unwrap();
            assert_eq!(Split::of(problem.prompt()), Split::Train);
            judge(&problem, line["completion"].as_str().unwrap(), true).correct
        });
        right.count()
    };
    assert_eq!(right("trunk.jsonl"), 100);
    assert!((60..140).contains(&right("sft.jsonl")));

    let report = check(
        LabelledAnswers::open(path("steps.jsonl"), ReadOptions::default()).unwrap(),
        9,
    );
    assert_eq!((report.answers, report.bad_records), (400, 0));
    assert!(
        report.labels.bad > 100 && report.labels.good > 1_000,
        "{report:?}"
    );
    assert_eq!((report.duplicates, report.contradictions), (0, 0));
}

#[test]
fn labelled_answers_of_the_two_splits_share_no_prompt() {
    let folder = tempfile::tempdir().unwrap();
    make(&small(), folder.path()).unwrap();
    let prompts = |name: &str| -> HashSet<String> {
        let path = folder.path().join(name);
        let answers = LabelledAnswers::open(path, ReadOptions::default()).unwrap();
        answers.map(|answer| answer.unwrap().prompt).collect()
    };
    assert!(prompts("steps.jsonl").is_disjoint(&prompts("steps_held_out.jsonl")));
}

#[test]
fn options_without_meaning_are_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("data");
    let style = SolutionStyle {
        shaky: 2.0,
        ..SolutionStyle::default()
    };
    let level = Level {
        operations: 0,
        ..Level::base()
    };
    for options in [
        MakeOptions { style, ..small() },
        MakeOptions { level, ..small() },
    ] {
        assert!(make(&options, &target).is_err());
        assert!(!target.exists());
    }
    let unknown = r#"{"levels": 1}"#;
    assert!(serde_json::from_str::<MakeOptions>(unknown).is_err());
}
