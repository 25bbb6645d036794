//! Is the answer that most of `k` give right?
//!
//! ```text
//! maj@k = E[ right share of argmax over answers a of v_a ]           v_a the votes of a among k of n samples
//!
//!       = sum over a, m of s_a C(c_a, m) W(a, m) / C(n, k)
//! W(a, m) = sum over t of [x^(k-m) y^t] prod over b != a of (sum over j < m of C(c_b, j) x^j + C(c_b, m) x^m y) / (1 + t)
//! ```
//!
//! `c_a` samples of the `n` give answer `a`, of which the share `s_a` is right: 1 or 0, unless the verifier contradicts
//! itself. `W` counts the ways in which no other answer has more than the `m` votes of `a`, and `t` others have as many:
//! what ties is equally likely chosen. A sample that gives no answer has no vote but is drawn like others, and
//! `k` samples without a vote are not right. Self-consistency: arXiv 2203.11171; customary estimates draw some subsets
//! at random, this one is exact.
//!
//! Every binomial coefficient is computed times `p^j (1-p)^(c-j)`, `p = k/n`, which cancels, so that large counts neither
//! overflow nor vanish.

use super::candidate::Candidate;
use crate::binomial::probabilities;

/// Samples that give one answer.
struct Group {
    count: usize,
    share_right: f64,
}

/// The chance that of `k` candidates, drawn from these, the answer that most of them give is right.
///
/// # Panics
///
/// If more are drawn than there are.
pub fn majority(candidates: &[Candidate], k: usize) -> f64 {
    let total = candidates.len();
    assert!(k <= total, "{k} of {total} are drawn");
    let groups = groups(candidates);
    if k == total {
        return elected(&groups);
    }
    let p = k as f64 / total as f64;
    let most = groups.iter().map(|group| group.count).max().unwrap_or(0);
    let silent = candidates.iter().filter(|one| one.answer.is_none()).count();
    let mut chance = 0.0;
    for votes in 1..=most.min(k) {
        let (rivals, few): (Vec<_>, Vec<_>) = groups.iter().partition(|g| g.count >= votes);
        // Those who cannot have so many votes may have any number.
        let others = silent + few.iter().map(|group| group.count).sum::<usize>();
        for (place, winner) in rivals.iter().enumerate() {
            if winner.share_right > 0.0 {
                let mut ways = Ways::new(k - votes, others, p);
                let rivals = rivals.iter().enumerate();
                for (_, rival) in rivals.filter(|&(other, _)| other != place) {
                    ways.add_rival(rival.count, votes, p);
                }
                let own = probabilities(winner.count, p)[votes];
                chance += winner.share_right * own * ways.won();
            }
        }
    }
    chance / probabilities(total, p)[k]
}

/// How likely the answer that most of all samples give is right.
fn elected(groups: &[Group]) -> f64 {
    let most = groups.iter().map(|group| group.count).max();
    let tied = groups.iter().filter(|group| Some(group.count) == most);
    let (right, count) = tied.fold((0.0, 0_u32), |(right, count), winner| {
        (right + winner.share_right, count + 1)
    });
    if count > 0 {
        right / f64::from(count)
    } else {
        0.0
    }
}

fn groups(candidates: &[Candidate]) -> Vec<Group> {
    let mut votes: Vec<(usize, bool)> = candidates
        .iter()
        .filter_map(|one| Some((one.answer?, one.right)))
        .collect();
    votes.sort_unstable();
    let of_one = votes.chunk_by(|a, b| a.0 == b.0);
    let group = |of_one: &[(usize, bool)]| {
        let right = of_one.iter().filter(|(_, right)| *right).count();
        Group {
            count: of_one.len(),
            share_right: right as f64 / of_one.len() as f64,
        }
    };
    of_one.map(group).collect()
}

/// How likely the samples that do not give a certain answer are drawn in some number (within) and with some number of
/// answers that tie with it (without).
struct Ways(Vec<Vec<f64>>);

impl Ways {
    /// Up to `degree` of `others`, who cannot tie.
    fn new(degree: usize, others: usize, p: f64) -> Self {
        let mut ways = probabilities(others, p);
        ways.resize(degree + 1, 0.0);
        Self(vec![ways])
    }

    /// With an answer that `count` samples give, and that wins with more than `votes` of them.
    fn add_rival(&mut self, count: usize, votes: usize, p: f64) {
        let rival = probabilities(count, p);
        let degree = self.0[0].len() - 1;
        let mut after = vec![vec![0.0; degree + 1]; self.0.len() + 1];
        for (ties, ways) in self.0.iter().enumerate() {
            for (drawn, way) in ways.iter().enumerate().filter(|(_, way)| **way > 0.0) {
                for (more, chance) in rival[..=votes].iter().enumerate() {
                    if drawn + more <= degree {
                        let ties = ties + usize::from(more == votes);
                        after[ties][drawn + more] += way * chance;
                    }
                }
            }
        }
        // So many rivals cannot tie among so few.
        after.truncate(degree / votes + 1);
        self.0 = after;
    }

    /// The chance that all are drawn, and the one that they are compared with is chosen.
    fn won(&self) -> f64 {
        let ways = self.0.iter().zip(1_u32..);
        ways.map(|(ways, tied)| ways[ways.len() - 1] / f64::from(tied))
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(answers: &str) -> Vec<Candidate> {
        let candidate = |letter: char| Candidate {
            score: 0.0,
            right: letter == 'r',
            answer: (letter != '-').then_some(letter as usize),
        };
        answers.chars().map(candidate).collect()
    }

    #[test]
    fn small_cases_are_as_counted_by_hand() {
        for (answers, k, expected) in [
            // One sample is its own majority.
            ("rrab", 1, 0.5),
            // rr wins; ra, rb (two each) tie; ab is lost: (1 + 4/2) / 6.
            ("rrab", 2, 0.5),
            // rra and rrb win; rab (two) is a tie of three: (2 + 2/3) / 4.
            ("rrab", 3, 2.0 / 3.0),
            ("rrab", 4, 1.0),
            ("rraa", 4, 0.5),
            // Who gives no answer does not vote: r-, r- win, -- is lost.
            ("r--", 2, 2.0 / 3.0),
            ("---", 2, 0.0),
            ("aab", 3, 0.0),
        ] {
            let found = majority(&candidates(answers), k);
            assert!((found - expected).abs() < 1e-14, "{answers}@{k}: {found}");
        }
    }

    #[test]
    fn an_answer_that_the_verifier_contradicts_itself_on_is_right_in_part() {
        let mut both = candidates("rr");
        both[1].right = false;
        assert_eq!(majority(&both, 2), 0.5);
    }

    #[test]
    fn hundreds_of_samples_neither_overflow_nor_vanish() {
        let half = candidates(&("r".repeat(600) + &"a".repeat(600)));
        for k in [1, 2, 7, 64, 600, 1200] {
            let found = majority(&half, k);
            assert!((found - 0.5).abs() < 1e-11, "{k}: {found}");
        }
    }
}
