//! `pure info`: what a model is and what it takes, from its headers alone.

use clap::Args;
use indicatif::BinaryBytes;
use pure::model::{Checkpoint, Memory, ModelConfig, Precision, RopeScaling};
use serde_json::{Value, json};

use crate::cli::support::{Model, Outcome, explain, print, table};

/// Show a model's architecture, parameters, and the memory that using and training it takes
#[derive(Args)]
pub struct Info {
    #[command(flatten)]
    model: Model,
    /// Texts at once
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    batch: u64,
    /// Tokens of each text [default: what the model was made for, at most 2048]
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    length: Option<u64>,
    /// One JSON object instead of a table
    #[arg(long)]
    json: bool,
}

impl Info {
    pub fn run(self) -> miette::Result<Outcome> {
        let checkpoint = Checkpoint::open(&self.model.model).map_err(explain)?;
        let config = checkpoint.config();
        let longest = config.max_position_embeddings as u64;
        let length = self.length.unwrap_or(longest.min(2048));
        let inference = [Precision::F32, Precision::Bf16]
            .map(|precision| config.memory_for_inference(precision, self.batch, length));
        let training = config.memory_for_training(self.batch, length, false, None);
        let checkpointed = config.memory_for_training(self.batch, length, true, None);

        if self.json {
            let [f32, bf16] = inference.map(|memory| memory_json(&memory));
            let record = json!({
                "config": config.to_json(checkpoint.precision()),
                "parameters": config.parameters(),
                "stored_as": checkpoint.precision().to_string(),
                "batch": self.batch,
                "length": length,
                "memory": {
                    "inference_f32": f32,
                    "inference_bf16": bf16,
                    "training_f32": memory_json(&training),
                },
            });
            print(format_args!("{record}\n"))?;
        } else {
            let facts = table(&facts(&checkpoint, config));
            let [f32, bf16] = inference;
            let rows = [
                ["", "weights", "cache", "optimizer", "activations", "total"].map(str::to_owned),
                memory_row("inference, f32", &f32),
                memory_row("inference, bf16", &bf16),
                memory_row("training, f32", &training),
                memory_row("with gradient checkpointing", &checkpointed),
            ];
            let title = format!("memory for {} texts of {length} tokens", self.batch);
            print(format_args!("{facts}\n{title}\n{}", table(&rows)))?;
        }
        Ok(Outcome::Done)
    }
}

fn facts(checkpoint: &Checkpoint, config: &ModelConfig) -> [[String; 2]; 8] {
    let tied = match config.tie_word_embeddings {
        true => "tied to",
        false => "apart from",
    };
    let scaling = match config.rope.scaling {
        RopeScaling::None => String::new(),
        RopeScaling::Llama3 { factor, .. } => format!(", stretched {factor} times"),
    };
    let blocks = format!(
        "{} of width {}, feed-forward {}",
        config.num_hidden_layers, config.hidden_size, config.intermediate_size
    );
    let heads = format!(
        "{} of width {} sharing {} of keys and values",
        config.num_attention_heads, config.head_dim, config.num_key_value_heads
    );
    let words = grouped(config.vocab_size as u64);
    let places = grouped(config.max_position_embeddings as u64);
    let theta = config.rope.theta;
    let facts = [
        ("model", checkpoint.folder().display().to_string()),
        ("architecture", config.family.model_type().to_owned()),
        ("parameters", grouped(config.parameters())),
        ("stored as", checkpoint.precision().to_string()),
        ("blocks", blocks),
        ("heads", heads),
        ("vocabulary", format!("{words}, head {tied} the embedding")),
        (
            "positions",
            format!("{places}, rotary base {theta}{scaling}"),
        ),
    ];
    facts.map(|(name, fact)| [name.to_owned(), fact])
}

fn memory_row(name: &str, memory: &Memory) -> [String; 6] {
    let bytes = |bytes: u64| match bytes {
        0 => "-".to_owned(),
        _ => BinaryBytes(bytes).to_string(),
    };
    [
        name.to_owned(),
        bytes(memory.weights),
        bytes(memory.cache),
        bytes(memory.optimizer),
        bytes(memory.activations),
        bytes(memory.total()),
    ]
}

fn memory_json(memory: &Memory) -> Value {
    json!({
        "weights": memory.weights,
        "cache": memory.cache,
        "optimizer": memory.optimizer,
        "activations": memory.activations,
        "total": memory.total(),
    })
}

/// `1234567` as `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
