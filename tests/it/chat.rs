//! `pure chat`, and the session under it: what is read once, what is said, and how it ends.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use pure_model::{Checkpoint, Precision};
use pure_rollout::{Engine, EngineOptions, Request, Sampling, Session, sample_all};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command_line::{err, out, pure, records, run, run_with_input, text, tiny};
use crate::golden::folder;
use crate::joined::policy;

fn request(prompt: &[u32], stream: u64) -> Request {
    Request {
        prompt: prompt.to_vec(),
        samples: 0..1,
        stream,
        sampling: Sampling {
            temperature: 0.8,
            max_new_tokens: 12,
            ..Sampling::default()
        },
        stop: None,
    }
}

#[test]
fn the_answers_of_a_session_are_those_of_an_engine_that_reads_every_prompt_anew() {
    let device = burn::tensor::Device::flex();
    let checkpoint = Checkpoint::open(tiny()).unwrap();
    let model = checkpoint.load(&device, Precision::F32).unwrap();
    let mut session = Session::new(model.clone(), 1 << 30).unwrap();
    let mut engine = Engine::new(model, EngineOptions::default());
    let mut text: Vec<u32> = (3..40).collect();
    // What was read goes on; ends in the middle of the text, at its end, before its beginning; and is the same.
    for (turn, kept) in [usize::MAX, usize::MAX, 20, 49, 0, 0, 17]
        .into_iter()
        .enumerate()
    {
        text.truncate(kept);
        text.extend([50 + turn as u32, 60, 61]);
        if turn == 5 {
            text = vec![54, 60, 61];
        }
        let request = request(&text, turn as u64);
        let found = session.answer(&request, &mut |_| ControlFlow::Continue(()));
        let found = found.unwrap().unwrap();
        let (groups, _) = sample_all(&mut engine, std::slice::from_ref(&request)).unwrap();
        let right = &groups[0][0];
        assert_eq!((turn, &found.tokens), (turn, &right.tokens));
        for (found, right) in found.log_probs.iter().zip(&right.log_probs) {
            assert!((found - right).abs() < 1e-5, "turn {turn}: {found} {right}");
        }
        text.extend(&found.tokens);
    }
}

#[test]
fn an_answer_that_is_broken_off_leaves_a_session_as_good_as_new() {
    let device = burn::tensor::Device::flex();
    let model = Checkpoint::open(tiny()).unwrap();
    let model = model.load(&device, Precision::F32).unwrap();
    let mut session = Session::new(model.clone(), 1 << 30).unwrap();
    let asked = request(&[5, 6, 7], 1);
    let mut tokens = 0;
    let broken = session.answer(&asked, &mut |answer| {
        tokens = answer.len();
        match tokens {
            4 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    });
    assert_eq!((broken.unwrap(), tokens), (None, 4));
    let all = |session: &mut Session| {
        let answer = session.answer(&asked, &mut |_| ControlFlow::Continue(()));
        answer.unwrap().unwrap().tokens
    };
    let again = all(&mut session);
    assert_eq!(again, all(&mut Session::new(model, 1 << 30).unwrap()));
}

#[test]
fn a_session_takes_no_more_memory_than_it_may() {
    let device = burn::tensor::Device::flex();
    let model = Checkpoint::open(tiny()).unwrap();
    let longest = model.config().max_position_embeddings;
    let model = model.load(&device, Precision::F32).unwrap();
    let block = 16 * model.model.cache_bytes_per_token();
    let room = |bytes| Session::new(model.clone(), bytes).map(|session| session.room());
    assert_eq!(room(1 << 40).unwrap(), longest);
    assert_eq!(room(4 * block).unwrap(), 48);
    let mut small = Session::new(model.clone(), 4 * block).unwrap();
    let long = request(&[3; 40], 0);
    let refused = small.answer(&long, &mut |_| ControlFlow::Continue(()));
    assert!(refused.unwrap_err().to_string().contains("48"));
    let fits = request(&[3; 36], 0);
    assert!(
        small
            .answer(&fits, &mut |_| ControlFlow::Continue(()))
            .is_ok()
    );
    let refused = room(block).map_err(|error| error.to_string()).unwrap_err();
    assert!(refused.contains(&(2 * block).to_string()), "{refused}");
}

/// A model that writes text, and where it is. Its weights are large enough that what it says depends on all that was said
/// before.
fn talker() -> (TempDir, String) {
    let directory = tempfile::tempdir().unwrap();
    let model = policy(&folder(&["tokenizer"]), directory.path());
    let [shape, loud] = ["shape.json", "loud"].map(|name| directory.path().join(name));
    let mut config: Value = serde_json::from_str(&fs::read_to_string(&shape).unwrap()).unwrap();
    config["initializer_range"] = json!(0.5);
    fs::write(&shape, config.to_string()).unwrap();
    let made = run(&["init", "--config", text(&shape), "--output", text(&loud)]);
    assert!(made.status.success(), "{}", err(&made));
    let weights = "model.safetensors";
    fs::copy(loud.join(weights), Path::new(&model).join(weights)).unwrap();
    (directory, model)
}

fn chat<'a>(model: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let base = [
        "chat",
        "--model",
        model,
        "--device",
        "cpu",
        "--temperature",
        "0",
    ];
    [&base, more].concat()
}

fn told(output: &Output) -> String {
    err(output).split_whitespace().collect::<Vec<_>>().join(" ")
}

const SHORT: [&str; 3] = ["--max-new-tokens", "20", "--ignore-eos"];

