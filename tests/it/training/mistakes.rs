//! Typical mistakes in settings, and what is said of each: the place, and what mends it.

use super::Bench;
use crate::command_line::{err, out};

/// Good settings of a policy, but for what a mistake changes.
const GOOD: &str = r#"
output = "policy"
model = "model"
iterations = 2

[prompts]
file = "train.jsonl"
per_iteration = 4

[rollouts]
num_generations = 2
max_new_tokens = 8

[method]
reward = { source = "vr" }
"#;

/// What is written in place of what, and what must be said.
const MISTAKES: [(&str, &str, &[&str]); 30] = [
    // Names that other programs have.
    (
        "iterations = 2",
        "iterations = 2\nlr = 1e-6",
        &[
            "lr is not a setting",
            "`lr_scheduler.learning_rate`",
            "m.toml:5",
        ],
    ),
    (
        "num_generations",
        "n",
        &[
            "rollouts.n is not a setting",
            "`rollouts.num_generations`",
            "m.toml:11",
        ],
    ),
    (
        "max_new_tokens",
        "max_completion_length",
        &["`rollouts.max_new_tokens`", "m.toml:12"],
    ),
    (
        "output",
        "output_dir",
        &["output_dir is not a setting", "`output`", "m.toml:2"],
    ),
    (
        "per_iteration",
        "train_batch_size",
        &["`prompts.per_iteration`", "m.toml:8"],
    ),
    (
        "[method]\n",
        "[method]\nkl_coef = 0.01\n",
        &["method.kl_coef", "`method.kl.coefficient`", "m.toml:15"],
    ),
    (
        "[method]\n",
        "[lora]\nlora_alpha = 32\n[method]\n",
        &["lora.lora_alpha", "`lora.alpha`", "m.toml:15"],
    ),
    // Settings in a wrong table, and nearly right names.
    (
        "iterations = 2",
        "iterations = 2\nlearning_rate = 1e-6",
        &[
            "learning_rate is not a setting",
            "`lr_scheduler.learning_rate`",
            "m.toml:5",
        ],
    ),
    (
        "iterations = 2",
        "iterations = 2\ntemperature = 0.7",
        &[
            "temperature is not a setting",
            "`rollouts.temperature`",
            "m.toml:5",
        ],
    ),
    (
        "per_iteration",
        "per_iterations",
        &[
            "prompts.per_iterations is not a setting",
            "`per_iteration`",
            "m.toml:8",
        ],
    ),
    (
        "[rollouts]",
        "[rollout]",
        &["rollout is not a setting", "`rollouts`", "m.toml:10"],
    ),
    (
        "[method]\n",
        "[method]\ncoefficient = 0.1\n",
        &[
            "method.coefficient is not a setting",
            "`method.kl.coefficient`",
        ],
    ),
    // Values of another kind.
    (
        "iterations = 2",
        "iterations = \"2\"",
        &[
            "iterations is the string \"2\"",
            "whole number",
            "without quotes",
            "m.toml:4",
        ],
    ),
    (
        "iterations = 2",
        "iterations = 2.5",
        &["iterations is 2.5", "whole number", "m.toml:4"],
    ),
    (
        "[rollouts]",
        "raw = \"true\"\n[rollouts]",
        &[
            "prompts.raw is the string \"true\"",
            "without quotes",
            "m.toml:10",
        ],
    ),
    (
        "[method]\n",
        "[method]\nwhiten = True\n",
        &["not TOML", "`true`", "m.toml:15"],
    ),
    (
        "iterations = 2",
        "iterations = 2\nlora = 16",
        &["lora is 16", "a table", "`lora.rank`", "m.toml:5"],
    ),
    (
        "iterations = 2",
        "iterations = 2\nprecision = \"bfloat16\"",
        &["precision cannot be \"bfloat16\"", "\"bf16\"", "m.toml:5"],
    ),
    (
        "[method]\n",
        "[method]\ncredit = { form = \"softmin\" }\n",
        &[
            "cannot be \"softmin\"",
            "did you mean \"soft-min\"",
            "m.toml:15",
        ],
    ),
    (
        "[method]\n",
        "[method]\nbaseline = \"gae\"\n",
        &["method.baseline cannot be \"gae\"", "rloo", "m.toml:15"],
    ),
    (
        "[method]\n",
        "[method]\ncredit = { form = \"min\", temperature = 1 }\n",
        &[
            "method.credit has settings beside its name",
            "this kind has none",
            "m.toml:15",
        ],
    ),
    // Values without a meaning, alone or together.
    (
        "iterations = 2",
        "iterations = 0",
        &["iterations must be 1 or more", "m.toml:4"],
    ),
    (
        "num_generations = 2",
        "num_generations = 1",
        &["nothing is left to compare", "ask for more", "m.toml:11"],
    ),
    (
        "num_generations = 2",
        "num_generations = 2\ntemperature = 0",
        &["rollouts.temperature must be over 0", "m.toml:12"],
    ),
    (
        "[method]\n",
        "[checkpoints]\nresult = \"best\"\n[method]\n",
        &["checkpoints.result needs an `evaluation`", "m.toml:15"],
    ),
    // What is no TOML.
    (
        "model = \"model\"",
        "model = models/Qwen2.5-0.5B",
        &["not TOML", "quoted", "m.toml:3"],
    ),
    (
        "iterations = 2",
        "iterations: 2",
        &["not TOML", "`=`", "m.toml:4"],
    ),
    (
        "iterations = 2",
        "iterations = 2\noutput = \"b\"",
        &["output is given twice", "m.toml:5"],
    ),
    // What is missing.
    (
        "output = \"policy\"",
        "",
        &["output is missing", "--output", "`pure config train`"],
    ),
    (
        "model = \"model\"",
        "model = \"Qwen/Qwen2.5-0.5B\"",
        &[
            "Qwen/Qwen2.5-0.5B",
            "hf download Qwen/Qwen2.5-0.5B",
            "`models/Qwen2.5-0.5B`",
        ],
    ),
];

#[test]
fn typical_mistakes_are_told_with_their_place_and_what_mends_them() {
    let bench = Bench::new();
    let mut unhelpful = String::new();
    for (right, wrong, words) in MISTAKES {
        assert!(GOOD.contains(right), "{right}");
        bench.settings("m.toml", &GOOD.replacen(right, wrong, 1));
        let run = bench.run(&["train", "--config", "m.toml"]);
        assert_eq!(run.status.code(), Some(1), "{wrong}: {}", out(&run));
        // Lines are broken where the terminal ends.
        let said = err(&run).replace('│', " ");
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        for words in words {
            if !said.contains(words) {
                unhelpful += &format!("{wrong:?} is not told by {words:?}: {said}\n");
            }
        }
        assert!(!bench.path("policy").exists(), "{wrong} left a folder");
    }
    assert!(unhelpful.is_empty(), "\n{unhelpful}");
}

#[test]
fn all_that_an_empty_file_lacks_is_told_at_once() {
    let bench = Bench::new();
    bench.settings("empty.toml", "");
    for (command, keys) in [
        (&["train"][..], "`output` and `model` are missing"),
        (&["sft"], "`output`, `model` and `data` are missing"),
        (
            &["prm", "train"],
            "`output`, `model` and `data` are missing",
        ),
    ] {
        let run = bench.run(&[command, &["--config", "empty.toml"]].concat());
        let said = err(&run).replace('│', " ");
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let all = ["empty.toml: `output`", keys, "`pure config train`"];
        assert!(all.iter().all(|words| said.contains(words)), "{said}");
    }
}
