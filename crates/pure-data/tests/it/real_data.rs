//! Real files, where there are some. `PURE_DATA_FOLDER` names a folder of those that PURE was
//! published with: `8k_math_879_answers.json`, `eval/*/test.jsonl`, `verl/*.parquet`.

use std::path::PathBuf;

use pure_data::{Question, Questions};

fn read(name: &str) -> Option<Vec<Question>> {
    let path = PathBuf::from(std::env::var_os("PURE_DATA_FOLDER")?).join(name);
    let questions = Questions::open(&path, None).unwrap();
    Some(questions.map(|question| question.unwrap()).collect())
}

#[test]
fn the_prompts_that_pure_was_published_with_have_their_answers_or_none() {
    let Some(questions) = read("8k_math_879_answers.json") else {
        return;
    };
    assert_eq!(questions.len(), 8_523);
    let answered = questions
        .iter()
        .filter(|question| question.answer.is_some());
    assert_eq!(answered.count(), 879);
}

#[test]
fn the_benchmarks_are_read_whole() {
    for (name, count) in [
        ("eval/math500/test.jsonl", 500),
        ("eval/amc23/test.jsonl", 40),
        ("eval/aime24/test.jsonl", 30),
        ("eval/minerva_math/test.jsonl", 272),
        ("eval/olympiadbench/test.jsonl", 675),
        ("eval/gsm8k/test.jsonl", 1_319),
        ("verl/aime2024.parquet", 30),
        ("verl/math500.parquet", 500),
        ("verl/val.parquet", 530),
    ] {
        let Some(questions) = read(name) else { return };
        assert_eq!(questions.len(), count, "{name}");
    }
}
