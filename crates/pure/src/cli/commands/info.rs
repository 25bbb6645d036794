//! `pure info`: what a model is and what it takes, from its headers alone.

use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::BinaryBytes;
use pure::model::{LoraConfig, Memory, ModelConfig, Precision, RopeScaling, Workload, read_config};
use serde_json::{Map, Value, json};

use crate::cli::support::{Outcome, explain, numbers_in, open_model, print, table};

/// Show a model's architecture, parameters, and the memory that using and training it takes
#[derive(Args)]
pub struct Info {
    /// Folder of a model or of an adapter; or a run: runs/x, runs/x@20 after step 20
    #[arg(long, value_name = "DIR", required_unless_present = "config")]
    model: Option<PathBuf>,
    /// A config.json alone, as in configs/
    #[arg(long, value_name = "FILE", conflicts_with = "model")]
    config: Option<PathBuf>,
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
        let (mut facts, config) = match (&self.model, &self.config) {
            (Some(folder), _) => {
                let checkpoint = open_model(folder)?;
                let about = vec![fact("model", checkpoint.folder().display().to_string())];
                let base = checkpoint.base();
                let base = base.map(|base| fact("adapter of", base.display().to_string()));
                (
                    about.into_iter().chain(base).collect(),
                    checkpoint.config().clone(),
                )
            }
            (None, path) => {
                let path = path.as_deref().unwrap_or(Path::new("config.json"));
                (Vec::new(), read_config(path).map_err(explain)?)
            }
        };
        let length = self
            .length
            .unwrap_or(2048.min(config.max_position_embeddings as u64));
        let forms = forms(&config, self.batch, length);
        if self.json {
            let memory = forms.iter().map(|(name, memory)| {
                let mut record = json!(memory);
                record["total"] = json!(memory.total());
                (name.replace([',', ' '], "_").replace("__", "_"), record)
            });
            let about: Map<String, Value> = facts
                .into_iter()
                .map(|[name, value]| (name.replace(' ', "_"), json!(value)))
                .collect();
            let mut record = json!({
                "config": config.to_json(config.dtype.unwrap_or_default()),
                "parameters": config.parameters(),
                "batch": self.batch,
                "length": length,
                "memory": memory.collect::<Map<String, Value>>(),
            });
            for (key, value) in about {
                record[key] = value;
            }
            print(format_args!("{record}\n"))?;
        } else {
            facts.extend(shape(&config));
            let facts = table(&facts);
            let names = Memory::default().parts().map(|(name, _)| name.to_owned());
            let mut rows = vec![row("", names, "total", "fits")];
            rows.extend(forms.iter().map(|(name, memory)| {
                let parts = memory.parts().map(|(_, size)| bytes(size));
                row(name, parts, &bytes(memory.total()), card(memory.total()))
            }));
            let title = format!("memory for {} texts of {length} tokens", self.batch);
            print(format_args!("{facts}\n{title}\n{}", numbers_in(1..9, rows)))?;
        }
        Ok(Outcome::Done)
    }
}

/// What there is to do with a model, and what it takes.
fn forms(config: &ModelConfig, batch: u64, length: u64) -> Vec<(&'static str, Memory)> {
    let lora = LoraConfig::default();
    let training = |precision, gradient_checkpointing, offload, lora| {
        config.memory_for_training(Workload {
            batch,
            length,
            gradient_checkpointing,
            precision,
            lora,
            offload,
        })
    };
    let inference = |precision| config.memory_for_inference(precision, batch, length);
    let (f32, bf16, lora) = (Precision::F32, Precision::Bf16, Some(&lora));
    vec![
        ("inference, f32", inference(f32)),
        ("inference, bf16", inference(bf16)),
        ("training, f32", training(f32, false, false, None)),
        ("f32, checkpointing", training(f32, true, false, None)),
        ("bf16, checkpointing", training(bf16, true, false, None)),
        ("and offload", training(bf16, true, true, None)),
        ("lora, f32, checkpointing", training(f32, true, false, lora)),
        (
            "lora, bf16, checkpointing",
            training(bf16, true, false, lora),
        ),
    ]
}

/// The smallest of the usual cards that holds so much.
fn card(bytes: u64) -> &'static str {
    const CARDS: [(u64, &str); 3] = [(24, "24 GB"), (80, "80 GB"), (141, "141 GB")];
    let holds = |(gigabytes, _): &&(u64, &str)| bytes <= gigabytes * 1_000_000_000;
    CARDS.iter().find(holds).map_or("-", |(_, name)| name)
}

fn fact(name: &str, value: String) -> [String; 2] {
    [name.to_owned(), value]
}

fn bytes(bytes: u64) -> String {
    match bytes {
        0 => "-".to_owned(),
        _ => BinaryBytes(bytes).to_string(),
    }
}

fn row(name: &str, [a, b, c, d, e, f]: [String; 6], total: &str, fits: &str) -> [String; 9] {
    [
        name.to_owned(),
        a,
        b,
        c,
        d,
        e,
        f,
        total.to_owned(),
        fits.to_owned(),
    ]
}

fn shape(config: &ModelConfig) -> [[String; 2]; 6] {
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
        ("architecture", config.family.model_type().to_owned()),
        ("parameters", grouped(config.parameters())),
        ("blocks", blocks),
        ("heads", heads),
        ("vocabulary", format!("{words}, head {tied} the embedding")),
        (
            "positions",
            format!("{places}, rotary base {theta}{scaling}"),
        ),
    ];
    facts.map(|(name, value)| fact(name, value))
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
