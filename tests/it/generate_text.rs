//! `pure generate` with models that write text: what the terminal shows, how the model's folder decides, what a record
//! holds.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::command_line::{err, on_terminal, out, records, run, run_with_input};
use crate::golden::folder;
use crate::joined::policy;

#[test]
fn text_prompts_go_through_the_chat_template_and_stop_at_words() {
    let directory = tempfile::tempdir().unwrap();
    let model = policy(&folder(&["tokenizer"]), directory.path());
    let base = [
        "generate",
        "--model",
        &model,
        "--max-new-tokens",
        "40",
        "--device",
        "cpu",
        "--ignore-eos",
    ];
    let with = |more: &[&str]| {
        let output = run(&[&base[..], more].concat());
        assert!(output.status.success(), "{}", err(&output));
        output
    };
    let one = records(&with(&["--prompt", "What is 2 + 3?"]));
    let text = one[0]["text"].as_str().unwrap();
    assert_eq!(one[0]["tokens"].as_array().unwrap().len(), 40);

    let raw = records(&with(&["--prompt", "What is 2 + 3?", "--raw"]));
    assert_ne!(
        raw[0]["tokens"], one[0]["tokens"],
        "the template is part of the prompt"
    );
    // `pure logprobs` puts a text to the model as `pure generate` does, with either switch.
    for (sampled, more) in [(&one[0], &[][..]), (&raw[0], &["--raw"])] {
        let asked = json!({"prompt": "What is 2 + 3?", "response_ids": sampled["tokens"]});
        let command = ["logprobs", "--model", &model, "--input", "-"];
        let scored = run_with_input(&[&command[..], more].concat(), &asked.to_string());
        let of = |record: &Value| -> Vec<f64> {
            let numbers = record["logprobs"].as_array().unwrap().iter();
            numbers.map(|number| number.as_f64().unwrap()).collect()
        };
        for (scored, drawn) in of(&records(&scored)[0]).iter().zip(of(sampled)) {
            assert!((scored - drawn).abs() < 1e-4, "{scored} and {drawn}");
        }
    }
    // Two letters from the middle of the text: they need not be a token.
    let middle: Vec<char> = text.chars().collect();
    let words: String = middle[middle.len() / 2..][..3].iter().collect();
    let stopped = records(&with(&["--prompt", "What is 2 + 3?", "--stop", &words]));
    assert_eq!(stopped[0]["finish"], "stop");
    assert_eq!(stopped[0]["text"], text[..text.find(&words).unwrap()]);
    let tokens: Vec<Value> = stopped[0]["tokens"].as_array().unwrap().clone();
    assert_eq!(tokens, one[0]["tokens"].as_array().unwrap()[..tokens.len()]);
}

/// A model that writes text, whose `generation_config.json` says this.
fn that_says(generation: &Value, directory: &Path) -> String {
    let model = policy(&folder(&["tokenizer"]), directory);
    let file = Path::new(&model).join("generation_config.json");
    fs::write(file, generation.to_string()).unwrap();
    model
}

fn asked<'a>(model: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let base = [
        "generate",
        "--model",
        model,
        "--device",
        "cpu",
        "--max-new-tokens",
        "30",
        "--ignore-eos",
    ];
    [&base, more].concat()
}

