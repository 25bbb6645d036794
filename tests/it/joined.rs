//! `pure generate | pure verify | pure score | pure credit`, as one line of a shell and one by one.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::command_line::{err, out, records, run, run_with_input};
use crate::score::that_reads_text;

/// A tiny model that writes text, with the tokenizer of the reward model.
pub fn policy(prm: &Path, folder: &Path) -> String {
    let tokenizer = pure_model::Tokenizer::load(prm).unwrap();
    let config = json!({
        "model_type": "qwen2", "vocab_size": tokenizer.vocab_size(), "hidden_size": 16,
        "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
        "num_key_value_heads": 1, "max_position_embeddings": 512, "rope_theta": 10000.0,
    });
    let shape = folder.join("shape.json");
    fs::write(&shape, config.to_string()).unwrap();
    let model = folder.join("policy").to_str().unwrap().to_owned();
    let made = run(&[
        "init",
        "--config",
        shape.to_str().unwrap(),
        "--output",
        &model,
    ]);
    assert!(made.status.success(), "{}", err(&made));
    for name in ["tokenizer.json", "tokenizer_config.json"] {
        fs::copy(prm.join(name), Path::new(&model).join(name)).unwrap();
    }
    model
}

#[cfg(unix)]
#[test]
fn generate_verify_score_and_credit_join_in_one_line() {
    let (prm, folder) = (that_reads_text(), tempfile::tempdir().unwrap());
    let model = policy(prm.path(), folder.path());
    // A JSON array with the fields of MATH, as `pure train` reads it; nobody knows the answer to one.
    let prompts = json!([
        {"unique_id": "a", "problem": "What is 1 + 1?", "answer": 2, "level": 1},
        {"unique_id": "b", "problem": "What is 2 + 3?", "answer": null, "level": 2},
    ]);
    fs::write(folder.path().join("prompts.json"), prompts.to_string()).unwrap();
    let generate = format!(
        "{pure} generate --model {model} --input prompts.json --n 3 --max-new-tokens 24 --device cpu",
        pure = env!("CARGO_BIN_EXE_pure"),
    );
    let pure = env!("CARGO_BIN_EXE_pure");
    let prm = prm.path().to_str().unwrap();
    let line = format!(
        "{generate} | tee generated | {pure} verify | tee verified \
         | {pure} score --prm {prm} --device cpu | tee scored \
         | {pure} credit --form min --reward prm --baseline none"
    );
    let shell = Command::new("sh")
        .args(["-c", &line])
        .current_dir(folder.path())
        .output();
    let credited = shell.unwrap();
    assert!(credited.status.success(), "{}", err(&credited));
    let between = |name: &str| -> Vec<Value> {
        let text = fs::read_to_string(folder.path().join(name)).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    };
    let (generated, scored) = (between("generated"), between("scored"));
    let credited = records(&credited);
    assert_eq!([generated.len(), scored.len(), credited.len()], [6; 3]);
    for (number, scored) in scored.iter().enumerate() {
        let asked = &prompts[number / 3];
        // What was read is passed on, by all of them.
        for name in ["unique_id", "problem", "answer", "level"] {
            assert_eq!(scored[name], asked[name]);
        }
        for (name, value) in generated[number].as_object().unwrap() {
            assert_eq!(&scored[name], value, "{name}");
        }
        let text = generated[number]["text"].as_str().unwrap();
        assert_eq!(scored["steps"], json!(pure_data::cut_steps(text)));
        assert_eq!(
            scored["correct"],
            if number < 3 {
                json!(false)
            } else {
                Value::Null
            }
        );

        let credited = &credited[number];
        assert_eq!(credited["group"], asked["unique_id"]);
        assert_eq!(credited["id"], number % 3);
        let numbers = |value: &Value| -> Vec<f64> {
            let numbers = value.as_array().unwrap().iter();
            numbers.map(|number| number.as_f64().unwrap()).collect()
        };
        let (rewards, returns) = (numbers(&scored["rewards"]), numbers(&credited["returns"]));
        assert!(!rewards.is_empty());
        assert_eq!(returns.len() as u64, scored["length"].as_u64().unwrap());
        // With nothing but step rewards, the first token of an answer is paid the lowest of them.
        let lowest = rewards.iter().copied().fold(f64::INFINITY, f64::min);
        assert!(
            (returns[0] - lowest).abs() < 1e-6,
            "{returns:?} {rewards:?}"
        );
    }
}

