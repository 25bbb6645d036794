//! Speed of the decoder: reading a batch, a step of training. (Sampling is in `rollout`.)
//!
//! ```sh
//! cargo bench -p pure-benches --profile dev --bench model            # the profile that `cargo run` uses
//! PURE_DEVICE=cuda cargo bench -p pure-benches --bench model --features cuda
//! ```
//!
//! `nano` is a model that a laptop trains, `slice` four layers of a 0.5B model. Two layers of SmolLM2 read as many
//! tokens as eight texts and as one, which shows what long texts cost.

use burn::grad_clipping::GradientClippingConfig;
use burn::optim::{AdamWConfig, GradientsParams};
use burn::tensor::{Device, Distribution, Int, Tensor};
use divan::Bencher;
use divan::counter::ItemsCount;
use pure_model::{ModelConfig, Positions};

fn main() {
    pure_model::keep_freed_memory();
    divan::main();
}

/// A shape of model and the batches it is measured with.
struct Shape {
    name: &'static str,
    config: &'static str,
    prefill: [usize; 2],
    train: [usize; 2],
}

/// Two layers of SmolLM2.
const LAYERS_OF_SMOLLM2: &str = r#"{"model_type": "llama", "hidden_size": 576, "num_hidden_layers": 2,
    "num_attention_heads": 9, "num_key_value_heads": 3, "intermediate_size": 1536,
    "vocab_size": 8192, "max_position_embeddings": 8192, "rope_theta": 100000.0, "tie_word_embeddings": true}"#;

const SHAPES: [Shape; 4] = [
    Shape {
        name: "nano",
        config: r#"{"model_type": "qwen2", "hidden_size": 256, "num_hidden_layers": 4,
            "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 1024,
            "vocab_size": 512, "max_position_embeddings": 4096, "rope_theta": 10000.0}"#,
        prefill: [32, 128],
        train: [32, 128],
    },
    Shape {
        name: "slice",
        config: r#"{"model_type": "qwen2", "hidden_size": 896, "num_hidden_layers": 4,
            "num_attention_heads": 14, "num_key_value_heads": 2, "intermediate_size": 4864,
            "vocab_size": 8192, "max_position_embeddings": 4096, "rope_theta": 10000.0}"#,
        prefill: [2, 256],
        train: [2, 256],
    },
    Shape {
        name: "8 x 1024",
        config: LAYERS_OF_SMOLLM2,
        prefill: [8, 1024],
        train: [8, 1024],
    },
    Shape {
        name: "1 x 8192",
        config: LAYERS_OF_SMOLLM2,
        prefill: [1, 8192],
        train: [1, 8192],
    },
];

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Shape {
    fn config(&self) -> ModelConfig {
        ModelConfig::from_json(self.config).expect("the shapes above are valid")
    }
}

fn device() -> Device {
    let choice = std::env::var("PURE_DEVICE").unwrap_or_else(|_| "cpu".to_owned());
    let choice: pure_model::DeviceChoice = choice.parse().unwrap();
    choice.open().unwrap().device()
}

fn tokens([rows, length]: [usize; 2], config: &ModelConfig, device: &Device) -> Tensor<2, Int> {
    let vocabulary = Distribution::Uniform(0.0, config.vocab_size as f64);
    Tensor::<2>::random([rows, length], vocabulary, device).int()
}

#[divan::bench(args = &SHAPES, sample_size = 1, sample_count = 12)]
fn prefill(bencher: Bencher, shape: &Shape) {
    let (config, device) = (shape.config(), device());
    let model = config.init(&device);
    let tokens = tokens(shape.prefill, &config, &device);
    let positions = Positions::sequential(0, shape.prefill[1]);
    bencher
        .counter(ItemsCount::new(shape.prefill.iter().product::<usize>()))
        .bench_local(|| {
            let hidden = model.model.forward(tokens.clone(), &positions);
            let _ = model.logits(hidden);
            device.sync().unwrap();
        });
}

/// Forward, backward and AdamW on the next-token cross-entropy.
#[divan::bench(args = &SHAPES, sample_size = 1, sample_count = 8)]
fn train(bencher: Bencher, shape: &Shape) {
    let (config, device) = (shape.config(), device().autodiff());
    let mut model = config.init(&device);
    let mut optimizer = AdamWConfig::new()
        .with_beta_2(0.95)
        .with_weight_decay(0.1)
        .with_epsilon(1e-8)
        .with_grad_clipping(Some(GradientClippingConfig::Norm(1.0)))
        .init();
    let tokens = tokens(shape.train, &config, &device);
    let length = shape.train[1];
    let positions = Positions::sequential(0, length);
    bencher
        .counter(ItemsCount::new(shape.train.iter().product::<usize>()))
        .bench_local(|| {
            let hidden = model.model.forward(tokens.clone(), &positions);
            let targets = tokens.clone().narrow(1, 1, length - 1);
            let scores = model.score_tokens(hidden.narrow(1, 0, length - 1), targets, 1.0);
            let loss = scores.log_probs.mean().neg();
            let gradients = GradientsParams::from_grads(loss.backward(), &model);
            model = optimizer.step(1e-5, model.clone(), gradients);
            device.sync().unwrap();
        });
}
