//! Splitting an answer into steps.
//!
//! ```text
//! tokens   a  b  .\n\n  c  \n  \n  d  <eos>          a step ends at the token that completes
//! spans   [a  b  .\n\n][c  \n  \n][d  <eos>]         a blank line
//! marked   a  b  <+>    c  \n  <+> d  <+>            what a reward model reads
//! ```
//!
//! A step ends where its text ends in a blank line, and at the answer's last token, as in PURE (arXiv
//! 2504.15275). So every token belongs to exactly one step, and:
//!
//! | answer | steps |
//! | --- | --- |
//! | empty | none |
//! | without a blank line | one |
//! | ending in one, as it may when the length limit cut it | no empty step after it |
//! | with several separator tokens in a row | one step of one token for each but the first |
//!
//! The last token of every step is replaced by the marker at which the reward model was taught to judge.
//! (TRL's trainer of reward models puts one after each step. PURE replaces, so that positions stay.)
//!
//! Departures: in PURE only a token that ends in a blank line by itself ends a step. Some vocabularies
//! have no such token at most places (SmolLM2 writes the blank line before a letter as two newlines),
//! so in formats [made from a vocabulary](StepFormat::from_vocabulary) newlines of several tokens count
//! too. The verl branch counts a separator that is the last token as two steps; see
//! [`ClosingSeparator`].

use crate::answer::StepSpan;

/// How many steps end at a separator that is also the answer's last token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepFormat {
    /// The tokens after which a step may end, ascending.
    ends: Vec<(u32, End)>,
    marker: u32,
    closing: ClosingSeparator,
}

/// How the text of a token ends, where it ends in a newline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// In a blank line; or it is one of the separators that the format was made of.
    Separator,
    /// It is one newline and nothing else, which completes a blank line after another newline.
    Newline,
    /// In one newline after other text, which may begin a blank line.
    Line,
}

impl End {
    fn of(text: &str) -> Option<Self> {
        if text.ends_with("\n\n") {
            Some(Self::Separator)
        } else if text == "\n" {
            Some(Self::Newline)
        } else {
            text.ends_with('\n').then_some(Self::Line)
        }
    }
}

/// The newlines at the end of a text that is read token by token.
#[derive(Default)]
struct Newlines {
    /// Whether the text since the last step ends in one.
    has_one: bool,
}

impl Newlines {
    /// Reads a token, and tells whether it ends a step.
    fn read(&mut self, token: Option<End>) -> bool {
        let closes = match token {
            Some(End::Separator) => true,
            Some(End::Newline) => self.has_one,
            Some(End::Line) | None => false,
        };
        self.has_one = token.is_some() && !closes;
        closes
    }
}

impl StepFormat {
    /// The format of these separator tokens and this marker.
    pub fn new(separators: impl IntoIterator<Item = u32>, marker: u32) -> Self {
        let ends = separators.into_iter().map(|token| (token, End::Separator));
        Self::of(ends.collect(), marker)
    }

    /// The format of a vocabulary: a step ends at the token with which its text ends in a blank line.
    /// Newlines are counted within a step, so that one which ended a step is not part of the next
    /// blank line.
    ///
    /// This looks at every token once, when the tokenizer is loaded, and keeps those that end in a
    /// newline.
    pub fn from_vocabulary<'a>(
        vocabulary: impl IntoIterator<Item = (u32, &'a str)>,
        marker: u32,
    ) -> Self {
        let end = |(token, text)| Some((token, End::of(text)?));
        Self::of(vocabulary.into_iter().filter_map(end).collect(), marker)
    }

    fn of(mut ends: Vec<(u32, End)>, marker: u32) -> Self {
        ends.sort_unstable_by_key(|&(token, _)| token);
        ends.dedup_by_key(|&mut (token, _)| token);
        Self {
            ends,
            marker,
            closing: ClosingSeparator::Once,
        }
    }

    /// The same format with another count of closing separators.
    pub fn with_closing(self, closing: ClosingSeparator) -> Self {
        Self { closing, ..self }
    }

    /// The tokens that end a step wherever they stand, ascending.
    pub fn separators(&self) -> impl Iterator<Item = u32> {
        let separators = self.ends.iter().filter(|(_, end)| *end == End::Separator);
        separators.map(|(token, _)| *token)
    }

    /// The token that the reward model was taught to judge steps at.
    pub fn marker(&self) -> u32 {
        self.marker
    }

    /// The steps of an answer.
    pub fn split(&self, answer: &[u32]) -> Vec<StepSpan> {
        let mut spans = Vec::new();
        let mut start = 0;
        let mut text = Newlines::default();
        for (index, &token) in answer.iter().enumerate() {
            let end = index + 1;
            if text.read(self.end(token)) {
                spans.push(StepSpan { start, end });
                start = end;
            }
        }
        let length = answer.len();
        let closed = length > 0 && start == length;
        if start < length || (closed && self.closing == ClosingSeparator::Twice) {
            spans.push(StepSpan { start, end: length });
        }
        spans
    }

    /// Whether an answer, or the part of one that follows a whole step, ends with the text of a step's end.
    pub fn closes(&self, answer: &[u32]) -> bool {
        let last = answer.last().and_then(|&token| self.end(token));
        let mut text = Newlines::default();
        last.is_some()
            && answer
                .iter()
                .fold(false, |_, &token| text.read(self.end(token)))
    }

