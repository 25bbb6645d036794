//! How much an engine may take.

use pure_model::{ModelConfig, Precision};

use super::budget::Plan;
use crate::{Error, Request, Sampling};

/// How much an [`Engine`](crate::Engine) may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineOptions {
    /// Bytes for keys and values, those of prompts included.
    pub kv_cache: u64,
    /// Answers that grow at once, at most; fewer where memory does not hold them.
    pub max_num_seqs: usize,
}

impl EngineOptions {
    /// Whether a model of this shape, in f32, can answer a prompt of so many tokens: what [`Engine`](crate::Engine) says when it
    /// samples, before a model is loaded.
    ///
    /// # Errors
    ///
    /// [`Error::Budget`] with the least memory that does.
    pub fn check(
        &self,
        model: &ModelConfig,
        prompt: usize,
        sampling: Sampling,
    ) -> Result<(), Error> {
        let bytes_per_token = model.memory_for_inference(Precision::F32, 1, 1).cache;
        let request = Request {
            prompt: vec![0; prompt],
            samples: 0..1,
            stream: 0,
            sampling,
            stop: None,
        };
        Plan::new(
            &[request],
            bytes_per_token,
            self.kv_cache,
            self.max_num_seqs,
        )
        .map(|_| ())
    }
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            kv_cache: 2 << 30,
            max_num_seqs: 256,
        }
    }
}
