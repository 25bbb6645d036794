//! `pure verify` as its users meet it. What is right and what is not is tested in pure-verify.

use serde_json::{Value, json};

use crate::command_line::{err, records, run_with_input};

#[test]
fn verdicts_come_in_the_order_of_the_input_and_bad_lines_are_answered() {
    let mut input = String::new();
    for number in 0..10_000 {
        let said = number + usize::from(number % 3 == 0);
        let pair = json!({"id": number, "prediction": format!("so it is \\boxed{{{said}}}"), "answer": number.to_string()});
        input += &format!("{pair}\n");
    }
    input += "{\"id\": 1}\n";
    let output = run_with_input(&["verify", "--input", "-"], &input);
    assert_eq!(output.status.code(), Some(1));
    let records = records(&output);
    assert_eq!(records.len(), 10_001);
    for (number, record) in records[..10_000].iter().enumerate() {
        assert_eq!(record["id"], number);
        assert_eq!(record["correct"], number % 3 != 0, "{record}");
        assert_eq!(record["rule"], "box");
    }
    assert_eq!(records[10_000]["line"], 10_001);
    assert!(
        err(&output).contains("6666 of 10000 answers are right"),
        "{}",
        err(&output)
    );
}

#[test]
fn modes_and_options_judge_differently() {
    let pairs = [
        json!({"id": "half", "prediction": "\\boxed{\\frac{2}{4}}", "answer": "0.5"}),
        json!({"id": "pi", "prediction": "\\boxed{3.14}", "answer": "\\pi"}),
    ];
    let input = pairs.map(|pair| pair.to_string()).join("\n");
    let verdicts = |options: &[&str]| {
        let output = run_with_input(&[&["verify", "--input", "-"], options].concat(), &input);
        let correct = |record: &Value| record["correct"].as_bool().unwrap();
        records(&output).iter().map(correct).collect::<Vec<_>>()
    };
    assert_eq!(verdicts(&[]), [true, false]);
    assert_eq!(verdicts(&["--mode", "math"]), [false, false]);
    assert_eq!(verdicts(&["--rounded"]), [true, true]);
    let output = run_with_input(&["verify", "--input", "-", "--explain"], &input);
    assert_eq!(records(&output)[0]["answer"], "1/2");
}