/// Two answers to each of two questions, right and wrong, as a sampler of another kind may write them.
const ANSWERS: &str = r#"
{"id": "a", "sample": 0, "response": "It is two.\n\nSo \\boxed{2}", "tokens": [1, 2, 3], "finish": "length"}
{"id": "a", "sample": 1, "response": "So \\boxed{3}", "tokens": [1, 2]}
{"line": 3, "id": "c", "error": "the prompt is too long"}
{"id": "b", "sample": 0, "response": "So \\boxed{5}", "tokens": [1]}
"#;

const QUESTIONS: &str = r#"
{"id": "a", "question": "What is 1 + 1?", "answer": "It is the sum.\n#### 2"}
{"id": "b", "question": "What is 2 + 2?", "answer": "4"}
"#;

#[test]
fn questions_of_a_file_complete_records_and_a_verdict_is_an_outcome() {
    let folder = tempfile::tempdir().unwrap();
    let questions = folder.path().join("questions.jsonl");
    fs::write(&questions, QUESTIONS).unwrap();
    let questions = questions.to_str().unwrap();
    let verified = run_with_input(&["verify", "--questions", questions], ANSWERS);
    // What was refused before is passed on as such.
    assert_eq!(verified.status.code(), Some(1));
    let judged = records(&verified);
    assert_eq!(judged[2]["error"], "the prompt is too long");
    assert_eq!(judged[0]["prompt"], "What is 1 + 1?");
    let correct: Vec<&Value> = judged.iter().map(|record| &record["correct"]).collect();
    assert_eq!(json!(correct), json!([true, false, null, false]));

    let prm = that_reads_text();
    let prm = prm.path().to_str().unwrap();
    let scored = run_with_input(&["score", "--prm", prm, "--device", "cpu"], &out(&verified));
    let rewards: Vec<Value> = records(&scored)
        .iter()
        .map(|it| it["rewards"].clone())
        .collect();
    assert_eq!(rewards[0].as_array().unwrap().len(), 2);
    assert_eq!(rewards[2], Value::Null);

    // 1 for a right answer, at its end, as everybody can work out.
    let arguments = [
        "credit",
        "--reward",
        "vr",
        "--vr-coef",
        "1",
        "--baseline",
        "none",
    ];
    for input in [out(&verified), out(&scored)] {
        let credited = run_with_input(&arguments, &input);
        assert_eq!(credited.status.code(), Some(1));
        assert!(err(&credited).contains("1 of 4 records were refused before"));
        let paid = records(&credited);
        let first = |record: &Value| record["returns"][0].as_f64().unwrap();
        let paid: Vec<(&Value, &Value, f64)> = paid
            .iter()
            .map(|it| (&it["group"], &it["id"], first(it)))
            .collect();
        let (a, b) = (json!("a"), json!("b"));
        let [zero, one] = [json!(0), json!(1)];
        assert_eq!(paid, [(&a, &zero, 1.0), (&a, &one, 0.0), (&b, &zero, 0.0)]);
    }
    // Without rewards of steps there is a way out.
    let refused = run_with_input(&["credit"], &out(&verified));
    assert!(
        err(&refused).contains("`pure score` gives them"),
        "{}",
        err(&refused)
    );
}

#[test]
fn what_nothing_can_complete_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let questions = folder.path().join("questions.jsonl");
    fs::write(&questions, QUESTIONS).unwrap();
    let path = questions.to_str().unwrap();
    let input =
        "{\"id\": \"z\", \"text\": \"2\"}\n{\"text\": \"2\"}\n{\"id\": 1, \"answer\": \"2\"}";
    let told = |arguments: &[&str]| -> Vec<String> {
        let output = run_with_input(&[&["verify"], arguments].concat(), input);
        assert_eq!(output.status.code(), Some(1));
        let errors = records(&output).into_iter();
        errors
            .map(|record| record["error"].as_str().unwrap().to_owned())
            .collect()
    };
    let without = told(&[]);
    assert!(
        without[0].contains("no `answer`") && without[0].contains("--questions"),
        "{without:?}"
    );
    assert!(
        without[2].contains("`text`, `response` or `prediction`"),
        "{without:?}"
    );
    let with = told(&["--questions", path]);
    assert!(with[0].ends_with("has no question \"z\""), "{with:?}");
    assert!(with[1].contains("no `id`"), "{with:?}");
    fs::write(&questions, QUESTIONS.replace("\"b\"", "\"a\"")).unwrap();
    let twice = run_with_input(&["verify", "--questions", path], input);
    assert!(
        err(&twice).contains("two questions are called \"a\""),
        "{}",
        err(&twice)
    );
}
