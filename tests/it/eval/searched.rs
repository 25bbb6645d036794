//! Answers that are searched step by step under a reward model.

use std::fs;

use burn::tensor::Device;
use pure::task::chain::{vocabulary, write_tokenizer};
use pure_model::{Checkpoint, ModelConfig, Precision, PrmHead};
use serde_json::{Value, json};

use super::{Place, told};
use crate::command_line::{err, out, records, run, run_with_input};
use crate::prm::largest_gap;

const SEARCH: [&str; 10] = [
    "--search",
    "beam",
    "--n",
    "8",
    "--beam-width",
    "2",
    "--temperature",
    "1",
    "--seed",
    "3",
];

/// A place with a model and a reward model that know the words of the built-in task alone, so that blank lines are common.
struct Searched {
    place: Place,
    prm: String,
}

impl Searched {
    fn new() -> Self {
        let place = Place::new();
        fs::remove_dir_all(place.path("model")).unwrap();
        // One more, for not every text of these words is one of the task.
        let tokens = vocabulary().len() + 1;
        let config = json!({
            "model_type": "qwen2", "vocab_size": tokens, "hidden_size": 16,
            "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
            "num_key_value_heads": 1, "max_position_embeddings": 256, "rope_theta": 10000.0,
            "eos_token_id": 0,
        });
        let config = ModelConfig::from_json(&config.to_string()).unwrap();
        let (model, prm, device) = (place.path("model"), place.path("prm"), Device::flex());
        device.seed(5);
        let policy = config.init(&device);
        Checkpoint::create(&model, &config, &policy, Precision::F32).unwrap();
        let judge = config.init_prm(PrmHead::default(), &device);
        Checkpoint::create_prm(&prm, &config, &judge, Precision::F32).unwrap();
        for folder in [&model, &prm] {
            write_tokenizer(folder).unwrap();
            let path = folder.join("tokenizer.json");
            let mut tokenizer: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            tokenizer["model"]["vocab"]["<|unknown|>"] = json!(tokens - 1);
            fs::write(path, tokenizer.to_string()).unwrap();
        }
        let line = |number: usize| {
            json!({"id": number, "question": asked(number), "answer": "1"}).to_string() + "\n"
        };
        place.write("sums.jsonl", &(0..6).map(line).collect::<String>());
        let prm = place.text("prm");
        Self { place, prm }
    }

    fn options<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        [&SEARCH[..], &["--reward-model", &self.prm], more].concat()
    }

    fn evaluated(&self, output: &str, more: &[&str]) -> Value {
        let most = ["--max-new-tokens", "120"];
        let options = self.options(&[&most, more].concat());
        self.place.evaluated(&["sums.jsonl"], output, &options)
    }
}

fn asked(number: usize) -> String {
    format!("{number}+{}=", 3 * number)
}

fn rewards(value: &Value) -> Vec<f32> {
    serde_json::from_value(value.clone()).unwrap()
}

#[test]
fn an_answer_is_the_same_to_the_last_byte_whatever_is_sampled_at_once_and_wherever_it_was_cut_off()
{
    let searched = Searched::new();
    let results = searched.evaluated("whole", &["--max-num-seqs", "64"]);
    let whole = searched.place.left("whole");
    for (output, at_once) in [("one", "1"), ("seven", "7"), ("twenty", "20")] {
        searched.evaluated(output, &["--max-num-seqs", at_once]);
        assert!(searched.place.left(output) == whole, "{at_once} at once");
    }
    let path = searched.place.path("one/sums/samples.jsonl");
    let bytes = fs::read(&path).unwrap();
    for share in [0.0, 0.3, 0.8, 0.999] {
        fs::write(&path, &bytes[..(bytes.len() as f64 * share) as usize]).unwrap();
        searched.evaluated("one", &["--max-num-seqs", "13"]);
        assert!(searched.place.left("one") == whole, "{share}");
    }

    let samples = searched.place.samples("whole/sums/samples.jsonl");
    assert_eq!(samples.len(), 6);
    let in_steps = samples.iter().filter(|it| it.text("text").contains("\n\n"));
    assert!(in_steps.count() > 0, "some took more than a round");
    let of = |name: &str| -> Vec<u64> {
        let counts = samples.iter().map(|it| it.0["compute"][name].as_u64());
        counts.map(Option::unwrap).collect()
    };
    // Eight first steps at least were sampled, and read with their question.
    let (policy, prm) = (of("policy_tokens"), of("prm_tokens"));
    for (sample, (policy, prm)) in samples.iter().zip(policy.iter().zip(&prm)) {
        assert!(
            *policy > sample.0["num_tokens"].as_u64().unwrap(),
            "{policy}"
        );
        assert!(*prm > *policy, "{prm} {policy}");
    }
    let found = &results["benchmarks"][0];
    let mean = |of: &[u64]| of.iter().sum::<u64>() as f64 / 6.0;
    assert_eq!(found["compute"]["policy_tokens"], json!(mean(&policy)));
    assert_eq!(found["compute"]["prm_tokens"], json!(mean(&prm)));
    assert_eq!(found["most_samples"], 1);
    assert_eq!(results["settings"]["search"]["beam_width"], 2);
}

