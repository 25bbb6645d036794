//! Qwen- and Llama-style language models on Burn: the decoder, its cache, its files, its tokenizer.
//!
//! A model is made of a shape ([`ModelConfig`]) and a device, and loaded from a folder in the layout
//! of Hugging Face ([`Checkpoint`]). It has no state: tokens and their [`Positions`] go in, hidden
//! states come out, and a [`KvCache`], where one is wanted, belongs to the caller.
//!
//! ```
//! use burn::tensor::{Device, Int, Tensor};
//! use pure_model::{CachedText, ModelConfig, Positions};
//!
//! let config = ModelConfig::from_json(
//!     r#"{
//!         "model_type": "qwen2", "vocab_size": 100, "hidden_size": 32, "intermediate_size": 64,
//!         "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
//!         "max_position_embeddings": 128, "rope_theta": 10000.0
//!     }"#,
//! )?;
//! let device = Device::flex();
//! let model = config.init(&device);
//!
//! let tokens = Tensor::<2, Int>::from_ints([[5, 6, 7]], &device);
//! let hidden = model.model.forward(tokens, &Positions::sequential(0, 3));
//! assert_eq!(model.logits(hidden).dims(), [1, 3, 100]);
//!
//! // The same text through a cache, and two ways to go on from it: what they share is kept once.
//! let mut cache = model.model.new_cache(8);
//! let mut one = CachedText::default();
//! model.model.forward_cached(&mut cache, &mut [&mut one], &[[5, 6, 7]]);
//! let mut other = one.clone();
//! let hidden = model.model.forward_cached(&mut cache, &mut [&mut one, &mut other], &[[8], [9]]);
//! assert_eq!(model.logits(hidden).dims(), [2, 1, 100]);
//! # Ok::<(), pure_model::ConfigError>(())
//! ```
//!
//! | to | use |
//! | --- | --- |
//! | open, load, save a folder | [`Checkpoint`] |
//! | choose where it runs | [`DeviceChoice`], [`PresentDevice`] |
//! | score given responses | [`CausalLm::score_responses`], [`CausalLm::score_tokens`] |
//! | judge the steps of answers | [`ProcessRewardModel::judge`], [`Checkpoint::load_prm`] |
//! | make a reward model of a language model | [`Checkpoint::start_prm`] |
//! | train on long texts in little memory | [`Decoder::add_gradients`] |
//! | train small adapters and not the weights | [`LoraConfig::adapt`], [`merged`] |
//! | build on hidden states | [`Decoder`], inside a module of your own |
//! | turn text into tokens, messages into text | [`Tokenizer`] |
//! | turn prompts into what a model continues | [`PromptFormat`], [`PromptEncoder`] |
//! | know which tokens end an answer | [`Checkpoint::ends`] |
//! | know how its makers would have answers drawn | [`Checkpoint::generation`] |
//! | lay sequences out in batches | [`Sequence`], [`Batching`], [`Batch`], [`windows`] |
//! | know what fits into memory | [`ModelConfig::memory_for_training`] |
//! | be safe from what devices do unasked | [`guard_devices`], first in `main` |
//! | run faster on the processor | [`keep_freed_memory`], once, at the start of a program; [`side_by_side`], [`in_pool`], [`while_awake`] |
//!
//! # What it stands on
//!
//! - **Burn** for tensors, modules, linear layers, embeddings and RMS norms. Its rotary embedding is
//!   of another layout, its attention of repeated heads, so those are written here.
//! - **safetensors** for the format. burn-store reads it too, but knows no sharded folders and cannot say
//!   of a broken one what was expected and what was found.
//! - **tokenizers**, Hugging Face's own, for exact agreement; **minijinja** for chat templates, by
//!   the author of Jinja.
//! - **rayon**, by which Burn's processor backend shares out its operations: who wants an operation on
//!   one thread gives it a pool of one.
//!
//! # Devices
//!
//! The features `cuda`, `wgpu`, `vulkan`, `metal` and `rocm` add backends to the processor's, which is
//! always there. Code takes its device from [`DeviceChoice`], never from Burn's default.

mod allocator;
mod attention;
mod batch;
mod brief;
mod cache;
mod causal_lm;
mod chat;
mod checkpoint;
mod companions;
mod config;
mod decoder;
mod device;
mod end_tokens;
mod error;
mod generation_config;
mod gradients;
mod guard;
mod init;
mod json;
mod lora;
mod memory;
mod mlp;
mod norm;
mod offload;
mod panics;
mod pass;
mod positions;
mod precision;
mod prm;
mod product;
mod prompt;
mod rope;
mod scores;
mod sequence;
mod side_by_side;
mod tokenizer;
mod weights;

pub use allocator::keep_freed_memory;
pub use batch::{Batch, Batching, windows};
pub use cache::{CachedText, KvCache};
pub use causal_lm::CausalLm;
pub use chat::Message;
pub use checkpoint::{Checkpoint, read_config};
pub use companions::copy_tokenizer;
pub use config::{ConfigError, Family, ModelConfig};
pub use decoder::{Decoder, Recording};
pub use device::{DeviceChoice, DeviceKind, PresentDevice};
pub use end_tokens::EndTokens;
pub use error::Error;
pub use generation_config::GenerationConfig;
pub use gradients::Gradients;
pub use guard::guard_devices;
pub use lora::{Dropout, LoraConfig, Projection, merged};
pub use memory::{Memory, Workload};
pub use offload::{Held, Offload, Room};
pub use positions::Positions;
pub use precision::{Precision, copied};
pub use prm::{MarkedAnswer, PrmHead, ProcessRewardModel};
pub use prompt::{PromptEncoder, PromptFormat};
pub use rope::{RopeConfig, RopeScaling};
pub use scores::{Exchange, ResponseScores, TokenScores};
pub use sequence::Sequence;
pub use side_by_side::{in_pool, is_copied, side_by_side, while_awake};
pub use tokenizer::Tokenizer;
