//! Memory of one step of training, on the processor, in the forms that there are.
//!
//! ```sh
//! cargo bench -p pure-benches --profile dev --bench memory
//! ```
//!
//! Each form is a process of its own, for its peak, which Linux tells, is that of the process. What is
//! printed is the peak less the weights, the gradients and the two moments of AdamW, in a step of two batches of
//! which the first is small: first that up to the gradients, then that of the whole step, and what
//! [`ModelConfig::memory_for_training`] forecasts for it.

use std::process::Command;
use std::{env, fs};

use burn::optim::ModuleOptimizer;
use burn::tensor::{Device, Distribution, Int, Tensor, activation};
use pure_model::{
    CausalLm, Gradients, LoraConfig, ModelConfig, Positions, Precision, Recording, Workload,
};
use pure_run::OptimizerConfig;

/// What is trained, on how much.
struct Case {
    name: &'static str,
    config: &'static str,
    batch: [usize; 2],
    forms: &'static [(&'static str, Form)],
}

/// Adds the gradients of a loss of tokens' log-probabilities and entropies to others.
type Form = fn(&CausalLm, Tensor<2, Int>, &mut Gradients);

const CASES: [Case; 2] = [HEAD, LAYERS];

const HEAD: Case = Case {
    name: "two layers and the head of a 0.5B model, 4 x 256 tokens",
    config: r#"{"model_type": "qwen2", "hidden_size": 896, "num_hidden_layers": 2,
        "num_attention_heads": 14, "num_key_value_heads": 2, "intermediate_size": 4864,
        "vocab_size": 151936, "max_position_embeddings": 4096, "rope_theta": 1000000.0,
        "tie_word_embeddings": true}"#,
    batch: [4, 256],
    forms: &[
        ("all logits", all_logits),
        ("logits by blocks", by_blocks),
        ("gradients by block", by_block),
        ("checkpointing", checkpointed),
        ("adapters", by_block),
        ("adapters, checkpointing", checkpointed),
    ],
};

const LAYERS: Case = Case {
    name: "twelve layers of width 512, 4 x 512 tokens",
    config: r#"{"model_type": "qwen2", "hidden_size": 512, "num_hidden_layers": 12,
        "num_attention_heads": 8, "num_key_value_heads": 2, "intermediate_size": 2048,
        "vocab_size": 8192, "max_position_embeddings": 4096, "rope_theta": 1000000.0,
        "tie_word_embeddings": true}"#,
    batch: [4, 512],
    forms: &[
        ("logits by blocks", by_blocks),
        ("gradients by block", by_block),
        ("checkpointing", checkpointed),
        ("adapters", by_block),
        ("adapters, checkpointing", checkpointed),
    ],
};

/// Log-probabilities and entropies by Burn's own operations.
fn all_logits(model: &CausalLm, tokens: Tensor<2, Int>, sum: &mut Gradients) {
    let logits = model.logits(hidden(model, tokens.clone()));
    let log_law = activation::log_softmax(logits, 2);
    let entropies = (log_law.clone().exp() * log_law.clone()).sum_dim(2).neg();
    let log_probs = log_law.gather(2, tokens.unsqueeze_dim(2));
    let loss = log_probs.mean() + entropies.mean() * 0.01;
    sum.add(model, &mut loss.neg().backward());
}

fn by_blocks(model: &CausalLm, tokens: Tensor<2, Int>, sum: &mut Gradients) {
    let loss = loss(model, hidden(model, tokens.clone()), tokens);
    sum.add(model, &mut loss.backward());
}

fn by_block(model: &CausalLm, tokens: Tensor<2, Int>, sum: &mut Gradients) {
    block_by_block(model, tokens, sum, false);
}

fn checkpointed(model: &CausalLm, tokens: Tensor<2, Int>, sum: &mut Gradients) {
    block_by_block(model, tokens, sum, true);
}

