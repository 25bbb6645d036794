//! Good records of every kind, and files of changed ones.

use std::fmt::Debug;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::super::dice::Dice;
use super::super::{json, text};

/// Pieces of JSON, and what marks steps and answers.
const PIECES: [&str; 32] = [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "\\n\\n",
    "null",
    "true",
    "false",
    "-1",
    "1e309",
    "1.5",
    "\n",
    "\r\n",
    "\"labels\": [true]",
    "\"label\": -2",
    "\"steps\": []",
    "\"id\": {}",
    "ки",
    "Step 1: ",
    "####",
    "\\\\boxed{",
    "\"messages\": [{\"role\": \"user\"}]",
    "\"prompt\"",
    "\"length\": 1048576",
    "\"step_ends\": [0]",
    "\"rewards\": [null]",
];

/// What may stand where something else is expected.
fn donors() -> Vec<Value> {
    vec![
        json!("text"),
        json!(["a", "b"]),
        json!([true, false, null, 0.5]),
        json!([{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]),
        json!([0, 1, 2]),
        json!([1e300, -1e300, 3.4e38]),
        json!("null"),
        json!(-1),
        json!(1_048_576),
        json!("a\n\nb ки c +"),
    ]
}

/// A file: one record a line, or all in a list.
pub struct Input(pub Vec<u8>);

impl Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

/// Good records of every kind.
pub fn bases() -> Vec<Value> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/pure-data/tests/fixtures");
    let mut bases = Vec::new();
    for name in ["prm800k", "prm800k_by_trl", "math_shepherd"] {
        let text = fs::read_to_string(fixtures.join(name).with_extension("jsonl")).unwrap();
        let records = text.lines().map(|line| serde_json::from_str(line).unwrap());
        bases.extend(records.take(4));
    }
    let credit = json!({
        "group": "p1", "id": 0, "length": 9, "step_ends": [3, 8], "rewards": [0.9, -0.2], "outcome": 1,
        "old_logprobs": [-0.1, -0.2, -0.3, -0.4, -0.5, -0.6, -0.7, -0.8, -0.9],
        "ref_logprobs": [-0.2, -0.2, -0.2, -0.2, -0.2, -0.2, -0.2, -0.2, -0.2], "truncated": false,
    });
    let other = json!({
        "group": "p1", "id": 1, "length": 5, "step_ends": [1, 4], "rewards": [-0.3, 0.1], "outcome": 0,
    });
    let answer = json!({
        "step": 4, "split": "valid", "drawn": "sampled", "id": "a1", "sample": 0, "prompt": "1 + 1?",
        "text": "2\n\nIt is 2.", "tokens": 6, "step_ends": [2, 5], "rewards": [0.5, 0.25],
        "outcome": 1.0, "paid": 1.25, "finish": "end",
    });
    let mut learned = answer.clone();
    learned["split"] = json!("train");
    learned["advantages"] = json!([0.5, 0.5, 0.5, -0.5, -0.5, -0.5]);
    bases.extend([
        json!({"id": "q", "question": "1 + 1?", "answer": "2"}),
        json!({"problem": "1 + 1?", "solution": "It is $\\boxed{2}$.", "id": 7}),
        json!({"prompt": [{"role": "user", "content": "1 + 1?"}], "ground_truth": ["2", "two"]}),
        json!({"prompt": "1 + 1?", "completion": "2"}),
        json!({"question": "1 + 1?", "answer": "It is <<1+1=2>>2.\n#### 2"}),
        json!({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}),
        json!({"id": "g-0", "problem": "p", "steps": ["a", "b"], "label": 1,
               "final_answer_correct": false}),
        json!({"id": "a1", "sample": 0, "tokens": [1, 2], "text": "2", "finish": "end"}),
        json!({"id": "a1", "prompt": "p", "steps": ["a", "b"], "answer": "12", "labels": [true, false]}),
        json!({"id": 1, "prediction": "\\boxed{1/2}", "answer": "0.5"}),
        credit.clone(),
        credit,
        other.clone(),
        other,
        answer,
        learned,
        json!({"step": 4, "split": "valid", "accuracy": 0.5, "process": 0.1, "answers": 8,
               "time": {"evaluation": 0.5}}),
        json!({"step": 3, "split": "train", "loss": 0.1, "accuracy": 0.4, "answers": 8,
               "time": {"step": 1.5}}),
        json!({"step": 3, "split": "monitor", "notice": "slower", "evidence": {"truncated": 0.5}}),
    ]);
    bases
}

/// The file of a number.
pub fn input(number: u64, bases: &[Value]) -> Input {
    let (mut dice, donors) = (Dice(number), donors());
    let mut lines: Vec<Vec<u8>> = Vec::new();
    // Most often of one kind, so that they are read as that.
    let kind = dice.below(bases.len());
    for _ in 0..1 + dice.below(5) {
        let base = if dice.one_in(4) {
            dice.below(bases.len())
        } else {
            kind
        };
        let mut record = bases[base].clone();
        lines.push(match dice.below(6) {
            0..=1 => record.to_string().into_bytes(),
            2..=4 => {
                json::change(&mut dice, &mut record, &donors);
                record.to_string().into_bytes()
            }
            _ => text::changed(&mut dice, &[record.to_string()], &PIECES),
        });
    }
    let mut file = match dice.below(8) {
        0 => [b"[".to_vec(), lines.join(&b",\n"[..]), b"]".to_vec()].concat(),
        1 => lines.join(&b"\r\n\n"[..]),
        2 => [b"\xef\xbb\xbf".to_vec(), lines.join(&b"\n"[..])].concat(),
        _ => lines.join(&b"\n"[..]),
    };
    if dice.one_in(2) {
        file.push(b'\n');
    }
    if dice.one_in(30) {
        text::damage(&mut dice, &mut file);
    }
    Input(file)
}
