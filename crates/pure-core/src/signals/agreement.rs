//! Do the reward model and the verifier say the same?
//!
//! **Agreement**: the fraction of answers with an outcome for which the process reward is above 0 exactly
//! if the answer is right.
//!
//! ```text
//! agreement = (1 / n) sum_i [ (p_i > 0) = (o_i >= 1/2) ]
//! ```
//!
//! **Rank correlation** (Spearman's rho): the correlation of the ranks of process rewards with the
//! ranks of outcomes, equal values sharing the mean of their ranks; 1 if every right answer is ranked
//! above every wrong one as far as ties allow, 0 if the reward model knows nothing, negative if it is
//! fooled.
//!
//! ```text
//! rho = cov(rank p, rank o) / (sd(rank p) sd(rank o))
//! ```
//!
//! `p_i` the sum of what credit pays answer `i`, `o_i` its outcome. As PURE's main branch measures the
//! first; where its only reward is the outcome, that branch takes `p_i` as 0.

/// The agreement, if any answer has an outcome; `answers` are pairs of process reward and outcome.
pub fn agreement(answers: impl IntoIterator<Item = (f32, Option<f32>)>) -> Option<f64> {
    let (mut agree, mut judged) = (0.0, 0.0);
    for (process, outcome) in answers {
        let Some(outcome) = outcome else { continue };
        agree += f64::from(u8::from((process > 0.0) == (outcome >= 0.5)));
        judged += 1.0;
    }
    (judged > 0.0).then(|| agree / judged)
}

/// The rank correlation, if both vary; values must be numbers.
///
/// # Panics
///
/// If the slices differ in length.
pub fn rank_correlation(a: &[f32], b: &[f32]) -> Option<f64> {
    assert_eq!(a.len(), b.len(), "pairs of values");
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() as f64 + 1.0) / 2.0;
    let covariance = |x: &[f64], y: &[f64]| -> f64 {
        x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum()
    };
    let spread = (covariance(&a, &a) * covariance(&b, &b)).sqrt();
    (spread > 0.0).then(|| covariance(&a, &b) / spread)
}

/// Ranks from 1, equal values sharing the mean of theirs.
fn ranks(values: &[f32]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&i, &j| values[i].total_cmp(&values[j]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for equal in order.chunk_by(|&i, &j| values[i] == values[j]) {
        let rank = start as f64 + (equal.len() as f64 + 1.0) / 2.0;
        equal.iter().for_each(|&index| ranks[index] = rank);
        start += equal.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement_counts_answers_with_an_outcome() {
        let answers = [
            (0.2, Some(1.0)),
            (0.1, Some(0.0)),
            (-0.3, Some(0.0)),
            (0.5, None),
        ];
        assert_eq!(agreement(answers), Some(2.0 / 3.0));
        assert_eq!(agreement([(0.5, None)]), None);
    }

    #[test]
    fn equal_values_share_the_mean_of_their_ranks() {
        assert_eq!(ranks(&[0.5, -1.0, 0.5, 2.0]), [2.5, 1.0, 2.5, 4.0]);
    }

    #[test]
    fn correlation_sees_order_only() {
        let rising = [-1.0, 0.0, 10.0, 1e6];
        assert!((rank_correlation(&rising, &[0.1, 0.2, 0.3, 0.4]).unwrap() - 1.0).abs() < 1e-12);
        assert!((rank_correlation(&rising, &[4.0, 3.0, 2.0, 1.0]).unwrap() + 1.0).abs() < 1e-12);
        assert!(
            (rank_correlation(&rising, &[0.0, 0.0, 1.0, 1.0]).unwrap() - 0.8_f64.sqrt()).abs()
                < 1e-12
        );
    }

    #[test]
    fn what_does_not_vary_has_no_correlation() {
        assert_eq!(rank_correlation(&[1.0, 2.0], &[0.5, 0.5]), None);
        assert_eq!(rank_correlation(&[], &[]), None);
        assert_eq!(rank_correlation(&[0.0, -0.0], &[1.0, 2.0]), None);
    }
}
