//! Answers whose first error is known.

use pure_data::FirstErrorCases;

use crate::file_of;

#[test]
fn a_first_error_outside_of_the_answer_is_told() {
    let record = r#"{"id": "a", "problem": "p", "steps": ["s", "t"], "label": 1}"#;
    let lines = [
        record.to_owned(),
        record.replace(": 1}", ": 2}"),
        record.replace(": 1}", ": -2}"),
        record.replace(": 1}", ": 0.5}"),
        record.replace("\"t\"", "\"\""),
        record.replace("[\"s\", \"t\"]", "[]"),
        record.replace(": 1}", ": 1, \"final_answer_correct\": 1}"),
    ];
    let (_folder, path) = file_of("cases.jsonl", lines.join("\n"));
    let told = FirstErrorCases::open(&path, None)
        .unwrap()
        .map(|case| match case {
            Ok(case) => format!("{:?}", case.first_error),
            Err(bad) => format!("{}: {}", bad.place, bad.fault),
        });
    let expected = [
        "Some(1)",
        "line 2: `label` is 2, but must be -1 or a step, from 0 to 1",
        "line 3: `label` is -2, but must be -1 or a step, from 0 to 1",
        "line 4: `label` is a number, but must be a whole number",
        "line 5: step 2 is empty",
        "line 6: the answer has no step",
        "line 7: `final_answer_correct` is a number, but must be true or false",
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}
