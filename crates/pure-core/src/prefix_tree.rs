//! How many answers of a group begin with the same tokens up to each token: λ-GRPO.
//!
//! ```text
//! weight of token l of answer i = 1 / |{ j in the group of i : y_{j, 0..=l} = y_{i, 0..=l} }|
//! ```
//!
//! `y_i` the tokens of answer `i`. "GRPO is Secretly a Process Reward Model", arXiv 2509.21154: answers of
//! a group share prefixes, and what GRPO teaches at a shared token is the mean of the advantages of those
//! that share it, a process reward for the step that they have in common; but it counts as often as there
//! are answers that share it. Divided by their number, each node of the tree of prefixes counts once.
//!
//! The tree is walked once, in time linear in the tokens.
//!
//! Departures: none known; the divided weight multiplies the policy term of the loss alone, not a KL or
//! entropy term beside it.

use std::collections::HashMap;

/// A prefix, by its number, and the token after it; a group before its first token.
#[derive(PartialEq, Eq, Hash)]
enum Branch {
    First(usize, u32),
    After(usize, u32),
}

/// The number of answers that share each token's prefix, itself included, answer after answer; `answers`
/// are pairs of group and tokens.
pub(crate) fn sharing(answers: &[(usize, &[u32])]) -> Vec<usize> {
    let mut nodes = HashMap::new();
    let mut counts: Vec<usize> = Vec::new();
    let mut path = Vec::new();
    for (group, tokens) in answers {
        let mut before = None;
        for &token in *tokens {
            let branch = match before {
                None => Branch::First(*group, token),
                Some(before) => Branch::After(before, token),
            };
            let node = *nodes.entry(branch).or_insert_with(|| {
                counts.push(0);
                counts.len() - 1
            });
            counts[node] += 1;
            path.push(node);
            before = Some(node);
        }
    }
    path.into_iter().map(|node| counts[node]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_shared_as_long_as_everything_before_it_is() {
        // 5 is shared by three, 5 6 by two; the last 7 stands after another prefix than the other.
        let answers: [(usize, &[u32]); 4] = [
            (0, &[5, 6, 7]),
            (0, &[5, 6, 8, 7]),
            (0, &[5, 9]),
            (0, &[6, 7]),
        ];
        assert_eq!(sharing(&answers), [3, 2, 1, 3, 2, 1, 1, 3, 1, 1, 1]);
    }

    #[test]
    fn other_groups_share_nothing_and_equal_answers_everything() {
        let answers: [(usize, &[u32]); 4] = [(0, &[5, 6]), (1, &[5, 6]), (0, &[]), (0, &[5, 6])];
        assert_eq!(sharing(&answers), [2, 2, 1, 1, 2, 2]);
    }
}
