//! Prompts from files of every shape.

use std::path::Path;

use pure_data::{Error, Prompt, Question, Questions};

use crate::{file_of, fixture};

fn all(path: &Path) -> Vec<Question> {
    Questions::open(path, None)
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

fn one(record: &str) -> Result<Question, String> {
    let (_folder, path) = file_of("prompts.jsonl", record);
    let mut questions = Questions::open(&path, None).unwrap();
    let question = questions.next().unwrap();
    assert!(questions.next().is_none());
    question.map_err(|bad| bad.fault.to_string())
}

#[test]
fn a_prompt_may_be_called_a_question_or_a_problem() {
    for name in ["prompt", "question", "problem"] {
        let question = one(&format!(r#"{{"{name}": "1+1=", "answer": "2"}}"#)).unwrap();
        assert_eq!(question.prompt, Prompt::Text("1+1=".to_owned()));
        assert_eq!(question.answer.as_deref(), Some("2"));
        assert_eq!(question.id, "1");
    }
}

#[test]
fn the_answer_null_in_quotes_is_no_answer() {
    for answer in ["\"null\"", "null"] {
        let question = one(&format!(r#"{{"question": "q", "answer": {answer}}}"#)).unwrap();
        assert_eq!(question.answer, None);
    }
    assert_eq!(one(r#"{"question": "q"}"#).unwrap().answer, None);
}

#[test]
fn an_answer_that_is_a_number_is_written_as_a_person_does() {
    for (number, text) in [
        ("27.0", "27"),
        ("27", "27"),
        ("-0.5", "-0.5"),
        ("1e300", "1e300"),
    ] {
        let question = one(&format!(r#"{{"question": "q", "answer": {number}}}"#)).unwrap();
        let answer = question.answer.unwrap();
        assert_eq!(answer.parse::<f64>(), text.parse::<f64>());
        assert!(text == "1e300" || answer == text, "{answer}");
    }
}

#[test]
fn conversations_are_read_from_json_and_parquet() {
    let from_json = one(r#"{"messages": [{"role": "user", "content": "1+1="}]}"#).unwrap();
    let from_parquet = all(&fixture("messages.parquet"));
    assert_eq!(from_parquet[0].prompt, from_json.prompt);
    let ids: Vec<_> = from_parquet
        .iter()
        .map(|question| &question.id[..])
        .collect();
    assert_eq!(ids, ["4", "5"]);
    assert_eq!(from_parquet[0].answer.as_deref(), Some("2"));
    assert_eq!(from_parquet[1].answer, None);
    let Prompt::Messages(turns) = &from_json.prompt else {
        panic!("a conversation")
    };
    assert_eq!(
        (&turns[0].role[..], &turns[0].content[..]),
        ("user", "1+1=")
    );
}

#[test]
fn what_is_wrong_with_a_prompt_is_told() {
    for (record, reason) in [
        (
            r#"{"text": "q"}"#,
            "the record has `text`, but must have `prompt`, `question`, `problem` or `messages`",
        ),
        (
            r#"{"question": 7}"#,
            "`question` is a number, but must be a text",
        ),
        (r#"{"question": "  "}"#, "`question` is empty"),
        (
            r#"{"question": ["q"]}"#,
            "`question` is a list, but must be a text",
        ),
        (
            r#"{"question": "q", "answer": [1]}"#,
            "`answer` is a list, but must be a text or a number",
        ),
        (r#"{"question": "q", "answer": ""}"#, "`answer` is empty"),
        (r#"{"messages": []}"#, "`messages` is empty"),
        (
            r#"{"messages": [{"role": "user"}]}"#,
            "there is no `messages[0].content`",
        ),
        (
            r#"{"prompt": ["q"]}"#,
            "`prompt[0]` is a text, but must be an object",
        ),
    ] {
        assert_eq!(one(record).unwrap_err(), reason, "{record}");
    }
    let error = Questions::open(fixture("other_columns.parquet"), None).unwrap_err();
    assert!(matches!(error, Error::Columns { .. }));
}