/// What `pure generate` answers to a conversation.
fn generated(model: &str, turns: &[(&str, &str)]) -> String {
    let messages: Vec<_> = turns
        .iter()
        .map(|(role, content)| json!({"role": role, "content": content}))
        .collect();
    let arguments = [
        "generate",
        "--model",
        model,
        "--device",
        "cpu",
        "--temperature",
        "0",
        "--input",
        "-",
    ];
    let input = json!({"messages": messages}).to_string();
    let output = run_with_input(&[&arguments[..], &SHORT].concat(), &input);
    records(&output)[0]["text"].as_str().unwrap().to_owned()
}

#[test]
fn each_line_is_a_turn_and_the_model_is_asked_with_all_that_was_said() {
    let (_directory, model) = talker();
    let output = run_with_input(
        &chat(&model, &SHORT),
        "What is 2 + 3?\n\n  And twice that? ",
    );
    assert!(output.status.success(), "{}", err(&output));
    let first = generated(&model, &[("user", "What is 2 + 3?")]);
    let turns = [
        ("user", "What is 2 + 3?"),
        ("assistant", first.as_str()),
        ("user", "And twice that?"),
    ];
    let second = generated(&model, &turns);
    assert_ne!(first, second);
    assert_eq!(out(&output), format!("{first}\n{second}\n"));
    assert!(
        told(&output).contains("cut at 20 tokens"),
        "{}",
        err(&output)
    );

    let more = [&SHORT[..], &["--system", "Be brief."]].concat();
    let output = run_with_input(&chat(&model, &more), "What is 2 + 3?\n");
    let turns = [("system", "Be brief."), ("user", "What is 2 + 3?")];
    assert_eq!(out(&output), generated(&model, &turns) + "\n");
}

#[test]
fn a_conversation_begins_anew_and_ends_when_it_is_told_to() {
    let (_directory, model) = talker();
    let first = generated(&model, &[("user", "What is 2 + 3?")]) + "\n";
    let typed = "What is 2 + 3?\n/clear\nWhat is 2 + 3?\n/exit\nWhat is 2 + 3?\n";
    let output = run_with_input(&chat(&model, &SHORT), typed);
    assert!(output.status.success(), "{}", err(&output));
    assert_eq!(out(&output), first.repeat(2));
}

#[test]
fn what_has_no_room_is_told_and_the_conversation_goes_on_without_it() {
    let (_directory, model) = talker();
    // The model was made for 512 tokens.
    let long = "word ".repeat(600);
    let output = run_with_input(&chat(&model, &SHORT), &format!("{long}\nWhat is 2 + 3?\n"));
    assert!(output.status.success(), "{}", err(&output));
    assert!(
        told(&output).contains("there is room for 512") && told(&output).contains("/clear"),
        "{}",
        err(&output)
    );
    let first = generated(&model, &[("user", "What is 2 + 3?")]);
    assert_eq!(out(&output), first + "\n");
}

#[test]
fn a_model_without_turns_is_refused_with_what_to_use_instead() {
    let (_directory, model) = talker();
    let config = Path::new(&model).join("tokenizer_config.json");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, text.replace("\"chat_template\"", "\"template\"")).unwrap();
    let output = run(&chat(&model, &[]));
    assert_eq!(output.status.code(), Some(1));
    assert!(
        told(&output).contains("no chat template") && told(&output).contains("pure generate --raw"),
        "{}",
        err(&output)
    );
}

#[test]
fn a_template_that_lets_no_system_speak_is_told_before_the_first_turn() {
    let (_directory, model) = talker();
    let template = "{% if messages[0].role == 'system' %}{{ raise_exception('no system turn') }}{% endif %}\
                    {% for m in messages %}{{ m.content }}{% endfor %}";
    fs::write(Path::new(&model).join("chat_template.jinja"), template).unwrap();
    let output = run_with_input(&chat(&model, &["--system", "Be brief."]), "Hello\n");
    assert_eq!((output.status.code(), out(&output).as_str()), (Some(1), ""));
    assert!(told(&output).contains("no system turn"), "{}", err(&output));
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_an_answer_and_not_the_program() {
    let (directory, model) = talker();
    let path = Path::new(&model).join("config.json");
    let mut config: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    config["max_position_embeddings"] = json!(1_000_000);
    fs::write(&path, config.to_string()).unwrap();
    let endless = ["--max-new-tokens", "900000", "--ignore-eos"];
    let said = directory.path().join("said");
    let mut command = pure(&chat(&model, &endless));
    let pipes = command.stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes
        .stdout(fs::File::create(&said).unwrap())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let said = || fs::metadata(&said).unwrap().len();
    for question in ["What is 2 + 3?\n", "And twice that?\n"] {
        let before = said();
        stdin.write_all(question.as_bytes()).unwrap();
        while said() == before {
            std::thread::sleep(Duration::from_millis(5));
        }
        let mut kill = Command::new("kill");
        let kill = kill.args(["-INT", &child.id().to_string()]);
        assert!(kill.status().unwrap().success());
        let mut told = String::new();
        stderr.read_line(&mut told).unwrap();
        assert_eq!(told, "stopped\n");
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_a_person_is_asked_and_told_how_to_end() {
    let (_directory, model) = talker();
    let shown = crate::command_line::on_terminal(&chat(&model, &SHORT), "What is 2 + 3?\n/exit\n");
    assert!(
        shown.contains("> ") && shown.contains("Ctrl-D or /exit ends"),
        "{shown}"
    );
}
