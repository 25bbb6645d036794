//! Generalized advantage estimation (arXiv 1506.02438), for learners that bring values of their own.
//!
//! ```text
//! d_l = x_l + gamma V_{l+1} - V_l        A_l = d_l + gamma lambda A_{l+1}        V, A after the end: 0
//! ```
//!
//! `x` rewards, `V` values, `A` advantages, each `[tokens]`. PURE has no critic; the estimate is here
//! to be compared with.
//!
//! Departures: none. The verl branch lets the padding of a batch, with its values, take part in the
//! recursion; pass padded slices to do the same.

use crate::numeric::to_f32;

/// Writes the advantage of each token; returns are advantages plus values.
///
/// # Panics
///
/// If the slices differ in length.
pub fn generalized_advantages(
    rewards: &[f32],
    values: &[f32],
    gamma: f64,
    lambda: f64,
    out: &mut [f32],
) {
    assert_eq!(rewards.len(), values.len(), "one value a token");
    assert_eq!(rewards.len(), out.len(), "one advantage a token");
    let (mut next_value, mut next_advantage) = (0.0, 0.0);
    for ((reward, value), out) in rewards.iter().zip(values).zip(out).rev() {
        let value = f64::from(*value);
        let surprise = f64::from(*reward) + gamma * next_value - value;
        next_advantage = surprise + gamma * lambda * next_advantage;
        next_value = value;
        *out = to_f32(next_advantage);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_discount_it_is_the_return_less_the_value() {
        let (rewards, values) = ([1.0, 0.0, 2.0], [0.5, 1.0, -1.0]);
        let mut out = [0.0; 3];
        generalized_advantages(&rewards, &values, 1.0, 1.0, &mut out);
        assert_eq!(out, [2.5, 1.0, 3.0]);
    }

    #[test]
    fn with_lambda_zero_it_is_the_surprise_of_one_step() {
        let (rewards, values) = ([1.0, 0.0, 2.0], [0.5, 1.0, -1.0]);
        let mut out = [0.0; 3];
        generalized_advantages(&rewards, &values, 1.0, 0.0, &mut out);
        assert_eq!(out, [1.5, -2.0, 3.0]);
    }
}
