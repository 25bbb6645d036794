//! What reward models read, in either layout, against transformers (tests/golden/make_layouts.py).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use pure::model::Checkpoint;
use pure::prm::{Layout, Marker, PrmPreset, StepReader, StepTokens, SteppedAnswer};
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command_line::{err, records, run};
use crate::golden::folder;
use crate::prm::read_json;
use crate::prm_eval::{golden, prm, report};
use crate::training::{Bench, TRAIN};

/// What transformers reads of a prompt and steps.
#[derive(Debug, Deserialize)]
struct Case {
    tokenizer: String,
    /// What is named in its configuration as the first token, where that is not its own.
    bos_token: Option<String>,
    prompt: String,
    steps: Vec<String>,
    preset: Option<String>,
    layout: Option<Layout>,
    marker: Option<String>,
    input_ids: Vec<u32>,
    ends: Vec<usize>,
}

impl Case {
    fn all() -> Vec<Self> {
        let cases = read_json(&folder(&["layouts"]).join("cases.json"));
        serde_json::from_value(cases).unwrap()
    }

    fn tokens(&self) -> StepTokens {
        StepTokens {
            separators: Vec::new(),
            marker: self.marker.clone().map_or(Marker::OfModel, Marker::Text),
            layout: self.layout,
            preset: self.preset.as_deref().map(|name| name.parse().unwrap()),
        }
    }

    fn read(&self, reader: &StepReader) -> SteppedAnswer {
        let read = reader.steps(&self.prompt, &self.steps);
        read.unwrap_or_else(|error| panic!("{self:?}: {error}"))
    }
}

/// A folder that is opened as a model with this tokenizer, `<extra_0>` added to it.
fn with_tokenizer(name: &str, bos_token: Option<&str>) -> TempDir {
    let made = TempDir::new().unwrap();
    let from = folder(&["prm/token_cls"]);
    fs::copy(
        from.join("model.safetensors"),
        made.path().join("model.safetensors"),
    )
    .unwrap();
    let write = |name: &str, json: Value| {
        fs::write(made.path().join(name), json.to_string()).unwrap();
    };
    let mut config = read_json(&from.join("config.json"));
    config["vocab_size"] = json!(1 << 17);
    write("config.json", config);
    let from = folder(&[name]);
    let mut config = read_json(&from.join("tokenizer_config.json"));
    if let Some(token) = bos_token {
        config["bos_token"] = json!(token);
    }
    write("tokenizer_config.json", config);
    let mut tokenizer = read_json(&from.join("tokenizer.json"));
    let known = pure_model::Tokenizer::load(&from).unwrap().vocab_size();
    tokenizer["added_tokens"].as_array_mut().unwrap().push(json!({
        "id": known, "content": "<extra_0>", "single_word": false, "lstrip": false, "rstrip": false,
        "normalized": false, "special": true,
    }));
    write("tokenizer.json", tokenizer);
    made
}

/// A tokenizer and what is named as its first token.
type Name = (String, Option<String>);

impl Case {
    fn name(&self) -> Name {
        (self.tokenizer.clone(), self.bos_token.clone())
    }
}

fn models(cases: &[Case]) -> BTreeMap<Name, (TempDir, Checkpoint)> {
    let names: BTreeSet<Name> = cases.iter().map(Case::name).collect();
    let opened = names.into_iter().map(|name| {
        let folder = with_tokenizer(&name.0, name.1.as_deref());
        let checkpoint = Checkpoint::open(folder.path()).unwrap();
        (name, (folder, checkpoint))
    });
    opened.collect()
}

#[test]
fn tokens_and_places_are_those_of_transformers_in_every_layout_and_preset() {
    let cases = Case::all();
    let models = models(&cases);
    for case in &cases {
        let (_, checkpoint) = &models[&case.name()];
        let reader = StepReader::of(checkpoint, &case.tokens()).unwrap();
        let marked = case.read(&reader).marked;
        let before = marked.prompt.len();
        let ends: Vec<usize> = marked.ends.iter().map(|end| before + end).collect();
        let read = [marked.prompt, marked.answer].concat();
        assert_eq!(read, case.input_ids, "{case:?}");
        assert_eq!(ends, case.ends, "{case:?}");
    }
}

