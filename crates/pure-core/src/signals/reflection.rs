//! Words of reflection: an answer that goes back over itself.
//!
//! **Reflection words**: how often the lower-cased text says one of
//!
//! ```text
//! wait,   recheck (followed by a comma or a blank)   retry   try again   alternatively,   however,
//! let's check   let's verify
//! ```
//!
//! The comma keeps "wait for the bus" and "however large" apart from a change of mind. Counted without
//! overlap, each phrase by itself. PURE watches them because hacked models reflect without solving.

/// The phrases, and what must follow each.
const PHRASES: [(&str, &[char]); 8] = [
    ("wait,", &[]),
    ("recheck", &[',', ' ', '\n', '\t', '\r']),
    ("retry", &[]),
    ("try again", &[]),
    ("alternatively,", &[]),
    ("however,", &[]),
    ("let's check", &[]),
    ("let's verify", &[]),
];

/// The number of words of reflection in a text.
pub fn reflection_words(text: &str) -> usize {
    let text = text.to_lowercase();
    let count = |(phrase, followers): &(&str, &[char])| {
        let ends = text
            .match_indices(phrase)
            .map(|(start, _)| &text[start + phrase.len()..]);
        ends.filter(|rest| followers.is_empty() || rest.starts_with(*followers))
            .count()
    };
    PHRASES.iter().map(count).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_mind_are_counted_and_plain_uses_are_not() {
        assert_eq!(
            reflection_words("Wait, that is wrong. However, 3 fits. Let's check it."),
            3
        );
        assert_eq!(
            reflection_words("However large n is, we wait for it; rechecking is easy."),
            0
        );
        assert_eq!(reflection_words(""), 0);
    }
}
