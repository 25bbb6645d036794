//! The decoder as a part of somebody else's Burn module: a text classifier on its hidden states,
//! and training steps of it.
//!
//! ```sh
//! cargo run --example embed_in_burn_project                    # on a model made on the spot
//! cargo run --example embed_in_burn_project -- path/to/model   # on one from Hugging Face
//! ```
//!
//! A project that wants no more than this depends on `pure-model` alone.
#![recursion_limit = "256"]

use std::error::Error;

use burn::module::Module;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::{Linear, LinearConfig};
use burn::optim::{AdamWConfig, GradientsParams};
use burn::tensor::{Device, Int, Tensor};
use pure::model::{
    Checkpoint, Decoder, DeviceChoice, ModelConfig, Positions, Precision, guard_devices,
};

/// Reads a text and sorts it into one of two classes by the hidden state of its last token.
#[derive(Module, Debug)]
struct Classifier {
    decoder: Decoder,
    head: Linear,
}

impl Classifier {
    fn new(decoder: Decoder, width: usize, device: &Device) -> Self {
        let head = LinearConfig::new(width, 2).init(device);
        Self { decoder, head }
    }

    /// `[batch, length]` tokens to `[batch, 2]` scores.
    fn forward(&self, tokens: Tensor<2, Int>) -> Tensor<2> {
        let [batch, length] = tokens.dims();
        let hidden = self
            .decoder
            .forward(tokens, &Positions::sequential(0, length));
        let last = hidden.narrow(1, length - 1, 1).reshape([batch as i32, -1]);
        self.head.forward(last)
    }
}

const TINY: &str = r#"{
    "model_type": "qwen2", "vocab_size": 64, "hidden_size": 32, "intermediate_size": 64,
    "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
    "max_position_embeddings": 128, "rope_theta": 10000.0, "tie_word_embeddings": true
}"#;

fn main() -> Result<(), Box<dyn Error>> {
    guard_devices();
    let device = DeviceChoice::Auto.open()?.device().autodiff();
    device.seed(0);
    let (decoder, width) = match std::env::args().nth(1) {
        Some(folder) => {
            let checkpoint = Checkpoint::open(folder)?;
            let model = checkpoint.load(&device, Precision::F32)?;
            (model.model, checkpoint.config().hidden_size)
        }
        None => {
            let config = ModelConfig::from_json(TINY)?;
            (config.init_decoder(&device), config.hidden_size)
        }
    };
    let mut classifier = Classifier::new(decoder, width, &device);
    println!("{} parameters", classifier.num_params());

    // Does the first token come back at the end?
    let texts = [[7, 3, 9, 7], [4, 8, 2, 5], [6, 1, 1, 6], [9, 2, 3, 8]];
    let tokens = Tensor::<2, Int>::from_ints(texts, &device);
    let labels = Tensor::<1, Int>::from_ints([1, 0, 1, 0], &device);

    let mut optimizer = AdamWConfig::new().init();
    let cross_entropy = CrossEntropyLossConfig::new().init(&device);
    for step in 0..10 {
        let scores = classifier.forward(tokens.clone());
        let loss = cross_entropy.forward(scores, labels.clone());
        println!("step {step}: loss {:.4}", loss.clone().into_scalar::<f32>());
        let gradients = GradientsParams::from_grads(loss.backward(), &classifier);
        classifier = optimizer.step(1e-3, classifier, gradients);
    }
    Ok(())
}
