//! Real files, which are not in the repository: `PURE_DATA_FOLDER` names a folder of those that PURE was
//! published with, `8k_math_879_answers.json`, `eval/*/test.jsonl`, `verl/*.parquet`.
//!
//! ```sh
//! PURE_DATA_FOLDER=... cargo test -p pure-data --features parquet -- --ignored
//! ```

use std::path::PathBuf;

use pure_data::{BadRecord, Question, Questions};

/// How many questions are in a file, how many of them have a reference, and its bad records.
fn read(name: &str) -> (usize, usize, Vec<String>) {
    let folder = std::env::var_os("PURE_DATA_FOLDER").expect("PURE_DATA_FOLDER names a folder");
    let path = PathBuf::from(folder).join(name);
    let questions = Questions::open(&path, None).unwrap();
    let (read, bad): (Vec<_>, Vec<_>) = questions.partition(Result::is_ok);
    let read: Vec<Question> = read.into_iter().map(Result::unwrap).collect();
    let bad = bad.into_iter().filter_map(Result::err);
    let referenced = read.iter().filter(|question| question.answer.is_some());
    let fault = |bad: BadRecord| bad.fault.to_string();
    (read.len(), referenced.count(), bad.map(fault).collect())
}

#[test]
#[ignore = "wants PURE_DATA_FOLDER"]
fn the_prompts_that_pure_was_published_with_have_their_answers_or_none() {
    assert_eq!(read("8k_math_879_answers.json"), (8_523, 879, Vec::new()));
    // Two answers are empty texts.
    let (questions, referenced, bad) = read("math_level3to5_reconstructed.json");
    assert_eq!((questions, referenced), (8_521, 8_521));
    assert_eq!(bad, ["`answer` is empty"; 2]);
}

#[test]
#[ignore = "wants PURE_DATA_FOLDER"]
fn every_question_of_the_benchmarks_has_its_reference() {
    for (name, count) in [
        ("eval/math500/test.jsonl", 500),
        ("eval/amc23/test.jsonl", 40),
        ("eval/aime24/test.jsonl", 30),
        ("eval/minerva_math/test.jsonl", 272),
        ("eval/olympiadbench/test.jsonl", 675),
        ("eval/gsm8k/test.jsonl", 1_319),
        #[cfg(feature = "parquet")]
        ("verl/aime2024.parquet", 30),
        #[cfg(feature = "parquet")]
        ("verl/math500.parquet", 500),
        #[cfg(feature = "parquet")]
        ("verl/val.parquet", 530),
    ] {
        assert_eq!(read(name), (count, count, Vec::new()), "{name}");
    }
}
