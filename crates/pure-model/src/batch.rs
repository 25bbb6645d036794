//! Sequences in batches: rows of one width, padded or packed.
//!
//! ```text
//! padded     p p p a a .        packed     p p p a a q q b     each sequence for itself:
//!            q q b . . .                   r r r r b b . .     none sees another
//! ```
//!
//! How sequences are laid out changes no loss and no score, but for rounding, only what they cost: pads
//! are computed too, and attention grows with the square of a row. Sequences of like length stand
//! together, and a batch has no more tokens, pads included, than it may, unless one sequence alone has.
//! There are as few batches as that allows, of about one size, since they are computed side by side.

use std::cmp::Reverse;

use burn::tensor::{Device, Int, Tensor};

use crate::{Decoder, Positions, Sequence};

/// How sequences become batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batching {
    /// Tokens of a batch at most, pads included.
    pub batch_tokens: usize,
    /// Tokens of a row that sequences are packed into; `None` gives each a row to itself.
    pub packed: Option<usize>,
}

impl Batching {
    /// The batches. The same sequences in the same order give the same batches. Sequences that nothing
    /// is asked of are in none.
    pub fn batches<T: Clone>(&self, sequences: &[&Sequence<T>]) -> Vec<Batch<T>> {
        let mut rows = self.rows(sequences);
        rows.sort_by_key(|row| Reverse(width(row)));
        let mut rest = rows.as_slice();
        let batch = |size| {
            let (rows, others) = rest.split_at(size);
            rest = others;
            Batch::of_rows(rows)
        };
        self.sizes(&rows).into_iter().map(batch).collect()
    }

    /// Rows of each batch, of rows that grow narrower.
    fn sizes<T>(&self, rows: &[Vec<&Sequence<T>>]) -> Vec<usize> {
        let widths: Vec<usize> = rows.iter().map(|row| width(row)).collect();
        let sizes = |most: usize| {
            let (mut sizes, mut rest) = (Vec::new(), widths.as_slice());
            while let Some(widest) = rest.first() {
                let size = (most / (*widest).max(1)).clamp(1, rest.len());
                sizes.push(size);
                rest = &rest[size..];
            }
            sizes
        };
        let fewest = sizes(self.batch_tokens).len();
        // The least tokens of which as few batches can be made.
        let (mut least, mut most) = (0, self.batch_tokens);
        while least < most {
            let middle = least + (most - least) / 2;
            if sizes(middle).len() > fewest {
                least = middle + 1;
            } else {
                most = middle;
            }
        }
        sizes(most)
    }

    /// One sequence a row, or the longest first into the first row that has room.
    fn rows<'a, T>(&self, sequences: &[&'a Sequence<T>]) -> Vec<Vec<&'a Sequence<T>>> {
        let asked = sequences.iter().copied();
        let asked = asked.filter(|sequence| !sequence.targets.is_empty());
        let Some(room) = self.packed else {
            return asked.map(|sequence| vec![sequence]).collect();
        };
        let mut longest_first: Vec<_> = asked.collect();
        longest_first.sort_by_key(|sequence| Reverse(sequence.tokens.len()));
        let mut rows: Vec<Vec<&Sequence<T>>> = Vec::new();
        for sequence in longest_first {
            let row = rows
                .iter_mut()
                .find(|row| width(row) + sequence.tokens.len() <= room);
            match row {
                Some(row) => row.push(sequence),
                None => rows.push(vec![sequence]),
            }
        }
        rows
    }
}

fn width<T>(row: &[&Sequence<T>]) -> usize {
    row.iter().map(|sequence| sequence.tokens.len()).sum()
}

/// Rows of sequences, and all their targets.
#[derive(Debug, Clone)]
pub struct Batch<T> {
    /// `[rows, width]`, pads as token 0.
    tokens: Vec<i32>,
    rows: usize,
    positions: Positions,
    /// Where the targets stand among the tokens of all rows.
    places: Vec<i32>,
    /// What is asked, row after row, each sequence's in its order.
    pub targets: Vec<T>,
}

impl<T> Batch<T> {
    /// One row for each sequence, in their order, padded on the right.
    pub fn padded(sequences: &[&Sequence<T>]) -> Self
    where
        T: Clone,
    {
        let rows: Vec<_> = sequences.iter().map(|sequence| vec![*sequence]).collect();
        Self::of_rows(&rows)
    }

