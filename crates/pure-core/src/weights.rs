//! Weights of tokens in the policy loss, by their entropy, by the outcome of their answer, and by how many
//! answers share them.
//!
//! ```text
//! weight_l = outcome_i * [entropy_l >= h] / sharing_l
//! ```
//!
//! for a token `l` of answer `i`, `[tokens]`:
//!
//! - `h` is such that the given fraction of the batch's tokens has an entropy of at least `h`: training
//!   on the "forking tokens" alone ("Beyond the 80/20 Rule", arXiv 2506.01939: a fifth of the tokens
//!   suffices). Of `n` tokens the `ceil(fraction * n)` highest are kept, and those equal to the last of
//!   them.
//! - `outcome_i` is one weight for answers that verified as right and another for wrong ones ("The
//!   Surprising Effectiveness of Negative Reinforcement", arXiv 2506.01347: right 0.1, wrong 1). Without
//!   an outcome it is 1.
//! - `sharing_l` is 1, or the number of the group's answers that begin with the same tokens up to `l`:
//!   λ-GRPO, see `prefix_tree.rs`.
//!
//! Departures: the first paper selects within each micro-batch. Here it is done over the whole batch that
//! the caller gives, so that the selection does not depend on the size of micro-batches.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, check_amount, check_setting};
use crate::prefix_tree;

/// Which tokens the policy learns from.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum TokenSelection {
    /// All.
    #[default]
    All,
    /// The tokens with the highest entropy.
    HighestEntropy {
        /// Which fraction of all tokens.
        fraction: f64,
    },
}

/// Which tokens the policy learns from, and the weights of right and wrong answers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TokenWeights {
    /// Which tokens the policy learns from.
    pub tokens: TokenSelection,
    /// The weight of answers that verified as right.
    pub right: f64,
    /// The weight of answers that verified as wrong.
    pub wrong: f64,
    /// Whether a token's weight is divided among the answers of its group that begin with the same tokens
    /// up to it (λ-GRPO, arXiv 2509.21154).
    pub divide_shared_prefixes: bool,
}

impl Default for TokenWeights {
    fn default() -> Self {
        Self {
            tokens: TokenSelection::All,
            right: 1.0,
            wrong: 1.0,
            divide_shared_prefixes: false,
        }
    }
}

impl TokenWeights {
    /// Refuses settings that have no meaning.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] if the fraction is outside 0 to 1, or a weight is negative or infinite.
    pub fn check(&self) -> Result<(), Error> {
        if let TokenSelection::HighestEntropy { fraction } = self.tokens {
            let valid = fraction > 0.0 && fraction <= 1.0;
            check_setting(valid, "fraction", fraction, "above 0 and at most 1")?;
        }
        check_amount("right", self.right)?;
        check_amount("wrong", self.wrong)
    }

    /// The weight of an answer.
    fn of_answer(&self, outcome: Option<f32>) -> f64 {
        match outcome {
            None => 1.0,
            Some(outcome) if outcome >= 0.5 => self.right,
            Some(_) => self.wrong,
        }
    }

    /// Writes the weights of a batch's tokens, shared prefixes left out.
    ///
    /// # Shapes
    ///
    /// - `answers`: length and outcome of each answer
    /// - `entropies`, `out`: one entry a token, answer after answer
    ///
    /// # Panics
    ///
    /// If the slices disagree, or an entropy is not a number.
    pub fn assign(&self, answers: &[(usize, Option<f32>)], entropies: &[f32], out: &mut [f32]) {
        let tokens: usize = answers.iter().map(|(length, _)| length).sum();
        assert_eq!(entropies.len(), tokens, "one entropy a token");
        assert_eq!(out.len(), tokens, "one weight a token");
        let bound = match self.tokens {
            TokenSelection::All => f32::NEG_INFINITY,
            TokenSelection::HighestEntropy { fraction } => entropy_bound(entropies, fraction),
        };
        let mut start = 0;
        for &(length, outcome) in answers {
            let weight = self.of_answer(outcome) as f32;
            let end = start + length;
            for (entropy, out) in entropies[start..end].iter().zip(&mut out[start..end]) {
                *out = if *entropy >= bound { weight } else { 0.0 };
            }
            start = end;
        }
    }

