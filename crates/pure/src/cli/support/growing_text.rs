//! An answer as a person reads it while it is sampled.

use std::io::{IsTerminal, stdout};

use pure::model::Tokenizer;
use pure::rollout::StopStrings;

use super::output::{harmless, print};

/// What has been shown of an answer. A terminal is shown nothing that it would obey.
pub struct GrowingText<'a> {
    tokenizer: &'a Tokenizer,
    /// Whether the end of the text may still be taken back: then it is shown when it is whole.
    waits: bool,
    is_terminal: bool,
    /// Bytes of the text that were shown.
    shown: usize,
}

impl<'a> GrowingText<'a> {
    pub fn new(tokenizer: &'a Tokenizer, stop: Option<&StopStrings>) -> Self {
        Self {
            tokenizer,
            waits: stop.is_some(),
            is_terminal: stdout().is_terminal(),
            shown: 0,
        }
    }

    /// Shows what is new of an answer that grows.
    pub fn show(&mut self, answer: &[u32]) -> miette::Result<()> {
        let new = self.grown(answer);
        self.print(&new)
    }

    /// Shows the rest of an answer that is whole, and ends its line.
    pub fn end(mut self, text: &str) -> miette::Result<()> {
        let rest = self.new_in(text, text.len());
        self.print(rest)?;
        print("\n")
    }

    /// What is new of an answer that grows. A character may take several tokens; until the last of them is there its
    /// place is held.
    fn grown(&mut self, answer: &[u32]) -> String {
        if self.waits {
            return String::new();
        }
        let text = self.tokenizer.decode(answer, true);
        let ready = text.trim_end_matches(char::REPLACEMENT_CHARACTER).len();
        self.new_in(&text, ready).to_owned()
    }

    /// The part of a text up to a byte that was not shown before.
    fn new_in<'t>(&mut self, text: &'t str, end: usize) -> &'t str {
        let new = text.get(self.shown..end).unwrap_or_default();
        self.shown = self.shown.max(end);
        new
    }

    fn print(&self, text: &str) -> miette::Result<()> {
        match self.is_terminal {
            true => print(harmless(text)),
            false => print(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_of_several_tokens_is_shown_when_it_is_whole() {
        let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/tokenizer");
        let tokenizer = Tokenizer::load(golden).unwrap();
        let text = "na\u{ef}ve \u{6f22}\u{5b57} \u{1f600}, 1 + 1 = 2\n";
        let tokens = tokenizer.encode(text, false).unwrap();
        let halves = (1..tokens.len()).filter(|&end| {
            let part = tokenizer.decode(&tokens[..end], true);
            part.ends_with(char::REPLACEMENT_CHARACTER)
        });
        assert!(halves.count() > 3, "characters that fall apart");
        let mut growing = GrowingText::new(&tokenizer, None);
        let mut shown = String::new();
        for end in 1..=tokens.len() {
            shown += &growing.grown(&tokens[..end]);
            assert!(text.starts_with(&shown), "{shown:?}");
        }
        assert_eq!(shown, text);
        assert_eq!(growing.new_in(text, text.len()), "");
    }

    #[test]
    fn what_never_becomes_a_character_is_shown_at_the_end() {
        let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/tokenizer");
        let tokenizer = Tokenizer::load(golden).unwrap();
        let mut tokens = tokenizer.encode("ab\u{1f600}", false).unwrap();
        tokens.pop();
        let mut growing = GrowingText::new(&tokenizer, None);
        assert_eq!(growing.grown(&tokens), "ab");
        let whole = tokenizer.decode(&tokens, true);
        assert_eq!(growing.new_in(&whole, whole.len()), &whole[2..]);
    }
}
