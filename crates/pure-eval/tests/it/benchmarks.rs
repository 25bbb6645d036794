//! Benchmarks in the layouts that they are published in, with texts of our own.

use pure_data::{Prompt, QuestionFields};
use pure_eval::{Benchmark, Error, Problem};
use pure_verify::Verifier;

use crate::file_of;

fn read(name: &str, content: &str) -> Result<Benchmark, Error> {
    let (_folder, path) = file_of(name, content);
    Benchmark::read(path, &QuestionFields::default(), &Verifier::default())
}

fn problem(
    id: &str,
    asked: &str,
    answer: &str,
    level: Option<&str>,
    subject: Option<&str>,
) -> Problem {
    Problem {
        id: id.to_owned(),
        prompt: Prompt::Text(asked.to_owned()),
        answer: answer.to_owned(),
        level: level.map(str::to_owned),
        subject: subject.map(str::to_owned),
    }
}

#[test]
fn math_500_has_ids_levels_and_subjects() {
    let text = r#"{"problem": "Solve $x+1=3$.", "solution": "So $x=\\boxed{2}$.", "answer": "2", "subject": "Algebra", "level": 1, "unique_id": "test/algebra/1.json"}
{"problem": "Halve $1$.", "solution": "It is $\\boxed{\\frac{1}{2}}$.", "answer": "\\frac{1}{2}", "subject": "Prealgebra", "level": 5, "unique_id": "test/prealgebra/2.json"}
"#;
    assert_eq!(
        read("math.jsonl", text).unwrap().problems,
        [
            problem(
                "test/algebra/1.json",
                "Solve $x+1=3$.",
                "2",
                Some("1"),
                Some("Algebra")
            ),
            problem(
                "test/prealgebra/2.json",
                "Halve $1$.",
                "\\frac{1}{2}",
                Some("5"),
                Some("Prealgebra")
            ),
        ]
    );
}

#[test]
fn amc_and_aime_answer_with_numbers_and_digits() {
    let text = r#"{"id": 0, "problem": "Half of 54?", "answer": 27.0, "url": "u", "question": "Half of 54?"}
{"id": 60, "problem": "How many?", "solution": "In all $\\boxed{033}$.", "answer": "033", "url": "u", "question": "How many?"}
"#;
    assert_eq!(
        read("amc.jsonl", text).unwrap().problems,
        [
            problem("0", "Half of 54?", "27", None, None),
            problem("60", "How many?", "033", None, None),
        ]
    );
}

#[test]
fn minerva_answers_in_the_last_box_of_its_solution() {
    let text = r#"{"problem": "A ball falls for 2 s. How far?", "solution": "Not \\boxed{20}:\n\\[ \\boxed{19.6} \\mathrm{~m} \\]", "type": "Dynamics (2.003)", "idx": 0}
"#;
    let expected = problem(
        "0",
        "A ball falls for 2 s. How far?",
        "19.6",
        None,
        Some("Dynamics (2.003)"),
    );
    assert_eq!(read("minerva.jsonl", text).unwrap().problems, [expected]);
}

#[test]
fn olympiad_bench_answers_with_a_list() {
    let text = r#"{"id": 16, "subfield": "Algebra", "context": null, "question": "Roots of $x^2=1$?", "solution": ["Plain."], "final_answer": ["$1$,$-1$"], "is_multiple_answer": true, "unit": null, "answer_type": "Numerical", "error": null}
"#;
    let found = read("olympiad.jsonl", text).unwrap().problems.remove(0);
    assert_eq!(
        found,
        problem("16", "Roots of $x^2=1$?", "$1$,$-1$", None, Some("Algebra"))
    );
    let verifier = Verifier::default();
    assert!(verifier.verify("\\boxed{-1, 1}", &found.answer).correct);
    assert!(!verifier.verify("\\boxed{1}", &found.answer).correct);
}

#[test]
fn gsm8k_answers_behind_its_marks() {
    let text = r#"{"question": "Ann has 3 pens and buys 4. How many?", "answer": "3+4=<<3+4=7>>7 pens.\n#### 7", "idx": 12}
"#;
    let expected = problem(
        "12",
        "Ann has 3 pens and buys 4. How many?",
        "7",
        None,
        None,
    );
    assert_eq!(read("gsm8k.jsonl", text).unwrap().problems, [expected]);
}

#[test]
fn an_array_whose_fields_have_names_of_their_own_is_a_benchmark_too() {
    let text =
        r#"[{"Problem": "1+1=", "Key": "2", "difficulty": 3}, {"Problem": "1+2=", "Key": "3"}]"#;
    let (_folder, path) = file_of("mine.json", text);
    let fields = QuestionFields {
        prompt: Some("Problem".to_owned()),
        answer: Some("Key".to_owned()),
        ..QuestionFields::default()
    };
    let found = Benchmark::read(&path, &fields, &Verifier::default()).unwrap();
    let expected = [
        problem("1", "1+1=", "2", None, None),
        problem("2", "1+2=", "3", None, None),
    ];
    assert_eq!(found.problems, expected);
    assert_eq!(
        (found.name.as_str(), found.fingerprint.length),
        ("mine", text.len() as u64)
    );
}

#[test]
fn questions_that_nobody_can_verify_are_left_out_by_name() {
    let text = r#"{"id": "a", "question": "1+1=", "answer": "2"}
{"id": "b", "question": "1+2="}
{"id": "c", "question": "1+3=", "answer": "null"}
{"id": "d", "question": "Prove it.", "answer": "It is left\nto the reader."}
"#;
    let found = read("some.jsonl", text).unwrap();
    assert_eq!(
        (found.problems.len(), &found.without_answer[..]),
        (1, &["b", "c", "d"].map(str::to_owned)[..])
    );
}

#[test]
fn what_is_no_benchmark_is_told() {
    for (text, words) in [
        (
            "",
            "holds no problem with an answer that can be verified, of 0 questions",
        ),
        (
            r#"{"question": "1+1="}"#,
            "of 1 questions in it: name the field of the answer",
        ),
        (
            "{\"id\": 1, \"question\": \"q\", \"answer\": 1}\n{\"id\": 1, \"question\": \"r\", \"answer\": 2}",
            "bad.jsonl: records 1 and 2 are both called \"1\"",
        ),
        (
            r#"{"question": 7}"#,
            "line 1: `question` is a number, but must be a text",
        ),
    ] {
        let error = read("bad.jsonl", text).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}
