//! Speed of the decoder: reading a batch, a step of training. (Sampling is in `rollout`.)
//!
//! ```sh
//! cargo bench -p pure-benches --profile dev --bench model            # the profile that `cargo run` uses
//! PURE_DEVICE=cuda cargo bench -p pure-benches --bench model --features cuda
//! ```
//!
//! Two layers of SmolLM2 read as many
//! tokens as eight texts and as one, which shows what long texts cost.

mod shapes;

use burn::grad_clipping::GradientClippingConfig;
use burn::optim::{AdamWConfig, GradientsParams};
use burn::tensor::{Device, Distribution, Int, Tensor};
use divan::Bencher;
use divan::counter::ItemsCount;
use pure_model::{ModelConfig, Positions};

use self::shapes::shape;

fn main() {
    pure_model::keep_freed_memory();
    divan::main();
}

/// A model and the rows and tokens of its batches.
struct Shape {
    name: &'static str,
    model: &'static str,
    batch: [usize; 2],
}

const fn on(name: &'static str, model: &'static str, batch: [usize; 2]) -> Shape {
    Shape { name, model, batch }
}

const SHAPES: [Shape; 4] = [
    on("nano", "nano", [32, 128]),
    on("slice", "slice", [2, 256]),
    on("8 x 1024", "two layers of smollm2", [8, 1024]),
    on("1 x 8192", "two layers of smollm2", [1, 8192]),
];

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Shape {
    fn config(&self) -> ModelConfig {
        ModelConfig::from_json(shape(self.model)).expect("the shapes are valid")
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
    let tokens = tokens(shape.batch, &config, &device);
    let positions = Positions::sequential(0, shape.batch[1]);
    bencher
        .counter(ItemsCount::new(shape.batch.iter().product::<usize>()))
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
    let tokens = tokens(shape.batch, &config, &device);
    let length = shape.batch[1];
    let positions = Positions::sequential(0, length);
    bencher
        .counter(ItemsCount::new(shape.batch.iter().product::<usize>()))
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
