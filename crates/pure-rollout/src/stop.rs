//! Ends an answer at certain words, wherever the borders of its tokens fall.

use std::sync::Arc;

use pure_model::Tokenizer;

use crate::StopRule;

/// Ends an answer as soon as its text holds one of some strings.
#[derive(Debug, Clone)]
pub struct StopStrings {
    tokenizer: Arc<Tokenizer>,
    strings: Vec<String>,
    longest: usize,
}

impl StopStrings {
    /// A rule for strings; empty ones are left out, as every text holds them.
    pub fn new(tokenizer: Arc<Tokenizer>, strings: impl IntoIterator<Item = String>) -> Self {
        let strings: Vec<String> = strings.into_iter().filter(|s| !s.is_empty()).collect();
        let longest = strings.iter().map(String::len).max().unwrap_or(0);
        Self {
            tokenizer,
            strings,
            longest,
        }
    }
}

impl StopRule for StopStrings {
    /// Reads no more tokens from the end than may hold a string that the last one completes.
    fn stops(&self, answer: &[u32]) -> bool {
        let Some((last, _)) = answer.split_last() else {
            return false;
        };
        let needed = self.longest + self.tokenizer.decode(&[*last], false).len();
        let mut count = self.longest.min(answer.len());
        loop {
            let text = self
                .tokenizer
                .decode(&answer[answer.len() - count..], false);
            if count == answer.len() || text.len() >= needed {
                return self.strings.iter().any(|s| text.contains(s));
            }
            count = (2 * count).clamp(1, answer.len());
        }
    }

    /// The text in front of the first of the strings.
    fn before<'a>(&self, text: &'a str) -> &'a str {
        let first = self.strings.iter().filter_map(|s| text.find(s)).min();
        &text[..first.unwrap_or(text.len())]
    }
}