    fn of_rows(rows: &[Vec<&Sequence<T>>]) -> Self
    where
        T: Clone,
    {
        let lengths = |row: &Vec<&Sequence<T>>| -> Vec<usize> {
            row.iter().map(|sequence| sequence.read().len()).collect()
        };
        let lengths: Vec<Vec<usize>> = rows.iter().map(lengths).collect();
        let widths = lengths.iter().map(|row| row.iter().sum());
        let width = widths.max().unwrap_or(0);
        let mut tokens = vec![0; rows.len() * width];
        let (mut places, mut targets) = (Vec::new(), Vec::new());
        for (number, row) in rows.iter().enumerate() {
            let mut start = number * width;
            for sequence in row {
                let read = sequence.read();
                for (to, &token) in tokens[start..].iter_mut().zip(read) {
                    *to = token as i32;
                }
                for (position, target) in &sequence.targets {
                    places.push((start + position) as i32);
                    targets.push(target.clone());
                }
                start += read.len();
            }
        }
        // Pads at the end are seen by nobody: a row of one sequence needs no more than a count.
        let positions = if rows.iter().all(|row| row.len() == 1) {
            Positions::sequential(0, width)
        } else {
            Positions::packed(&lengths, width)
        };
        Self {
            tokens,
            rows: rows.len(),
            positions,
            places,
            targets,
        }
    }

    /// A decoder's hidden states of the rows, `[rows, width, hidden]`.
    pub fn hidden(&self, decoder: &Decoder) -> Tensor<3> {
        decoder.forward(self.tokens(&decoder.device()), self.positions())
    }

    /// The rows, `[rows, width]`.
    pub fn tokens(&self, device: &Device) -> Tensor<2, Int> {
        let width = self.tokens.len() / self.rows.max(1);
        Tensor::<1, Int>::from_ints(self.tokens.as_slice(), device).reshape([self.rows, width])
    }

    /// Where the tokens stand in their sequences.
    pub fn positions(&self) -> &Positions {
        &self.positions
    }

    /// Of hidden states `[rows, width, hidden]` those at the targets, `[targets, hidden]`, in the order
    /// of [`targets`](Self::targets).
    pub fn hidden_at_targets(&self, hidden: Tensor<3>) -> Tensor<2> {
        let places = Tensor::<1, Int>::from_ints(self.places.as_slice(), &hidden.device());
        hidden.flatten::<2>(0, 1).select(0, places)
    }
}

/// Batches are filled from this many times their tokens, so that like lengths come together.
const WINDOW: usize = 8;

