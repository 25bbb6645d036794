//! Nothing that a file or a model may hold makes anything here panic.

use std::fs;

use proptest::prelude::*;
use pure_data::chain::{Corruption, Dice, Problem, judge, split_steps, vocabulary};
use pure_data::{FirstErrorCases, LabelledAnswers, Layout, Questions, ReadOptions, check};

use crate::{file_of, fixture};

/// One to four bytes of a text changed, dropped or put in.
fn mutate(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    const SALT: &[u8] = b"{}[]\",:\\0-.eEtn \xff\xc3";
    let mut bytes = bytes.to_vec();
    for _ in 0..1 + dice.below(4) {
        let at = dice.below(bytes.len() as u32) as usize;
        match dice.below(4) {
            0 => bytes[at] = dice.below(256) as u8,
            1 => bytes[at] = SALT[dice.below(SALT.len() as u32) as usize],
            2 => bytes.insert(at, SALT[dice.below(SALT.len() as u32) as usize]),
            _ if bytes.len() > 1 => _ = bytes.remove(at),
            _ => {}
        }
    }
    bytes
}

#[test]
fn ten_thousand_mutated_lines_are_read_or_told() {
    let mut dice = Dice::new(0, "mutated lines");
    let mut lines = Vec::new();
    for name in [
        "prm800k.jsonl",
        "prm800k_by_trl.jsonl",
        "math_shepherd.jsonl",
    ] {
        let text = fs::read(fixture(name)).unwrap();
        lines.extend(text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec));
    }
    lines.retain(|line| !line.is_empty());
    let mut text = Vec::new();
    for number in 0..10_000 {
        text.extend_from_slice(&mutate(&lines[number % lines.len()], &mut dice));
        text.push(b'\n');
    }
    let (_folder, path) = file_of("mutated.jsonl", &text);
    for layout in [Layout::JsonLines, Layout::JsonArray] {
        for form in ["trl", "prm800k", "math_shepherd"] {
            let form = serde_json::from_value(form.into()).unwrap();
            let options = ReadOptions {
                layout: Some(layout),
                form: Some(form),
                ..ReadOptions::default()
            };
            let report = check(LabelledAnswers::open(&path, options).unwrap(), 10);
            assert!(report.bad_records > 0);
            assert!(layout != Layout::JsonLines || report.answers > 0);
        }
        let read = Questions::open(&path, Some(layout)).unwrap().count();
        let cases = FirstErrorCases::open(&path, Some(layout)).unwrap().count();
        assert_eq!(read, cases);
    }
}

#[test]
fn mutated_parquet_is_read_or_told() {
    let mut dice = Dice::new(0, "mutated parquet");
    for name in [
        "steps_bool_snappy.parquet",
        "steps_int64_zstd.parquet",
        "steps_int8_plain.parquet",
        "steps_float_v2.parquet",
    ] {
        let whole = fs::read(fixture(name)).unwrap();
        for _ in 0..250 {
            let (_folder, path) = file_of("steps.parquet", mutate(&whole, &mut dice));
            if let Ok(answers) = LabelledAnswers::open(&path, ReadOptions::default()) {
                assert!(answers.take(1_000).count() < 1_000);
            }
        }
        for length in (0..whole.len()).step_by(37) {
            let (_folder, path) = file_of("steps.parquet", &whole[..length]);
            assert!(LabelledAnswers::open(&path, ReadOptions::default()).is_err());
        }
    }
}

#[test]
fn parquet_at_which_its_library_panics_is_told() {
    let mut bytes = fs::read(fixture("steps_bool_snappy.parquet")).unwrap();
    bytes[7] = 0;
    let (_folder, path) = file_of("steps.parquet", bytes);
    let mut answers = LabelledAnswers::open(&path, ReadOptions::default()).unwrap();
    let message = answers.next().unwrap().unwrap_err().to_string();
    assert!(
        message.ends_with("row 1: the row cannot be read: the file is broken"),
        "{message}"
    );
    assert!(answers.next().is_none());
}

proptest! {
    #[test]
    fn any_response_is_judged_and_every_byte_of_it_is_in_one_step(
        words in prop::collection::vec(prop::sample::select(vocabulary()), 0..60),
        other in "\\PC{0,8}",
        finished: bool,
    ) {
        let problem: Problem = "mod 97: 2+(3*4)-5=".parse().unwrap();
        let response = words.concat() + &other;
        let judgement = judge(&problem, &response, finished);
        let mut end = 0;
        for step in &judgement.steps {
            prop_assert_eq!(step.range.start, end);
            end = step.range.end;
        }
        prop_assert_eq!(end, response.len());
        prop_assert!(judgement.finished || !judgement.correct);
        prop_assert_eq!(judgement.steps.len(), split_steps(&response, finished).len());
        let mut dice = Dice::new(0, "test");
        for corruption in Corruption::ALL {
            _ = corruption.apply(&problem, &response, &mut dice);
        }
    }

    #[test]
    fn any_text_is_a_prompt_or_told(text in "[0-9+*()=: mod-]{0,30}|\\PC{0,20}") {
        if let Ok(problem) = text.parse::<Problem>() {
            prop_assert_eq!(problem.prompt(), text);
            prop_assert!(problem.answer() < problem.modulus());
        }
    }
}