    /// Puts the marker in the place of the last token of each step, where the reward model reads it.
    ///
    /// # Panics
    ///
    /// If a step ends outside the answer.
    pub fn mark(&self, answer: &mut [u32], steps: &[StepSpan]) {
        for step in steps {
            answer[step.last()] = self.marker;
        }
    }

    fn end(&self, token: u32) -> Option<End> {
        let place = self.ends.binary_search_by_key(&token, |&(token, _)| token);
        place.ok().map(|place| self.ends[place].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEPARATOR: u32 = 9;

    fn ends_in(format: &StepFormat, answer: &[u32]) -> Vec<usize> {
        let steps = format.split(answer);
        steps.into_iter().map(StepSpan::last).collect()
    }

    fn ends(answer: &[u32]) -> Vec<usize> {
        ends_in(&StepFormat::new([SEPARATOR], 1), answer)
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
            (5, "\n\n"),
            (0, "a"),
            (1, ".\n\n"),
            (2, "\n"),
            (3, "\n\n\n"),
            (4, "\n\n "),
        ];
        let format = StepFormat::from_vocabulary(vocabulary, 7);
        assert_eq!(format.separators().collect::<Vec<_>>(), [1, 3, 5]);
    }

    #[test]
    fn the_end_of_every_step_becomes_the_marker_and_nothing_moves() {
        let format = StepFormat::new([9], 1).with_closing(ClosingSeparator::Twice);
        for (answer, marked) in [
            (vec![5, 9, 9, 6, 2], vec![5, 1, 1, 6, 1]),
            (vec![5, 9], vec![5, 1]),
            (vec![], vec![]),
        ] {
            let mut read = answer.clone();
            format.mark(&mut read, &format.split(&answer));
            assert_eq!(read, marked);
        }
    }

    const PIECES: [&str; 10] = [
        ".", "\n", "The", ".\n", "\n\n", "\n\n\n", " ", "\n\n ", ".\n\n", "\r\n",
    ];

    /// The format of the pieces, numbered in their order.
    fn of_pieces() -> StepFormat {
        StepFormat::from_vocabulary((0..).zip(PIECES), 99)
    }

    fn numbers(pieces: &[&str]) -> Vec<u32> {
        let number = |piece| PIECES.iter().position(|p| p == piece).unwrap() as u32;
        pieces.iter().map(number).collect()
    }

    #[test]
    fn a_blank_line_of_several_tokens_ends_a_step() {
        for (pieces, expected) in [
            (&[".", "\n", "\n", "The"][..], &[2, 3][..]),
            (&[".\n", "\n"], &[1]),
            (&["\n\n"], &[0]),
            (&["\n\n\n"], &[0]),
            (&["\n", " ", "\n"], &[2]),
            (&["\n\n "], &[0]),
            (&[".\n", "The", "\n", "\n", "."], &[3, 4]),
            (&[".\n\n", "The", ".", "\n", "\n"], &[0, 4]),
            // What ends in a newline after something else begins a blank line, and completes none.
            (&["\n", "\r\n", "The"], &[2]),
            (&["\r\n", "\n", "The"], &[1, 2]),
            (&["\n", ".\n", "\n", "The"], &[2, 3]),
            // A piece that ends in a blank line ends a step whatever is before it.
            (&[".", "\n", "\n\n", "The"], &[2, 3]),
            // Cut in the middle of one.
            (&[".", "\n", "\n", "The", "\n"], &[2, 4]),
        ] {
            let found = ends_in(&of_pieces(), &numbers(pieces));
            assert_eq!(found, expected, "{pieces:?}");
        }
    }

    #[test]
    fn an_answer_is_closed_by_the_end_of_a_step_and_not_by_its_own() {
        for (pieces, expected) in [
            (&[][..], false),
            (&["The"], false),
            (&["The", "\n"], false),
            (&["The", "\n", "\n"], true),
            (&["The", ".\n", "\n"], true),
            (&[".\n\n"], true),
            (&[".\n\n", "\n"], false),
            (&[".\n\n", "The"], false),
            (&["\n", "\n", "\n"], false),
            (&["\n", "\n", "\n", "\n"], true),
        ] {
            let found = of_pieces().closes(&numbers(pieces));
            assert_eq!(found, expected, "{pieces:?}");
        }
    }

    #[test]
    fn newlines_are_counted_anew_after_a_step() {
        for (pieces, expected) in [
            (&["\n", "\n", "\n", "The"][..], &[1, 3][..]),
            (&["\n", "\n", "\n", "\n"], &[1, 3]),
            (&["\n\n", "\n", "The"], &[0, 2]),
            (&["\n\n", "\n", "\n", "The"], &[0, 2, 3]),
        ] {
            let found = ends_in(&of_pieces(), &numbers(pieces));
            assert_eq!(found, expected, "{pieces:?}");
        }
    }

    #[test]
    fn a_closing_blank_line_of_several_tokens_is_counted_twice_too() {
        let format = of_pieces().with_closing(ClosingSeparator::Twice);
        let spans = format.split(&numbers(&["The", "\n", "\n"]));
        let [whole, empty] = [StepSpan { start: 0, end: 3 }, StepSpan { start: 3, end: 3 }];
        assert_eq!(spans, [whole, empty]);
        let mut read = numbers(&["The", "\n", "\n"]);
        format.mark(&mut read, &spans);
        assert_eq!(read, [2, 1, 99]);
        // A newline alone closes nothing.
        assert_eq!(format.split(&numbers(&["The", "\n"])).len(), 1);
    }
}
