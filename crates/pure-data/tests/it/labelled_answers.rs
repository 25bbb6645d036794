//! Step-labelled answers from files that others wrote, and what is said of broken ones.

use std::path::Path;

use pure_data::StepLabel::{Bad, Good, Ignored, Soft};
use pure_data::{
    Error, LabelForm, LabelledAnswer, LabelledAnswers, Layout, Neutral, ReadOptions, StepLabel,
};

use crate::{file_of, fixture, told};

fn open(path: &Path) -> LabelledAnswers {
    LabelledAnswers::open(path, ReadOptions::default()).unwrap()
}

fn all(path: &Path) -> Vec<LabelledAnswer> {
    open(path).map(Result::unwrap).collect()
}

#[test]
fn prm800k_gives_the_answers_that_trls_conversion_gives() {
    let mut answers = all(&fixture("prm800k.jsonl"));
    let mut expected = all(&fixture("prm800k_by_trl.jsonl"));
    answers
        .iter_mut()
        .chain(&mut expected)
        .for_each(|answer| answer.id.clear());
    assert_eq!(answers, expected);
}

#[test]
fn a_neutral_rating_is_read_as_asked() {
    let second = |neutral| -> StepLabel {
        let options = ReadOptions {
            neutral,
            ..ReadOptions::default()
        };
        let mut answers = LabelledAnswers::open(fixture("prm800k.jsonl"), options).unwrap();
        let answer = answers.find(|answer| answer.as_ref().unwrap().id == "2-1");
        answer.unwrap().unwrap().labels[0]
    };
    assert_eq!(second(Neutral::Bad), Bad);
    assert_eq!(second(Neutral::Good), Good);
    assert_eq!(second(Neutral::Ignored), Ignored);
}

#[test]
fn math_shepherd_gives_the_answers_that_trls_conversion_gives() {
    let mut answers = all(&fixture("math_shepherd.jsonl"));
    let mut expected = all(&fixture("math_shepherd_by_trl.jsonl"));
    answers
        .iter_mut()
        .chain(&mut expected)
        .for_each(|answer| answer.id.clear());
    assert_eq!(answers, expected);
}

#[test]
fn a_json_array_is_read_like_lines() {
    let record = r#"{"id": 7, "prompt": "p", "completions": ["a", "b"], "labels": [1, 0.5]}"#;
    let expected = ["7: [Good, Soft(0.5)]", "7: [Good, Soft(0.5)]"];
    assert_eq!(
        told("array.json", format!("[{record},\n{record}]")),
        expected
    );
    assert_eq!(
        told("lines.json", format!("{record}\n{record}\n")),
        expected
    );
    assert_eq!(
        told("no_extension", format!("{record}\n{record}")),
        expected
    );
}

#[test]
fn the_form_is_that_of_the_first_record_unless_it_is_given() {
    let trl = r#"{"prompt": "p", "completions": ["a"], "labels": [true]}"#;
    let shepherd = r#"{"input": "q? a ки", "label": "q? a +"}"#;
    let (_folder, path) = file_of("mixed.jsonl", format!("[]\n{trl}\n{shepherd}\n"));
    let options = ReadOptions {
        layout: Some(Layout::JsonLines),
        ..ReadOptions::default()
    };
    let mut answers = LabelledAnswers::open(&path, options).unwrap();
    assert!(answers.next().unwrap().is_err());
    assert_eq!(answers.form(), None);
    assert!(answers.next().unwrap().is_ok());
    assert_eq!(answers.form(), Some(LabelForm::Trl));
    let message = answers.next().unwrap().unwrap_err().to_string();
    assert!(
        message.ends_with("line 3: there is no `prompt`"),
        "{message}"
    );

    let form = Some(LabelForm::MathShepherd);
    let answers = LabelledAnswers::open(&path, ReadOptions { form, ..options }).unwrap();
    let read: Vec<bool> = answers.map(|answer| answer.is_ok()).collect();
    assert_eq!(read, [false, false, true]);
}

#[test]
fn a_file_that_is_none_of_all_this_is_refused_by_name() {
    let (_folder, path) = file_of("notes.txt", "some notes");
    let error = LabelledAnswers::open(&path, ReadOptions::default()).unwrap_err();
    let message = error.to_string();
    assert!(
        message.contains("notes.txt") && message.contains("`some notes`"),
        "{message}"
    );

    let error = LabelledAnswers::open("not/there.jsonl", ReadOptions::default()).unwrap_err();
    assert!(matches!(error, Error::File(error) if error.is_not_found()));

    assert_eq!(told("steps.jsonl", "").len(), 0);
    let unknown = told("steps.jsonl", r#"{"a": 1, "b": 2}"#);
    assert!(unknown[0].starts_with("line 1: the record has `a`, `b`, but must have `prompt`"));
}

#[test]
fn an_answer_that_is_written_is_read_again() {
    let answer = LabelledAnswer {
        id: "x".to_owned(),
        prompt: "p \"é\"".to_owned(),
        steps: ["a", "b\n\nc", "d", "e"].map(str::to_owned).to_vec(),
        labels: vec![Good, Bad, Soft(0.1), Ignored],
    };
    let line = serde_json::to_string(&answer).unwrap();
    let (_folder, path) = file_of("steps.jsonl", line);
    assert_eq!(all(&path), [answer]);
}
