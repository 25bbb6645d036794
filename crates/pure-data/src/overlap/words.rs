//! Texts as words, and what two of them have in common.

use std::collections::HashMap;

/// Words in a row that two texts must share, if neither is short.
pub(super) const LONG: usize = 13;
/// The same for a short text; a text of fewer words is shared as a whole.
pub(super) const SHORT: usize = 8;

/// A word that no known text holds.
const UNKNOWN: u32 = u32::MAX;

/// The words of known texts, by numbers.
#[derive(Debug, Default)]
pub(super) struct Vocabulary(HashMap<String, u32>);

impl Vocabulary {
    /// The words of a text, which are known from now on.
    pub(super) fn add(&mut self, text: &str) -> Vec<u32> {
        let number = |word| {
            let next = u32::try_from(self.0.len()).expect("there are not so many words");
            *self.0.entry(word).or_insert(next)
        };
        words(text).map(number).collect()
    }

    /// The words of a text, as far as they are known.
    pub(super) fn read(&self, text: &str) -> Vec<u32> {
        let number = |word| self.0.get(&word).copied().unwrap_or(UNKNOWN);
        words(text).map(number).collect()
    }
}

/// The words of a text, in lower case.
fn words(text: &str) -> impl Iterator<Item = String> {
    let parts = text.split(|c: char| !c.is_alphanumeric());
    parts.filter(|part| !part.is_empty()).map(str::to_lowercase)
}

/// The length of the longest common subsequence.
pub(super) fn common(a: &[u32], b: &[u32]) -> usize {
    let mut best = vec![0; b.len() + 1];
    for word in a {
        let mut before = 0;
        for (place, other) in b.iter().enumerate() {
            let above = best[place + 1];
            best[place + 1] = match word == other {
                true => before + 1,
                false => above.max(best[place]),
            };
            before = above;
        }
    }
    best[b.len()]
}

#[cfg(test)]
mod tests {
    use super::common;

    #[test]
    fn the_longest_common_subsequence_is_as_counted_by_hand() {
        for (a, b, expected) in [
            (&[1, 2, 3, 4][..], &[2, 4][..], 2),
            (&[1, 2, 3, 4], &[4, 3, 2, 1], 1),
            // a b c b d a b, b d c a b a: bcba.
            (&[1, 2, 3, 2, 4, 1, 2], &[2, 4, 3, 1, 2, 1], 4),
            (&[], &[1], 0),
            (&[5, 5, 5], &[5], 1),
        ] {
            assert_eq!(common(a, b), expected);
            assert_eq!(common(b, a), expected);
        }
    }
}
