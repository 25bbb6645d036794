//! What is said of bad records: their line, and what is wrong with them.

use crate::told;

#[test]
fn every_bad_record_is_told_by_its_line_and_the_reading_goes_on() {
    let good = r#"{"prompt": "p", "completions": ["a"], "labels": [true]}"#;
    let lines = [
        good.to_owned(),
        good.replace("[true]", "[true, false]"),
        good.replace("[true]", "[2]"),
        good.replace("[true]", "[\"good\"]"),
        good.replace("[true]", "true"),
        good.replace("[\"a\"]", "[\" \"]"),
        good.replace("[\"a\"]", "[]").replace("[true]", "[]"),
        good.replace("[\"a\"]", "[1]"),
        good.replace("\"p\"", "null"),
        good.replace("\"p\"", "\"\""),
        good.replace("\"labels\"", "\"label\""),
        good.replace("{\"prompt\"", "{\"id\": [], \"prompt\""),
        good.to_owned(),
        good[..30].to_owned(),
    ];
    let expected = [
        "1: [Good]",
        "line 2: there are 2 labels for 1 steps",
        "line 3: label 1 is 2, but must be true, false, a number from 0 to 1, or null",
        "line 4: label 1 is \"good\", but must be true, false, a number from 0 to 1, or null",
        "line 5: `labels` is true or false, but must be a list",
        "line 6: step 1 is empty",
        "line 7: the answer has no step",
        "line 8: `completions[0]` is a number, but must be a text",
        "line 9: there is no `prompt`",
        "line 10: `prompt` is empty",
        "line 11: there is no `labels`",
        "line 12: `id` is a list, but must be a text or a whole number",
        "13: [Good]",
        "line 14: the file ends in the middle of a record: it was cut off or is still being written",
    ];
    assert_eq!(told("steps.jsonl", lines.join("\n")), expected);
}

#[test]
fn broken_trees_of_prm800k_are_told() {
    let tree = |steps: &str| {
        format!(r#"{{"question": {{"problem": "p"}}, "label": {{"steps": {steps}}}}}"#)
    };
    let one = |completion: &str, chosen: &str| {
        tree(&format!(
            r#"[{{"completions": [{completion}], "chosen_completion": {chosen}}}]"#
        ))
    };
    let lines = [
        tree("[]"),
        one(r#"{"text": "a", "rating": 1}"#, "1"),
        one(r#"{"text": "a", "rating": 1}"#, "-1"),
        one(r#"{"text": "a", "rating": 2}"#, "0"),
        one(r#"{"text": "", "rating": 1}"#, "0"),
        one("7", "0"),
        one(r#"{"text": "a", "rating": null}"#, "0"),
    ];
    let expected = [
        "line 1: the answer has no step",
        "line 2: `label.steps[0].chosen_completion` is 1, but must be below 1, the number of completions",
        "line 3: `label.steps[0].chosen_completion` is -1, but must be below 1, the number of completions",
        "line 4: `label.steps[0].completions[0].rating` is a number, but must be -1, 0, 1 or null",
        "line 5: `label.steps[0].completions[0].text` is empty",
        "line 6: `label.steps[0].completions[0]` is a number, but must be an object",
        "7-0: [Ignored]",
    ];
    assert_eq!(told("prm800k.jsonl", lines.join("\n")), expected);
}

#[test]
fn broken_marks_of_math_shepherd_are_told() {
    let record =
        |input: &str, label: &str| format!(r#"{{"input": "{input}", "label": "{label}"}}"#);
    let lines = [
        record("q Step 1: a ки", "q Step 1: a ?"),
        record("q Step 1: a ки", "q Step 1: a "),
        record("q Step 1: a ки", "q Step 1: b +"),
        record("q Step 1: a ки b ки", "q Step 1: a + b + c"),
        record("q. a ки", "q. a +"),
        record("q? r? a ки", "q? r? a +"),
        record("q Step 1: a", "q Step 1: a"),
        record("Step 1: a ки", "Step 1: a +"),
        record("q Step 1: a ки b", "q Step 1: a + b"),
    ];
    let unclear = "no `Step 1:` and no single `?` tell where the question ends";
    let expected = [
        "line 1: label 1 is `?`, but must be `+` or `-`".to_owned(),
        "line 2: label 1 is missing, but must be `+` or `-`".to_owned(),
        "line 3: `label` is another text than `input` at step 1".to_owned(),
        "line 4: `label` is another text than `input` at step 3".to_owned(),
        format!("line 5: {unclear}"),
        format!("line 6: {unclear}"),
        "line 7: the answer has no step".to_owned(),
        "line 8: `input` is empty".to_owned(),
        "9: [Good, Ignored]".to_owned(),
    ];
    assert_eq!(told("math_shepherd.jsonl", lines.join("\n")), expected);
}