#[test]
fn an_answer_of_tokens_or_in_one_piece_is_read_as_its_steps_are() {
    let cases = Case::all();
    let models = models(&cases);
    let whole = |case: &&Case| {
        let is_whole = |step: &String| !step.is_empty() && !step.contains("\n\n");
        // A text loses what is blank at its end, and a step its last newline.
        let ends_well = case.steps.last().is_some_and(|it| it.trim_end() == it);
        ends_well && case.steps.iter().all(is_whole)
    };
    let mut seen = 0;
    for case in cases.iter().filter(whole) {
        let (_, checkpoint) = &models[&case.name()];
        let reader = StepReader::of(checkpoint, &case.tokens()).unwrap();
        let steps = case.read(&reader);
        let text = case.steps.join("\n\n");
        assert_eq!(reader.text(&case.prompt, &text).unwrap(), steps, "{case:?}");
        let tokenizer = reader.tokenizer().unwrap();
        let response = match reader.taught().layout {
            Layout::Replace => tokenizer.encode(&(text + "\n\n"), false).unwrap(),
            // The token that ends a turn is no part of the step that is read.
            Layout::Append => {
                let tokens = tokenizer.encode(&text, false).unwrap().into_iter();
                tokens.chain(tokenizer.eos_token()).collect()
            }
        };
        let tokens = reader.tokens(steps.marked.prompt.clone(), response);
        let tokens = tokens.unwrap();
        assert_eq!(tokens.marked, steps.marked, "{case:?}");
        seen += 1;
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn process_bench_in_either_layout_is_what_its_protocol_makes_of_the_logits_of_pytorch() {
    let expected = read_json(&folder(&["layouts"]).join("expected.json"));
    for layout in ["replace", "append"] {
        for threshold in ["0.5", "0.4"] {
            let bench = golden("process_bench");
            let options = ["--process-bench", &bench, "--threshold", threshold];
            let report = report(&[&options[..], &["--layout", layout]].concat());
            assert_eq!(
                report["reads"],
                json!({"marker": "\n", "layout": layout}),
                "{report}"
            );
            let files = report["process_bench"].as_array().unwrap();
            for (found, name) in files.iter().zip(["a.jsonl", "b.json"]) {
                let expected = &expected[layout][name];
                assert_eq!(found["skipped"]["count"], expected["skipped"]);
                crate::prm_eval::assert_close(
                    &found["first_errors"]["quality"],
                    &expected["at"][threshold],
                    &format!("{layout} {name}"),
                );
            }
        }
    }
}

#[test]
fn rewards_in_a_preset_are_those_of_pytorch() {
    let expected = read_json(&folder(&["layouts"]).join("expected.json"));
    let bench = fs::read_to_string(golden("process_bench/a.jsonl")).unwrap();
    let first: Value = serde_json::from_str(bench.lines().next().unwrap()).unwrap();
    let input = json!({"prompt": first["problem"], "steps": first["steps"]}).to_string();
    let model = prm();
    let file = model.path().join("answers.jsonl");
    fs::write(&file, input).unwrap();
    let scored = |options: &[&str]| -> Vec<f64> {
        let model = model.path().to_str().unwrap();
        let input = file.to_str().unwrap();
        let command = ["score", "--prm", model, "--device", "cpu", "--input", input];
        let scored = run(&[&command, options].concat());
        assert!(scored.status.success(), "{}", err(&scored));
        let rewards = records(&scored).remove(0)["rewards"].clone();
        serde_json::from_value(rewards).unwrap()
    };
    for (options, layout) in [
        (&[][..], "replace"),
        (&["--preset", "trl"], "append"),
        (&["--preset", "trl", "--layout", "replace"], "replace"),
    ] {
        let expected = &expected[layout]["a.jsonl"]["p_good_of_first"];
        let expected: Vec<f64> = serde_json::from_value(expected.clone()).unwrap();
        let found = scored(options);
        assert_eq!(found.len(), expected.len());
        for (reward, p_good) in found.iter().zip(expected) {
            let found = (1.0 + reward) / 2.0;
            assert!(
                (found - p_good).abs() < 2e-6,
                "{options:?}: {found} {p_good}"
            );
        }
    }
}

#[test]
fn a_marker_of_several_tokens_is_refused_only_where_it_replaces_one() {
    let model = prm();
    let checkpoint = Checkpoint::open(model.path()).unwrap();
    let with = |layout| {
        let tokens = StepTokens {
            marker: Marker::Text("= ".to_owned()),
            layout: Some(layout),
            ..StepTokens::default()
        };
        StepReader::of(&checkpoint, &tokens)
    };
    let read = with(Layout::Append)
        .unwrap()
        .steps("What is 1+1?", &["1".to_owned(), "2".to_owned()]);
    assert_eq!(read.unwrap().marked.ends, [2, 5]);
    let refused = with(Layout::Replace).err().unwrap().to_string();
    assert!(
        refused.contains("one token in the layout \"replace\""),
        "{refused}"
    );
}

#[test]
fn a_folder_without_the_marker_of_a_preset_holds_another_model() {
    let model = with_tokenizer("tokenizer", None);
    let plain = folder(&["tokenizer"]).join("tokenizer.json");
    fs::copy(plain, model.path().join("tokenizer.json")).unwrap();
    let checkpoint = Checkpoint::open(model.path()).unwrap();
    let tokens = StepTokens {
        preset: Some(PrmPreset::QwenMathPrm),
        ..StepTokens::default()
    };
    let refused = StepReader::of(&checkpoint, &tokens).err().unwrap();
    let words = "the marker of qwen2.5-math-prm must be one token, but \"<extra_0>\" is";
    assert!(refused.to_string().starts_with(words), "{refused}");
}

#[test]
fn a_trained_model_is_asked_in_the_layout_that_it_was_taught() {
    let bench = Bench::new();
    let train = ["prm", "train", "--config", "prm.toml", "--set"];
    let layout = ["layout=append", "--set", "marker='=='"];
    let trained = bench.run(&[&train[..], &layout].concat());
    assert!(trained.status.success(), "{}", err(&trained));
    let taught = read_json(&bench.path("prm/model/prm.json"));
    let expected = json!({"marker": "==", "layout": "append", "prompt": {"raw": true}});
    assert_eq!(taught, expected);
    let score = |options: &[&str]| {
        let input = [
            "score",
            "--prm",
            "prm/model",
            "--input",
            "data/steps_held_out.jsonl",
        ];
        bench.run(&[&input, options].concat())
    };
    let unasked = score(&[]);
    assert!(unasked.status.success(), "{}", err(&unasked));
    let asked = score(&["--layout", "append", "--marker", "=="]);
    assert_eq!(records(&unasked), records(&asked));
    assert_ne!(records(&unasked), records(&score(&["--marker", "="])));
    let replaced = score(&["--layout", "replace"]);
    assert!(err(&replaced).contains("\"==\" is"), "{}", err(&replaced));

    // The policy's own tokens are read as the text of its answers is.
    fs::write(bench.path("train.toml"), TRAIN).unwrap();
    let train = ["train", "--config", "train.toml", "--set", "iterations=2"];
    let trained = bench.run(&train);
    assert!(trained.status.success(), "{}", err(&trained));
    let drawn = fs::read_to_string(bench.path("policy/samples.jsonl")).unwrap();
    let drawn: Vec<Value> = drawn
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let texts = drawn
        .iter()
        .map(|line| json!({"prompt": line["prompt"], "text": line["text"]}).to_string() + "\n");
    fs::write(bench.path("drawn.jsonl"), texts.collect::<String>()).unwrap();
    let scored = bench.run(&["score", "--prm", "prm/model", "--input", "drawn.jsonl"]);
    let mut same = 0;
    for (drawn, scored) in drawn.iter().zip(records(&scored)) {
        // A text loses what is blank at its end, which may have been steps, or the end of a word.
        if scored.get("error").is_some() {
            continue;
        }
        let numbers =
            |value: &Value| -> Vec<f64> { serde_json::from_value(value.clone()).unwrap() };
        let (paid, read) = (numbers(&drawn["rewards"]), numbers(&scored["rewards"]));
        assert!(paid.len() >= read.len(), "{drawn}");
        for (paid, read) in paid.iter().zip(&read) {
            assert!((paid - read).abs() < 1e-5, "{drawn} {scored}");
        }
        same += read.len();
    }
    assert!(same > 20, "{same}");
}
