//! Reinforcement learning of language models from process rewards, on Burn.
//!
//! This crate is the front door: each of its modules is a crate of the workspace, so that one dependency is
//! enough. Who wants no more than a part depends on its crate alone.
//!
//! | module | crate | what it is |
//! | --- | --- | --- |
//! | [`core`] | `pure-core` | the arithmetic of the method: steps, credit, KL, baselines, advantages, signals of hacking, metrics |
//! | [`data`] | `pure-data` | prompts, demonstrations, step-labelled answers, benchmarks |
//! | [`eval`] | `pure-eval` | evaluation without the model: benchmarks, templates, samples, metrics with intervals, comparisons |
//! | [`files`] | `pure-files` | files whole or not at all, lines within bounds |
//! | [`model`] | `pure-model` | Qwen- and Llama-style decoders, reward models, KV cache, Hugging Face folders, tokenizer, devices |
//! | [`prm`] | `pure-prm` | process reward models: what they read, their training, their quality, step labels, search |
//! | [`report`] | `pure-report` | what training runs did and evaluations found, as pages: curves, collapse, credit of answers, samples |
//! | [`rl`] | `pure-rl` | reinforcement learning of a policy: PURE's algorithm |
//! | [`rollout`] | `pure-rollout` | answers from a model: continuous batches on a KV cache |
//! | [`run`] | `pure-run` | runs of training: the loop, the folder, checkpoints, metrics, optimizer |
//! | [`settings`] | `pure-settings` | settings in TOML, every mistake shown with its place |
//! | [`sft`] | `pure-sft` | supervised fine-tuning |
//! | [`task`] | `pure-task` | a task made from a seed, with an oracle that judges every step and a tokenizer |
//! | [`verify`] | `pure-verify` | is a mathematical answer right? extraction and exact comparison |
//!
//! # Scoring a response
//!
//! A model is a folder in the layout of Hugging Face. Open it, choose a device, load it, and ask
//! what the model thinks of a response, token by token:
//!
//! ```
//! use pure::model::{Checkpoint, DeviceChoice, Exchange, Precision};
//!
//! # fn main() -> Result<(), pure::model::Error> {
//! let checkpoint = Checkpoint::open("tests/golden/models/qwen2_tied")?;
//! let device = DeviceChoice::Auto.open()?.device();
//! let model = checkpoint.load(&device, Precision::F32)?;
//!
//! // With a tokenizer in the folder: checkpoint.tokenizer()?.encode("What is 2 + 3?", true)?
//! let exchange = Exchange {
//!     prompt: vec![5, 20, 8],
//!     response: vec![31, 7],
//! };
//! let scores = model.score_responses(&[exchange], 1.0, 8192)?;
//!
//! let scores = &scores[0];
//! assert_eq!(scores.log_probs.len(), 2);
//! assert!(scores.log_probs.iter().all(|log_prob| *log_prob < 0.0));
//! // Entropy lies between certainty and an even choice among the 96 tokens of this vocabulary.
//! assert!(scores.entropies.iter().all(|entropy| (0.0..96_f32.ln()).contains(entropy)));
//! # Ok(())
//! # }
//! ```
//!
//! A process reward model judges the steps of a response. [`StepFormat`](core::StepFormat) finds the
//! steps and marks their ends:
//!
//! ```
//! use pure::core::{Aggregates, StepFormat};
//! use pure::model::{Checkpoint, DeviceChoice, MarkedAnswer, Precision};
//!
//! # fn main() -> Result<(), pure::model::Error> {
//! let checkpoint = Checkpoint::open("tests/golden/prm/mlp_head")?;
//! let device = DeviceChoice::Auto.open()?.device();
//! let prm = checkpoint.load_prm(&device, Precision::F32)?;
//!
//! // Tokens that end a step, and the one at which this model was taught to judge. With a tokenizer
//! // they are found by text: StepFormat::from_vocabulary.
//! let format = StepFormat::new([6, 7, 30], 5);
//! let response = [21, 40, 6, 33, 7, 12, 2];
//! let steps = format.split(&response);
//! let mut marked = response.to_vec();
//! format.mark(&mut marked, &steps);
//! let answer = MarkedAnswer {
//!     prompt: vec![9, 50, 11],
//!     answer: marked,
//!     ends: steps.iter().map(|step| step.last()).collect(),
//! };
//! let rewards = prm.judge(&[answer], 4096)?.remove(0);
//! assert_eq!(rewards.len(), 3);
//! assert!(Aggregates::of(&rewards).is_some_and(|all| all.min <= all.mean));
//! # Ok(())
//! # }
//! ```
//!
//! To train the model, load it onto `device.autodiff()`; its decoder is an ordinary Burn module
//! that fits into one of yours (`examples/embed_in_burn_project.rs`).
//!
//! # Devices
//!
//! The processor is always there. The features `cuda`, `wgpu`, `vulkan`, `metal` and `rocm` add
//! backends; one binary may carry several, and chooses among them when it runs.
#![recursion_limit = "256"]

/// The Burn that this crate is built on, whose tensors, devices and modules stand in its interfaces.
pub use burn;
#[doc(inline)]
pub use {
    pure_core as core, pure_data as data, pure_eval as eval, pure_files as files,
    pure_model as model, pure_prm as prm, pure_report as report, pure_rl as rl,
    pure_rollout as rollout, pure_run as run, pure_settings as settings, pure_sft as sft,
    pure_task as task, pure_verify as verify,
};
