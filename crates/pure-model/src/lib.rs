//! Qwen-style language models on Burn.
#![warn(missing_docs)]

mod attention;
mod cache;
mod causal_lm;
mod chat;
mod checkpoint;
mod config;
mod decoder;
mod device;
mod error;
mod init;
mod mlp;
mod positions;
mod precision;
mod rope;
mod scores;
mod tokenizer;
mod weights;

pub use cache::KvCache;
pub use causal_lm::CausalLm;
pub use chat::Message;
pub use checkpoint::{Checkpoint, read_config};
pub use config::{ConfigError, Family, ModelConfig};
pub use decoder::Decoder;
pub use device::{DeviceChoice, DeviceKind, PresentDevice};
pub use error::Error;
pub use positions::Positions;
pub use precision::Precision;
pub use rope::{RopeConfig, RopeScaling};
pub use scores::{Exchange, ResponseScores, TokenScores};
pub use tokenizer::{LeftPadded, Tokenizer};
