//! Answers from a language model: prompts in, groups of samples with their log-probabilities out.
//!
//! Reinforcement learning spends most of its time here. An [`Engine`] keeps a batch of answers
//! growing in one KV cache of blocks, begins the next where one is over, and reads and keeps each
//! prompt once for all its samples.
//!
//! ```
//! use burn::tensor::Device;
//! use pure_model::ModelConfig;
//! use pure_rollout::{Engine, EngineOptions, Request, Sampling, sample_all};
//!
//! let config = ModelConfig::from_json(
//!     r#"{
//!         "model_type": "qwen2", "vocab_size": 100, "hidden_size": 32, "intermediate_size": 64,
//!         "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
//!         "max_position_embeddings": 128, "rope_theta": 10000.0
//!     }"#,
//! )?;
//! let mut engine = Engine::new(config.init(&Device::flex()), EngineOptions::default());
//! let request = Request {
//!     prompt: vec![5, 6, 7],
//!     samples: 0..4,
//!     stream: 0,
//!     sampling: Sampling { max_new_tokens: 8, end_tokens: vec![2], ..Sampling::default() },
//!     stop: None,
//! };
//! let (groups, phases) = sample_all(&mut engine, &[request])?;
//! assert_eq!(groups[0].len(), 4);
//! let answer = &groups[0][0];
//! assert_eq!(answer.tokens.len(), answer.log_probs.len());
//! assert_eq!(phases.prompt_tokens, 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is true of it
//!
//! - **The truth about what it sampled.** `log_probs` are those of the policy at the sampling
//!   temperature, before any cut: what a trainer computes for the same tokens. [`policy_gap`]
//!   measures it. Where a token was drawn from another distribution, that one's stand beside.
//! - **Reproducible.** The random number of a token is found by (seed, stream, sample, position):
//!   neither the order of work nor the number of rows chooses the text. On the processor the
//!   log-probabilities too are the same to the last bit. (On a GPU batches of other sizes round
//!   otherwise, which can turn a draw that falls between two tokens.)
//! - **Within its budget.** [`EngineOptions::kv_cache`] bounds keys and values. An answer takes of it what it
//!   holds, not what it might, so as many grow at once as there is memory for; where it runs out, those that
//!   began last wait, and are read again token by token, as they were at first.
//!
//! [`Sampler`] is what a learner asks for; the engine is the one that ships. A [`Session`] holds a conversation with one
//! person, and keeps what it has read from turn to turn.
//!
//! # What it stands on
//!
//! **rand_chacha** for random numbers that are found by their place. Tokens are chosen where the logits are
//! ([`draw`](fn@pure_kernels::draw)), by the numbers of one random stream for all devices.

mod draw;
mod engine;
mod error;
mod on_policy;
mod phases;
mod request;
mod sampler;
mod session;
mod stop;
mod stream;

pub use engine::{Engine, EngineOptions};
pub use error::Error;
pub use on_policy::{PolicyGap, policy_gap};
pub use phases::Phases;
pub use request::{Request, Sampling, StopRule};
pub use sampler::{Event, Report, Sampler, sample_all};
pub use session::Session;
pub use stop::StopStrings;