    /// Divides the weights of tokens that several answers of a group begin with, if that is set.
    ///
    /// # Shapes
    ///
    /// - `answers`: group and tokens of each answer
    /// - `out`: one entry a token, answer after answer
    ///
    /// # Panics
    ///
    /// If the slices disagree.
    pub fn divide_shared(&self, answers: &[(usize, &[u32])], out: &mut [f32]) {
        let tokens: usize = answers.iter().map(|(_, tokens)| tokens.len()).sum();
        assert_eq!(out.len(), tokens, "one weight a token");
        if self.divide_shared_prefixes {
            let sharing = prefix_tree::sharing(answers);
            for (weight, sharing) in out.iter_mut().zip(sharing) {
                *weight /= sharing as f32;
            }
        }
    }
}

/// The entropy from which on a token is among the highest `fraction`.
fn entropy_bound(entropies: &[f32], fraction: f64) -> f32 {
    assert!(
        entropies.iter().all(|entropy| !entropy.is_nan()),
        "an entropy that is not a number"
    );
    let kept = (fraction * entropies.len() as f64).ceil() as usize;
    let Some(place) = kept.min(entropies.len()).checked_sub(1) else {
        return f32::NEG_INFINITY;
    };
    let mut scratch = entropies.to_vec();
    let (_, bound, _) = scratch.select_nth_unstable_by(place, |a, b| b.total_cmp(a));
    *bound
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weigh(
        weights: TokenWeights,
        answers: &[(usize, Option<f32>)],
        entropies: &[f32],
    ) -> Vec<f32> {
        let mut out = vec![f32::NAN; entropies.len()];
        weights.assign(answers, entropies, &mut out);
        out
    }

    #[test]
    fn by_default_every_token_weighs_one() {
        let answers = [(1, Some(1.0)), (0, None), (2, Some(0.0))];
        assert_eq!(
            weigh(TokenWeights::default(), &answers, &[0.0, 1.0, 2.0]),
            [1.0; 3]
        );
    }

    #[test]
    fn the_highest_entropies_are_taken_over_the_whole_batch() {
        let highest = |fraction| TokenWeights {
            tokens: TokenSelection::HighestEntropy { fraction },
            ..TokenWeights::default()
        };
        let (answers, entropies) = ([(2, None), (3, None)], [0.1, 2.0, 0.3, 0.2, 1.0]);
        assert_eq!(
            weigh(highest(0.2), &answers, &entropies),
            [0.0, 1.0, 0.0, 0.0, 0.0]
        );
        assert_eq!(
            weigh(highest(0.21), &answers, &entropies),
            [0.0, 1.0, 0.0, 0.0, 1.0]
        );
        assert_eq!(weigh(highest(1.0), &answers, &entropies), [1.0; 5]);
        assert_eq!(weigh(highest(0.2), &[(4, None)], &[0.5; 4]), [1.0; 4]);
        assert_eq!(weigh(highest(0.2), &[(0, None)], &[]), [0.0; 0]);
    }

    #[test]
    fn right_and_wrong_answers_weigh_as_told_and_others_one() {
        let weights = TokenWeights {
            right: 0.1,
            wrong: 2.0,
            ..TokenWeights::default()
        };
        let answers = [(1, Some(1.0)), (1, Some(0.0)), (1, None)];
        assert_eq!(weigh(weights, &answers, &[0.0; 3]), [0.1, 2.0, 1.0]);
    }

    #[test]
    fn settings_without_meaning_are_refused() {
        let all = TokenWeights::default();
        let selecting = |fraction| TokenWeights {
            tokens: TokenSelection::HighestEntropy { fraction },
            ..all
        };
        assert!(all.check().is_ok() && selecting(0.2).check().is_ok());
        assert!(selecting(0.0).check().is_err() && selecting(f64::NAN).check().is_err());
        assert!(TokenWeights { right: -1.0, ..all }.check().is_err());
    }

    #[test]
    fn every_prefix_weighs_one_in_all_and_without_the_setting_nothing_changes() {
        let answers: [(usize, &[u32]); 3] = [(0, &[5, 6, 7]), (0, &[5, 6]), (0, &[5, 8])];
        let mut weights = [1.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0];
        TokenWeights::default().divide_shared(&answers, &mut weights);
        assert_eq!(weights, [1.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0]);
        let divided = TokenWeights {
            divide_shared_prefixes: true,
            ..TokenWeights::default()
        };
        divided.divide_shared(&answers, &mut weights);
        let third = 1.0_f32 / 3.0;
        assert_eq!(weights, [third, 1.0, 1.0, third, 0.5, third, 1.0]);
    }
}
