//! The area under the ROC curve.
//!
//! It is the chance that a true item, drawn at random, is scored above a false one (Mann and Whitney,
//! 1947), a tie counting one half:
//!
//! ```text
//! AUC = (1 / (T F)) sum over true i, false j of ([s_i > s_j] + [s_i = s_j] / 2)
//! ```
//!
//! `T` and `F` the numbers of true and false items, `s` scores: 1 for a perfect order, 1/2 for one that
//! knows nothing, 0 for one that is perfectly wrong. Counted in integers in `O(n log n)`: exact but for
//! the one division at the end.

/// The area for pairs of score and truth, if both truths occur; scores must be numbers.
///
/// As good for whole answers, scored and verified, as for steps.
pub fn roc_auc(judged: impl IntoIterator<Item = (f64, bool)>) -> Option<f64> {
    let mut judged: Vec<(f64, bool)> = judged.into_iter().collect();
    judged.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
    // Doubled, so that half a win is a whole number.
    let (mut true_below, mut false_below, mut doubled_wins) = (0_u64, 0_u64, 0_u64);
    for tied in judged.chunk_by(|(a, _), (b, _)| a == b) {
        let true_here = tied.iter().filter(|&&(_, truth)| truth).count() as u64;
        let false_here = tied.len() as u64 - true_here;
        doubled_wins += true_here * (2 * false_below + false_here);
        true_below += true_here;
        false_below += false_here;
    }
    let pairs = true_below * false_below;
    (pairs > 0).then(|| doubled_wins as f64 / (2 * pairs) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_order_counts_and_a_tie_is_half_a_win() {
        assert_eq!(roc_auc([(-5.0, false), (1e9, true)]), Some(1.0));
        assert_eq!(roc_auc([(0.1, true), (0.2, false)]), Some(0.0));
        assert_eq!(roc_auc([(0.0, true), (-0.0, false)]), Some(0.5));
        let judged = [(0.1, false), (0.4, true), (0.4, false), (0.8, true)];
        assert_eq!(roc_auc(judged), Some(3.5 / 4.0));
    }

    #[test]
    fn one_truth_alone_has_no_area() {
        assert_eq!(roc_auc([]), None);
        assert_eq!(roc_auc([(0.1, true), (0.9, true)]), None);
        assert_eq!(roc_auc([(0.1, false)]), None);
    }
}
