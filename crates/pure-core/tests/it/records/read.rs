//! Lines as they are read.

use pure_core::{Label, Record};

use super::{fault, record};

#[test]
fn lines_are_read_with_and_without_what_is_optional() {
    let short = r#"{"group": "p", "id": 3, "length": 6, "step_ends": [2, 5], "rewards": [0.5, -0.25], "outcome": null}"#;
    let read: Record = serde_json::from_str(short).unwrap();
    assert_eq!(
        read,
        Record {
            outcome: None,
            ..record("p", 3)
        }
    );
    let long = r#"{"group": 7, "id": "x", "length": 1, "step_ends": [0], "rewards": [1], "outcome": 0,
        "old_logprobs": [-0.5], "ref_logprobs": [-1], "truncated": true}"#;
    let read: Record = serde_json::from_str(long).unwrap();
    assert_eq!(
        (read.group, read.outcome, read.truncated),
        (Label::Number(7), Some(0.0), true)
    );
    // What others wrote beside it is not looked at.
    let beside = short.replacen('{', r#"{"text": "2", "correct": true, "#, 1);
    let with_more: Record = serde_json::from_str(&beside).unwrap();
    assert_eq!(with_more, serde_json::from_str(short).unwrap());
    let fault = serde_json::from_str::<Record>(&short.replace("length", "size")).unwrap_err();
    assert!(
        fault.to_string().contains("missing field `length`"),
        "{fault}"
    );
}

#[test]
fn a_null_among_numbers_names_the_record() {
    let text = r#"{"group": "a", "id": 1, "length": 1, "step_ends": [0], "rewards": [null], "outcome": 1}"#;
    let broken: Record = serde_json::from_str(text).unwrap();
    assert_eq!(fault(broken), "reward 0 is NaN");
    let text = r#"{"group": "a", "id": 1, "length": 1, "step_ends": [0], "rewards": [1], "outcome": 1,
        "old_logprobs": [null], "ref_logprobs": [0]}"#;
    let broken: Record = serde_json::from_str(text).unwrap();
    assert_eq!(fault(broken), "log-probability 0 is NaN");
    let absent = text
        .replace("[null]", "null")
        .replace("[0],", "0,")
        .replace("[0]}", "null}");
    let absent = absent.replace("\"step_ends\": 0", "\"step_ends\": [0]");
    assert_eq!(
        serde_json::from_str::<Record>(&absent)
            .unwrap()
            .old_logprobs,
        None
    );
}
