//! Is the best-scored one of `k` right?
//!
//! ```text
//! best of k = sum over scores v of (q(a_v) - q(b_v)) * share of the candidates with score v that are right
//! q(a) = C(a, k) / C(n, k)
//! ```
//!
//! `n` candidates; `a_v` of them have scores up to `v`, `b_v` below it; `q(a)` is the chance that all `k` drawn are
//! among a certain `a`. The highest score drawn is `v` with probability `q(a_v) - q(b_v)`, and of candidates that tie
//! for it each is equally likely. Best-of-N by step rewards: "Let's Verify Step by Step" (arXiv 2305.20050), whose
//! curves over N are such expectations.

use super::candidate::Candidate;

/// The chance that of `k` candidates, drawn from these, the one with the highest score is right.
///
/// # Panics
///
/// If more are drawn than there are, or a score is no number.
pub fn best_of(candidates: &[Candidate], k: usize) -> f64 {
    let total = candidates.len();
    assert!(k <= total, "{k} of {total} are drawn");
    let mut ordered = candidates.to_vec();
    ordered.sort_by(|a, b| b.score.partial_cmp(&a.score).expect("scores are numbers"));
    let (mut left, mut among_left, mut chance) = (total, 1.0, 0.0);
    for tied in ordered.chunk_by(|a, b| a.score == b.score) {
        let among_these_or_left = among_left;
        for _ in tied {
            // q(a - 1) = q(a) (a - k) / a, which is 0 from a = k on.
            among_left *= left.saturating_sub(k) as f64 / left as f64;
            left -= 1;
        }
        let right = tied.iter().filter(|candidate| candidate.right).count();
        chance += (among_these_or_left - among_left) * right as f64 / tied.len() as f64;
    }
    chance
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates<const N: usize>(of: [(f64, bool); N]) -> [Candidate; N] {
        of.map(|(score, right)| Candidate {
            score,
            right,
            answer: None,
        })
    }

    #[test]
    fn a_score_is_as_good_as_its_order() {
        let three = candidates([(3.0, false), (2.0, true), (-1.0, false)]);
        // Of the three pairs only one leaves the wrong favourite out.
        for (k, expected) in [(1, 1.0 / 3.0), (2, 1.0 / 3.0), (3, 0.0)] {
            let found = best_of(&three, k);
            assert!((found - expected).abs() < 1e-15, "{k}: {found}");
        }
    }

    #[test]
    fn what_ties_is_equally_likely_chosen() {
        let tied = candidates([(0.0, true), (-0.0, false), (-1.0, false)]);
        assert_eq!(best_of(&tied, 3), 0.5);
    }

    #[test]
    #[should_panic(expected = "2 of 1 are drawn")]
    fn more_than_there_are_cannot_be_drawn() {
        best_of(&candidates([(0.0, true)]), 2);
    }
}