#[test]
fn the_rewards_of_an_answer_are_those_of_pure_score() {
    let searched = Searched::new();
    searched.evaluated("out", &[]);
    let samples = searched.place.samples("out/sums/samples.jsonl");
    let lines = samples.iter().enumerate().map(|(number, sample)| {
        json!({"prompt": asked(number), "text": sample.text("text")}).to_string() + "\n"
    });
    let prm = searched.prm.as_str();
    let scored = run_with_input(
        &["score", "--prm", prm, "--device", "cpu"],
        &lines.collect::<String>(),
    );
    for (sample, scored) in samples.iter().zip(records(&scored)) {
        let gap = largest_gap(&rewards(&sample.0["rewards"]), &rewards(&scored["rewards"]));
        assert!(gap < 1e-5, "{gap}: {}", sample.0);
    }
}

#[test]
fn a_search_is_compared_with_the_best_of_samples() {
    let searched = Searched::new();
    searched.evaluated("beam", &[]);
    let prm = searched.prm.as_str();
    let drawn = ["--n", "4", "--temperature", "1", "--reward-model", prm];
    let printed = searched.place.eval(&["sums.jsonl"], "drawn", &drawn);
    let table = out(&printed);
    for row in ["policy tokens", "PRM tokens"] {
        assert!(table.contains(row), "{table}");
    }
    let results = searched.place.results("drawn");
    let tokens = searched
        .place
        .samples("drawn/sums/judged.jsonl")
        .into_iter();
    let tokens = tokens.map(|it| it.0["compute"]["policy_tokens"].as_f64().unwrap());
    let mean = results["benchmarks"][0]["compute"]["policy_tokens"].clone();
    assert_eq!(mean, json!(tokens.sum::<f64>() / 24.0));

    let (beam, drawn) = (searched.place.text("beam"), searched.place.text("drawn"));
    let compared = ["eval", "compare", &drawn, &beam, "--protocol", "best-of"];
    let compared = run(&compared);
    assert!(
        out(&compared).starts_with("sums, best of k, min, k = 4\n"),
        "{}{}",
        out(&compared),
        err(&compared)
    );
}

#[test]
fn a_search_that_has_no_meaning_is_refused_before_anything_is_sampled() {
    let searched = Searched::new();
    let place = &searched.place;
    for (more, code, words) in [
        (&["--search", "beam"][..], 2, "--reward-model"),
        (&["--beam-width", "2"], 2, "--search"),
        (&["--aggregate", "mean"], 2, "--search"),
    ] {
        let refused = place.eval(&["sums.jsonl"], "out", more);
        assert_eq!(refused.status.code(), Some(code), "{}", err(&refused));
        assert!(err(&refused).contains(words), "{}", err(&refused));
    }
    let mut odd = searched.options(&[]);
    odd[5] = "3";
    let odd = told(&place.eval(&["sums.jsonl"], "out", &odd));
    assert!(odd.contains("8 answers with a beam width of 3"), "{odd}");
    let mut cold = searched.options(&[]);
    cold[7] = "0";
    let cold = told(&place.eval(&["sums.jsonl"], "out", &cold));
    assert!(cold.contains("likeliest answers"), "{cold}");
    let long = searched.options(&["--max-new-tokens", "600"]);
    let long = told(&place.eval(&["sums.jsonl"], "out", &long));
    assert!(long.contains("leaves room for all prompts"), "{long}");
    assert!(!place.path("out").exists(), "nothing was begun");

    searched.evaluated("out", &[]);
    let whole = place.left("out");
    let mut wider = searched.options(&[]);
    wider[5] = "4";
    let wider = told(&place.eval(&["sums.jsonl"], "out", &wider));
    assert!(
        wider.contains("`search.beam_width` was 2 and is 4"),
        "{wider}"
    );
    assert!(place.left("out") == whole);
}

#[test]
fn an_answer_that_the_reward_model_has_no_tokens_for_counts_as_the_worst_and_is_told() {
    let searched = Searched::new();
    // The tokenizer of the task refuses what is not of the task.
    write_tokenizer(&searched.place.path("prm")).unwrap();
    let drawn = [
        "--n",
        "8",
        "--temperature",
        "1",
        "--reward-model",
        &searched.prm,
    ];
    for (output, options) in [("drawn", drawn.to_vec()), ("beam", searched.options(&[]))] {
        let done = searched.place.eval(&["sums.jsonl"], output, &options);
        let file = match output {
            "drawn" => "drawn/sums/judged.jsonl",
            _ => "beam/sums/samples.jsonl",
        };
        let samples = searched.place.samples(file);
        let unread = samples.iter().filter(|it| it.0["rewards"] == json!([]));
        let unread = unread.count();
        assert_eq!(done.status.success(), unread == 0, "{}", err(&done));
        if output == "drawn" {
            assert!((1..48).contains(&unread), "{unread} of 48");
            let told = format!("{unread} samples counted as the worst");
            assert!(err(&done).contains(&told), "{}", err(&done));
        }
    }
}