/// Cuts a stream into windows, each worth eight batches of tokens: enough for full batches of like
/// lengths, and few enough to hold. What is made of a window is given back in its order.
///
/// `tokens` counts those of an item. Items without any, such as lines that cannot be read, only wait
/// for the others: there are never more items in a window than tokens in eight batches.
pub fn windows<I: Iterator>(
    items: I,
    batch_tokens: usize,
    tokens: impl Fn(&I::Item) -> usize,
) -> impl Iterator<Item = Vec<I::Item>> {
    let enough = batch_tokens.saturating_mul(WINDOW).max(1);
    let mut items = items.fuse();
    std::iter::from_fn(move || {
        let (mut window, mut found) = (Vec::new(), 0_usize);
        while found < enough && window.len() < enough {
            let Some(item) = items.next() else { break };
            found = found.saturating_add(tokens(&item));
            window.push(item);
        }
        (!window.is_empty()).then_some(window)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sequences(lengths: &[usize]) -> Vec<Sequence<u32>> {
        let sequence = |(number, &length): (usize, &usize)| Sequence {
            tokens: vec![number as u32 + 1; length],
            targets: vec![(length - 1, number as u32)],
        };
        lengths.iter().enumerate().map(sequence).collect()
    }

    fn batches(lengths: &[usize], batching: Batching) -> Vec<Batch<u32>> {
        let sequences = sequences(lengths);
        batching.batches(&sequences.iter().collect::<Vec<_>>())
    }

    #[test]
    fn sequences_of_like_length_share_a_batch_and_no_batch_is_too_large() {
        let batching = Batching {
            batch_tokens: 18,
            packed: None,
        };
        let batches = batches(&[3, 9, 4, 8, 1], batching);
        let targets: Vec<&[u32]> = batches
            .iter()
            .map(|batch| batch.targets.as_slice())
            .collect();
        assert_eq!(targets, [&[1, 3][..], &[2, 0, 4]]);
        assert!(batches.iter().all(|batch| batch.tokens.len() <= 18));
    }

    #[test]
    fn batches_are_as_few_as_they_may_be_and_then_of_one_size() {
        let batching = Batching {
            batch_tokens: 200,
            packed: None,
        };
        let sizes = |lengths: &[usize]| -> Vec<usize> {
            let batches = batches(lengths, batching);
            batches.iter().map(|batch| batch.tokens.len()).collect()
        };
        assert_eq!(sizes(&[10; 30]), [150, 150]);
        assert_eq!(sizes(&[10; 20]), [200]);
        assert_eq!(sizes(&[300, 10, 10]), [300, 20]);
        assert_eq!(sizes(&[10; 45]), [150, 150, 150]);
    }

    #[test]
    fn a_sequence_that_is_too_long_has_a_batch_to_itself() {
        let batching = Batching {
            batch_tokens: 10,
            packed: None,
        };
        assert_eq!(batches(&[50, 2], batching).len(), 2);
    }

    #[test]
    fn targets_of_packed_rows_stand_at_the_right_tokens() {
        let batching = Batching {
            batch_tokens: 100,
            packed: Some(8),
        };
        let batches = batches(&[3, 5, 4, 2], batching);
        assert_eq!(batches.len(), 1);
        let batch = &batches[0];
        // 5 + 3 and 4 + 2.
        assert_eq!((batch.rows, batch.tokens.len()), (2, 16));
        for (place, target) in batch.places.iter().zip(&batch.targets) {
            assert_eq!(batch.tokens[*place as usize], *target as i32 + 1);
        }
    }

    #[test]
    fn nothing_is_read_behind_the_last_target() {
        let mut sequences = sequences(&[9, 4]);
        sequences[0].targets = vec![(2, 0), (1, 5)];
        let batch = Batch::padded(&sequences.iter().collect::<Vec<_>>());
        assert_eq!(batch.tokens, [1, 1, 1, 0, 2, 2, 2, 2]);
        assert_eq!(
            (batch.places, batch.targets),
            (vec![2, 1, 7], vec![0, 5, 1])
        );
        sequences[0].targets.clear();
        let batching = Batching {
            batch_tokens: 100,
            packed: Some(100),
        };
        let batches = batching.batches(&sequences.iter().collect::<Vec<_>>());
        assert_eq!(batches.len(), 1);
        assert_eq!(batches[0].tokens, [2; 4]);
    }

    #[test]
    fn every_token_of_a_response_is_predicted_by_the_one_before_it() {
        let sequence = Sequence::predicting(&[7, 8], &[9, 10], |place, token| (place, token));
        assert_eq!(sequence.tokens, [7, 8, 9]);
        assert_eq!(sequence.read(), [7, 8, 9]);
        assert_eq!(sequence.targets, [(1, (0, 9)), (2, (1, 10))]);
        assert_eq!(Sequence::predicting(&[7], &[], |_, _| ()).read(), [0; 0]);
    }

    #[test]
    fn windows_hold_eight_batches_and_keep_the_order() {
        let items = (1..=100).collect::<Vec<usize>>();
        let cut: Vec<Vec<usize>> = windows(items.iter().copied(), 10, |item| *item).collect();
        assert_eq!(cut.concat(), items);
        let (last, full) = cut.split_last().unwrap();
        assert!(!last.is_empty());
        for window in full {
            let before: usize = window[..window.len() - 1].iter().sum();
            assert!(before < 80 && before + window.last().unwrap() >= 80);
        }
    }

    #[test]
    fn a_window_of_items_without_tokens_ends_too() {
        let mut endless = windows(std::iter::repeat(()), 2, |()| 0);
        assert_eq!(endless.next().unwrap().len(), 16);
        let huge = windows(std::iter::repeat_n((), 3), usize::MAX, |()| usize::MAX);
        assert_eq!(huge.map(|window| window.len()).sum::<usize>(), 3);
    }
}
