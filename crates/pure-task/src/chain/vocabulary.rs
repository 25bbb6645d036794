//! The closed vocabulary of the task: every text of it is a sequence of these tokens.

use super::level::Level;
use super::prompt::parse_number;

/// The token that ends a text.
pub const END_TOKEN: &str = "<|endoftext|>";
/// The token that fills short rows.
pub const PAD_TOKEN: &str = "<|pad|>";
/// The token at which a reward model judges a step.
pub const MARKER: &str = "\n";

/// Every token that has a text, longer before shorter ones that begin alike.
const WORDS: [&str; 13] = [
    "\n\n", MARKER, "+", "-", "*", "(", ")", "=", "now ", "mod ", ": ", "\\boxed{", "}",
];

/// The same as a regular expression, numbers included.
pub(super) const PATTERN: &str = r"\n\n|\n|[-+*()=]|now |mod |: |\\boxed\{|\}|[1-9][0-9]|[0-9]";

/// Every token, by its id. One vocabulary serves all levels.
pub fn vocabulary() -> Vec<String> {
    let special = [END_TOKEN, PAD_TOKEN].into_iter();
    let words = special.chain(WORDS).map(str::to_owned);
    let numbers = (0..Level::LARGEST_MODULUS).map(|number| number.to_string());
    words.chain(numbers).collect()
}

/// A text as the tokens it is made of. A character that no token begins with stands for itself.
pub(super) fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = WORDS.iter().find(|word| rest.starts_with(**word));
        let is_number = |length: &usize| rest.get(..*length).and_then(parse_number).is_some();
        let length = word.map(|word| word.len());
        let length = length.or_else(|| [2, 1].into_iter().find(is_number));
        let length = length.unwrap_or(first.len_utf8());
        let (piece, after) = rest.split_at(length);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_is_one_piece() {
        let words = vocabulary();
        for word in &words[2..] {
            assert_eq!(pieces(word), [word]);
        }
        let mut distinct = words.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), words.len());
    }

    #[test]
    fn a_text_is_cut_into_tokens() {
        let text = "mod 97: 12+3=15\n\nnow 15\n\n\\boxed{15}";
        let expected = [
            "mod ", "97", ": ", "12", "+", "3", "=", "15", "\n\n", "now ", "15", "\n\n",
            "\\boxed{", "15", "}",
        ];
        assert_eq!(pieces(text), expected);
        assert_eq!(pieces("\n\n\n"), ["\n\n", "\n"]);
        assert_eq!(pieces("100 é07"), ["10", "0", " ", "é", "0", "7"]);
    }
}
