//! `pure sft` on questions with worked answers, in each form that they come in.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::command_line::{err, out, run, text};
use crate::golden::folder;
use crate::joined::policy;

/// Questions and answers in the form of GSM8K.
const WORKED: [(&str, &str); 4] = [
    (
        "Ann has 3 bags of 4 plums and eats 2. How many are left?",
        "She has 3*4=<<3*4=12>>12 plums.\nSo 12-2=<<12-2=10>>10 are left.\n#### 10",
    ),
    (
        "A pen costs $2 and a pad $3. What do 4 of each cost?",
        "One of each costs $2+$3=$<<2+3=5>>5.\nSo 4 cost $5*4=$<<5*4=20>>20.\n#### 20",
    ),
    (
        "Tom runs 1,200 m a day. How far does he run in a week?",
        "A week has 7 days, so it is 1200*7=<<1200*7=8400>>8,400 m.\n#### 8,400",
    ),
    (
        "Half of 18 eggs are sold. How many are sold?",
        "Half of 18 is 18/2=<<18/2=9>>9.\n#### 9",
    ),
];

/// What a record makes of a question and its answer.
type Form = dyn Fn(&str, &str) -> Value;

fn write(path: &Path, record: impl Fn(&str, &str) -> Value) {
    let lines = WORKED.map(|(question, answer)| format!("{}\n", record(question, answer)));
    fs::write(path, lines.concat()).unwrap();
}

#[test]
fn files_of_gsm8k_of_math_and_of_trl_teach_the_same_bits() {
    let made = tempfile::tempdir().unwrap();
    let model = policy(&folder(&["tokenizer"]), made.path());
    let chat = |question: &str, answer: &str| {
        json!({"messages": [
            {"role": "user", "content": question}, {"role": "assistant", "content": answer},
        ]})
    };
    let forms: [(&str, &Form); 5] = [
        ("gsm8k", &|q, a| json!({"question": q, "answer": a})),
        (
            "math",
            &|q, a| json!({"problem": q, "solution": a, "answer": "1", "level": "Level 2"}),
        ),
        ("response", &|q, a| json!({"prompt": q, "response": a})),
        ("completion", &|q, a| json!({"prompt": q, "completion": a})),
        ("messages", &chat),
    ];
    let mut learned = Vec::new();
    for (name, record) in forms {
        let data = made.path().join(format!("{name}.jsonl"));
        let output = made.path().join(name);
        write(&data, record);
        let (held_out, data) = (format!("held_out={}", data.display()), text(&data));
        let command = [
            "sft",
            "--model",
            &model,
            "--data",
            data,
            "--output",
            text(&output),
            "--device",
            "cpu",
            "--plain",
        ];
        let set = [
            "--set",
            "max_steps=2",
            "--set",
            &held_out,
            "--set",
            "lr_scheduler.learning_rate=0.01",
        ];
        let trained = run(&[&command[..], &set].concat());
        assert!(trained.status.success(), "{name}: {}", err(&trained));
        learned.push(fs::read(output.join("model/model.safetensors")).unwrap());
    }
    let before = fs::read(Path::new(&model).join("model.safetensors")).unwrap();
    assert!(learned[0] != before);
    assert!(learned.iter().all(|weights| *weights == learned[0]));
}

#[test]
fn the_file_that_teaches_is_also_one_of_prompts_whose_answers_are_verified() {
    let made = tempfile::tempdir().unwrap();
    let data = made.path().join("gsm8k.jsonl");
    write(
        &data,
        |question, answer| json!({"question": question, "answer": answer, "response": answer}),
    );
    let verified = run(&["verify", "--input", text(&data)]);
    assert_eq!(
        out(&verified).matches("\"correct\":true").count(),
        WORKED.len()
    );
}

#[test]
fn a_record_without_an_answer_is_told_by_its_line_before_anything_is_learned() {
    let made = tempfile::tempdir().unwrap();
    let model = policy(&folder(&["tokenizer"]), made.path());
    let data = made.path().join("questions.jsonl");
    fs::write(
        &data,
        "{\"question\": \"1+1?\", \"answer\": \"2\"}\n{\"question\": \"2+2?\"}\n",
    )
    .unwrap();
    let output = made.path().join("run");
    let command = [
        "sft",
        "--model",
        &model,
        "--data",
        text(&data),
        "--output",
        text(&output),
    ];
    let refused = run(&command);
    assert_eq!(refused.status.code(), Some(1));
    let told: Vec<String> = err(&refused)
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let told = told.join(" ");
    assert!(
        told.contains("line 2") && told.contains("`completion`"),
        "{told}"
    );
    assert!(!output.exists());
}