fn block_by_block(
    model: &CausalLm,
    tokens: Tensor<2, Int>,
    sum: &mut Gradients,
    gradient_checkpointing: bool,
) {
    let positions = Positions::sequential(0, tokens.dims()[1]);
    let loss = |hidden| loss(model, hidden, tokens.clone());
    let decoder = &model.model;
    let recording = Recording {
        gradient_checkpointing,
        dropout: None,
    };
    decoder.add_gradients(sum, model, tokens.clone(), &positions, recording, loss);
}

fn loss(model: &CausalLm, hidden: Tensor<3>, tokens: Tensor<2, Int>) -> Tensor<1> {
    let scores = model.score_tokens(hidden, tokens, 1.0);
    (scores.log_probs.mean() + scores.entropies.mean() * 0.01).neg()
}

fn hidden(model: &CausalLm, tokens: Tensor<2, Int>) -> Tensor<3> {
    let positions = Positions::sequential(0, tokens.dims()[1]);
    model.model.forward(tokens, &positions)
}

const CHILD: &str = "PURE_BENCH_MEMORY";

fn main() {
    if let Ok(child) = env::var(CHILD) {
        let (case, form) = child.split_once(' ').expect("two numbers");
        let case = &CASES[case.parse::<usize>().expect("a case")];
        return measure(case, case.forms[form.parse::<usize>().expect("a form")]);
    }
    let program = env::current_exe().expect("a program has a path");
    for (case_number, case) in CASES.iter().enumerate() {
        println!("{}", case.name);
        for (number, (name, _)) in case.forms.iter().enumerate() {
            let child = Command::new(&program)
                .env(CHILD, format!("{case_number} {number}"))
                // Freed memory goes back at once, so that the peak is of what is in use.
                .env("MALLOC_MMAP_THRESHOLD_", "65536")
                .output()
                .expect("the program can be started");
            let told = String::from_utf8_lossy(&child.stdout);
            let failed = String::from_utf8_lossy(&child.stderr);
            println!("  {name:23} {}{failed}", told.trim());
        }
    }
}

fn measure(case: &Case, (name, form): (&str, Form)) {
    let config = ModelConfig::from_json(case.config).expect("the shapes above are valid");
    let device = Device::flex().autodiff();
    let tokens = |[rows, length]: [usize; 2]| {
        let vocabulary = Distribution::Uniform(0.0, config.vocab_size as f64);
        Tensor::<2>::random([rows, length], vocabulary, &device).int()
    };
    let gradients = |model: &CausalLm| {
        let mut sum = Gradients::default();
        form(model, tokens([1, 8]), &mut sum);
        sum
    };
    let mut optimizer: ModuleOptimizer = OptimizerConfig::default().init();
    // A small step first, which makes the moments.
    let lora = name.starts_with("adapters").then(LoraConfig::default);
    let model = match &lora {
        Some(lora) => lora.adapt(config.init(&device), 0),
        None => config.init(&device),
    };
    let first = gradients(&model).into_params();
    let model = optimizer.step(1e-5, model, first);

    let [rows, length] = case.batch.map(|size| size as u64);
    let checkpointing = name.ends_with("checkpointing");
    let forecast = config.memory_for_training(Workload {
        batch: rows,
        length,
        gradient_checkpointing: checkpointing,
        precision: Precision::F32,
        lora: lora.as_ref(),
        offload: false,
    });
    let kept = forecast.weights + forecast.gradients + forecast.moments;
    let beyond = || peak().saturating_sub(kept) >> 20;
    let mut sum = gradients(&model);
    fs::write("/proc/self/clear_refs", "5").expect("Linux forgets a peak");
    let start = std::time::Instant::now();
    form(&model, tokens(case.batch), &mut sum);
    let (backward, seconds) = (beyond(), start.elapsed().as_secs_f64());
    optimizer.step(1e-5, model, sum.into_params());
    println!(
        "{backward:6} MiB, {:6} MiB, forecast {:6} MiB   {seconds:.1} s to the gradients",
        beyond(),
        (forecast.activations + forecast.logits) >> 20
    );
}

/// The most memory that this process has had, in bytes.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux tells of a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
    number.and_then(|n| n.parse::<u64>().ok()).expect("a peak") << 10
}
