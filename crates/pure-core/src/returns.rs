//! Rewards of tokens to returns of tokens.
//!
//! ```text
//! to go          G_l = sum_{k >= l} x_k
//! discounted     G_l = x_l + gamma G_{l+1}
//! smallest       G_l = min_{k >= l} x_k
//! ```
//!
//! `x`, `G`: `[tokens]`. Each is one pass from the end, carried in f64; `out` is as long as `rewards`.

use crate::numeric::to_f32;

/// The sum of the rewards from each token on.
///
/// # Panics
///
/// If the slices differ in length.
pub fn returns_to_go(rewards: &[f32], out: &mut [f32]) {
    discounted_returns(rewards, 1.0, out);
}

/// The sum of the rewards from each token on, discounted by the token.
///
/// # Panics
///
/// If the slices differ in length.
pub fn discounted_returns(rewards: &[f32], gamma: f64, out: &mut [f32]) {
    assert_eq!(rewards.len(), out.len(), "one return a token");
    let mut running = 0.0;
    for (reward, out) in rewards.iter().zip(out).rev() {
        running = f64::from(*reward) + gamma * running;
        *out = to_f32(running);
    }
}

/// The smallest reward from each token on; `after` is the smallest one past the end, if any.
///
/// # Panics
///
/// If the slices differ in length.
pub fn suffix_minima(rewards: &[f32], after: Option<f32>, out: &mut [f32]) {
    assert_eq!(rewards.len(), out.len(), "one return a token");
    let mut smallest = after.unwrap_or(f32::INFINITY);
    for (reward, out) in rewards.iter().zip(out).rev() {
        smallest = smallest.min(*reward);
        *out = smallest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn returns_look_forward_only() {
        let rewards = [1.0, 0.0, -2.0, 4.0];
        let mut out = [0.0; 4];
        returns_to_go(&rewards, &mut out);
        assert_eq!(out, [3.0, 2.0, 2.0, 4.0]);
        discounted_returns(&rewards, 0.5, &mut out);
        assert_eq!(out, [1.0, 0.0, 0.0, 4.0]);
        suffix_minima(&rewards, None, &mut out);
        assert_eq!(out, [-2.0, -2.0, -2.0, 4.0]);
        suffix_minima(&rewards, Some(0.0), &mut out);
        assert_eq!(out, [-2.0, -2.0, -2.0, 0.0]);
    }
}
