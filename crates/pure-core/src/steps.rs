//! Splitting an answer into steps.
//!
//! ```text
//! tokens   a  b  .\n\n  c  \n\n  d  <eos>          separators: every token whose text
//! spans   [a  b  .\n\n][c  \n\n][d  <eos>]         ends in a blank line
//! ```
//!
//! A step ends at a separator token and at the answer's last token, as in PURE (arXiv 2504.15275). So
//! every token belongs to exactly one step, and:
//!
//! | answer | steps |
//! | --- | --- |
//! | empty | none |
//! | without a separator | one |
//! | ending in a separator, as one cut at the length limit may | no empty step after it |
//! | with several separators in a row | one step of one token for each but the first |
//!
//! Departures: the verl branch of the reference counts a separator that is the last token as two
//! steps; see [`ClosingSeparator`].

use serde::{Deserialize, Serialize};

use crate::step_span::StepSpan;

/// How many steps end at a separator that is also the answer's last token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClosingSeparator {
    /// One.
    #[default]
    Once,
    /// Two, the second without tokens: the verl branch of the reference, whose number of steps is
    /// then one too high. Rewards do not notice: an empty step is left out of all credit. (Where the
    /// padding leaves room, the branch also appends a second marker to the reward model's input, after
    /// the one that is read. That is not copied.)
    Twice,
}

/// Which tokens end a step, and what stands in their place when the reward model reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepFormat {
    separators: Vec<u32>,
    marker: u32,
    #[serde(default)]
    closing: ClosingSeparator,
}

impl StepFormat {
    /// The format of these separator tokens and this marker.
    pub fn new(separators: impl IntoIterator<Item = u32>, marker: u32) -> Self {
        let mut separators: Vec<u32> = separators.into_iter().collect();
        separators.sort_unstable();
        separators.dedup();
        Self {
            separators,
            marker,
            closing: ClosingSeparator::default(),
        }
    }

    /// The format of a vocabulary: its separators are all tokens whose text ends in a blank line.
    /// Done once, when the tokenizer is loaded.
    pub fn from_vocabulary<'a>(
        vocabulary: impl IntoIterator<Item = (u32, &'a str)>,
        marker: u32,
    ) -> Self {
        let separators = vocabulary
            .into_iter()
            .filter(|(_, text)| text.ends_with("\n\n"));
        Self::new(separators.map(|(token, _)| token), marker)
    }

    /// The same format with another count of closing separators.
    pub fn with_closing(self, closing: ClosingSeparator) -> Self {
        Self { closing, ..self }
    }

    /// The tokens that end a step, in ascending order.
    pub fn separators(&self) -> &[u32] {
        &self.separators
    }

    /// The token that the reward model was taught to judge steps at.
    pub fn marker(&self) -> u32 {
        self.marker
    }

    /// Whether a token ends a step wherever it stands.
    pub fn is_separator(&self, token: u32) -> bool {
        self.separators.binary_search(&token).is_ok()
    }

    /// The steps of a response.
    pub fn split(&self, response: &[u32]) -> Vec<StepSpan> {
        let mut spans = Vec::new();
        let mut start = 0;
        for (index, &token) in response.iter().enumerate() {
            let end = index + 1;
            if self.is_separator(token) {
                spans.push(StepSpan { start, end });
                start = end;
            }
        }
        let length = response.len();
        let closed = length > 0 && start == length;
        if start < length || (closed && self.closing == ClosingSeparator::Twice) {
            spans.push(StepSpan { start, end: length });
        }
        spans
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEPARATOR: u32 = 9;

    fn ends(response: &[u32]) -> Vec<usize> {
        let format = StepFormat::new([SEPARATOR], 1);
        format
            .split(response)
            .into_iter()
            .map(StepSpan::last)
            .collect()
    }

    #[test]
    fn an_empty_answer_has_no_steps() {
        assert_eq!(ends(&[]), [0; 0]);
    }

    #[test]
    fn an_answer_without_separator_is_one_step() {
        assert_eq!(ends(&[5, 6, 7]), [2]);
        assert_eq!(ends(&[5]), [0]);
    }

    #[test]
    fn a_separator_at_the_end_closes_the_last_step() {
        assert_eq!(ends(&[5, 9, 6, 9]), [1, 3]);
        assert_eq!(ends(&[9]), [0]);
    }

    #[test]
    fn the_reference_counts_a_closing_separator_twice() {
        let format = StepFormat::new([SEPARATOR], 1).with_closing(ClosingSeparator::Twice);
        let spans = format.split(&[5, 9, 6, 9]);
        assert_eq!(spans.len(), 3);
        assert_eq!(spans[2], StepSpan { start: 4, end: 4 });
        assert_eq!(spans[2].last(), 3);
        assert!(format.split(&[]).is_empty());
    }

    #[test]
    fn separators_in_a_row_are_steps_of_one_token() {
        assert_eq!(ends(&[9, 9, 5, 9, 9, 6]), [0, 1, 3, 4, 5]);
    }

    #[test]
    fn separators_of_a_vocabulary_end_in_a_blank_line() {
        let vocabulary = [
            (0, "a"),
            (1, ".\n\n"),
            (2, "\n"),
            (3, "\n\n\n"),
            (4, "\n\n "),
            (5, "\n\n"),
        ];
        assert_eq!(
            StepFormat::from_vocabulary(vocabulary, 7).separators(),
            [1, 3, 5]
        );
    }
}
