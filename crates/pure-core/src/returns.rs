//! Rewards of tokens to returns of tokens.
//!
//! ```text
//! sum            G_l = sum_{k >= l} x_k
//! discounted     G_l = x_l + gamma G_{l+1}
//! smallest       G_l = min_{k >= l} x_k
//! ```
//!
//! `x`, `G`: `[tokens]`. Each is one pass from the end, carried in f64; `out` is as long as `rewards`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::numeric::to_f32;

/// How the returns of an answer's tokens follow from what they are paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Returns {
    /// The return of a token is the sum of what is paid from it on.
    #[default]
    Sum,
    /// It is the smallest payment from it on, among everything that tokens are paid (outcome and KL
    /// penalty too) and the zeros of the padding up to the generation limit.
    Smallest,
}

/// What the smallest reward of [`SuffixMin`](crate::credit::SuffixMin) is taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MinimumOver {
    /// The process rewards; outcome and KL penalty are paid beside it.
    #[default]
    Process,
    /// Everything a token is paid, and the zeros of the padding up to the limit. A quirk of the verl
    /// branch: the return of an answer below the limit is never above 0, right or wrong.
    EverythingAndPadding,
}

impl Returns {
    /// Writes the return of each token of an answer, which is padded or not.
    pub(crate) fn take(self, rewards: &[f32], is_padded: bool, out: &mut [f32]) {
        match self {
            Self::Sum => discounted_returns(rewards, 1.0, out),
            Self::Smallest => {
                let mut smallest = if is_padded { 0.0 } else { f32::INFINITY };
                for (reward, out) in rewards.iter().zip(out).rev() {
                    smallest = smallest.min(*reward);
                    *out = smallest;
                }
            }
        }
    }
}

/// The sum of the rewards from each token on, discounted by the token.
pub(crate) fn discounted_returns(rewards: &[f32], gamma: f64, out: &mut [f32]) {
    let mut running = 0.0;
    for (reward, out) in rewards.iter().zip(out).rev() {
        running = f64::from(*reward) + gamma * running;
        *out = to_f32(running);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn returns_look_forward_only() {
        let rewards = [1.0, 0.0, -2.0, 4.0];
        let mut out = [0.0; 4];
        Returns::Sum.take(&rewards, true, &mut out);
        assert_eq!(out, [3.0, 2.0, 2.0, 4.0]);
        discounted_returns(&rewards, 0.5, &mut out);
        assert_eq!(out, [1.0, 0.0, 0.0, 4.0]);
        Returns::Smallest.take(&rewards, false, &mut out);
        assert_eq!(out, [-2.0, -2.0, -2.0, 4.0]);
        Returns::Smallest.take(&rewards, true, &mut out);
        assert_eq!(out, [-2.0, -2.0, -2.0, 0.0]);
    }
}