/// As a terminal gets it: line ends have become two characters, and what it would obey is spelled out.
#[cfg(target_os = "linux")]
fn as_shown(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars() {
        match c {
            '\n' => shown += "\r\n",
            '\t' => shown.push(c),
            c if c.is_control() => shown.extend(c.escape_default()),
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_is_text_on_a_terminal_and_a_record_in_a_pipe() {
    let directory = tempfile::tempdir().unwrap();
    let model = that_says(&json!({}), directory.path());
    let one = ["--prompt", "What is 2 + 3?"];
    let record = records(&run(&asked(&model, &one))).remove(0);
    let text = record["text"].as_str().unwrap();
    let shown = on_terminal(&asked(&model, &one), "");
    assert!(
        shown.contains(&as_shown(&format!("{text}\n"))),
        "{shown:?} {text:?}"
    );
    assert!(!shown.contains("logprobs"), "{shown}");
    let several = on_terminal(&asked(&model, &[&one[..], &["--n", "2"]].concat()), "");
    assert!(
        several.contains(&as_shown(&format!("[0] {text}\n[1] "))),
        "{several:?}"
    );
    for records in [&["--json"][..], &["--fields", "text"], &["--output", "-"]] {
        let shown = on_terminal(&asked(&model, &[&one[..], records].concat()), "");
        assert!(shown.contains("{\""), "{records:?}: {shown}");
    }
}

#[test]
fn what_no_option_says_the_models_folder_decides() {
    let generation = json!({
        "do_sample": true, "temperature": 0.5, "top_k": 5, "top_p": 0.9, "repetition_penalty": 1.3,
        "eos_token_id": 499,
    });
    let directory = tempfile::tempdir().unwrap();
    let model = that_says(&generation, directory.path());
    let neutral = tempfile::tempdir().unwrap();
    let neutral = that_says(&json!({"eos_token_id": 499}), neutral.path());
    let weights = "model.safetensors";
    fs::copy(
        Path::new(&model).join(weights),
        Path::new(&neutral).join(weights),
    )
    .unwrap();

    let said = [
        "--temperature",
        "0.5",
        "--top-k",
        "5",
        "--top-p",
        "0.9",
        "--repetition-penalty",
        "1.3",
    ];
    let one = ["--prompt", "What is 2 + 3?"];
    let of_folder = run(&asked(&model, &one));
    let of_options = run(&asked(&neutral, &[&one[..], &said].concat()));
    assert_eq!(out(&of_folder), out(&of_options));
    assert!(records(&of_folder)[0]["drawn_logprobs"].is_array());
    let told = err(&of_folder);
    let words =
        "generation_config.json says: temperature 0.5, top_k 5, top_p 0.9, repetition_penalty 1.3";
    assert_eq!(told.matches(words).count(), 1, "{told}");
    assert_eq!(err(&of_options), "");

    // Files of prompts are answered in the same way, and an option goes before.
    let input = json!({"prompt": "What is 2 + 3?"}).to_string();
    let of_file = run_with_input(&asked(&model, &["--input", "-"]), &input);
    assert_eq!(records(&of_file)[0]["text"], records(&of_folder)[0]["text"]);
    assert!(err(&of_file).contains(words), "{}", err(&of_file));
    let hot = [&one[..], &["--temperature", "2", "--top-k", "0"]].concat();
    let hot = run(&asked(&model, &hot));
    assert!(
        err(&hot).contains("says: top_p 0.9, repetition_penalty 1.3"),
        "{}",
        err(&hot)
    );
    assert_ne!(out(&hot), out(&of_folder));
}

#[test]
fn a_model_that_is_not_to_be_sampled_gives_its_likeliest_answer_and_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let model = that_says(&json!({"do_sample": false}), directory.path());
    let one = ["--prompt", "What is 2 + 3?"];
    let likeliest = run(&asked(&model, &one));
    let greedy = run(&asked(
        &model,
        &[&one[..], &["--temperature", "0"]].concat(),
    ));
    assert_eq!(out(&likeliest), out(&greedy));
    let refused = run(&asked(&model, &[&one[..], &["--n", "3"]].concat()));
    assert_eq!(refused.status.code(), Some(1));
    let told = err(&refused);
    assert!(
        told.contains("all the same one") && told.contains("--temperature 1"),
        "{told}"
    );
}

#[test]
fn a_folder_that_says_nonsense_is_told_with_its_key() {
    let directory = tempfile::tempdir().unwrap();
    let model = that_says(&json!({"temperature": "hot"}), directory.path());
    let refused = run(&asked(&model, &["--prompt", "What?"]));
    assert_eq!(refused.status.code(), Some(1));
    let told = err(&refused);
    assert!(
        told.contains("generation_config.json") && told.contains("`temperature`"),
        "{told}"
    );
}

#[test]
fn a_record_holds_the_fields_that_are_named_in_their_order() {
    let directory = tempfile::tempdir().unwrap();
    let model = that_says(&json!({}), directory.path());
    let input =
        json!({"id": "a", "problem": "What is 2 + 3?", "answer": "5", "level": 1}).to_string();
    let all = records(&run_with_input(&asked(&model, &["--input", "-"]), &input)).remove(0);
    let with = |names: &str| {
        let more = ["--input", "-", "--fields", names];
        run_with_input(&asked(&model, &more), &input)
    };
    let few = with("text,id,answer");
    let expected = json!({"text": all["text"], "id": "a", "answer": "5"});
    assert_eq!(out(&few), format!("{expected}\n"));
    let refused = with("id,txt");
    assert_eq!(refused.status.code(), Some(1));
    let told: Vec<String> = err(&refused)
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let told = told.join(" ");
    assert!(
        told.contains("no record has a field `txt`")
            && told.contains("finish, answer, level, problem"),
        "{told}"
    );

    // They are a part of what a file is made with.
    let file = directory.path().join("answers.jsonl");
    let prompts = directory.path().join("prompts.jsonl");
    fs::write(&prompts, &input).unwrap();
    let (file, prompts) = (file.to_str().unwrap(), prompts.to_str().unwrap());
    let base = ["--input", prompts, "--output", file];
    let made = run(&asked(&model, &[&base[..], &["--fields", "id"]].concat()));
    assert!(made.status.success(), "{}", err(&made));
    let other = run(&asked(&model, &[&base[..], &["--resume"]].concat()));
    assert!(err(&other).contains("`fields`"), "{}", err(&other));
}
