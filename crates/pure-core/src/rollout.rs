//! What generation hands over: answers, grouped by the prompt they answer.
//!
//! ```text
//! Group { prompt, rollouts: [Rollout; K] }      Rollout { tokens[L], log_probs[L], finish }
//! ```
//!
//! A group is the unit of comparison: baselines never look across groups. What a prompt is, this
//! crate does not know; the crates that do put their own type in its place.

use serde::{Deserialize, Serialize};

/// Why generation of an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// The model ended it, with one of its end tokens.
    End,
    /// Its text came to a stop that the caller had set.
    Stop,
    /// The limit on its length cut it.
    Length,
}

/// One answer as it was sampled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rollout {
    /// The answer's tokens, the one that ended it included.
    pub tokens: Vec<u32>,
    /// `log p(token)` under the policy at the sampling temperature, one a token: what a trainer
    /// computes for the same tokens.
    pub log_probs: Vec<f32>,
    /// `log q(token)` under the distribution that it was drawn from, where that was another: one
    /// that was cut down to its likeliest tokens, or penalised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drawn_log_probs: Option<Vec<f32>>,
    /// Why it ended.
    pub finish: Finish,
}

/// The answers to one prompt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group<P> {
    /// What was asked.
    pub prompt: P,
    /// The answers, sampled independently.
    pub rollouts: Vec<Rollout>,
}
