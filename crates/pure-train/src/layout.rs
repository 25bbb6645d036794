//! Texts side by side: rows of a batch, and the places in them that something is asked at.
//!
//! ```text
//! one a row      p p p a a .        packed     p p p a a q q b     each text for itself:
//!                q q b . . .                   r r r r b b . .     none sees another
//! ```
//!
//! How texts are laid out changes no loss, only what it costs: pads are computed too, and attention
//! grows with the square of a row. Texts of like length stand together; a batch has no more tokens,
//! pads included, than it may, unless one text alone has.

use burn::tensor::{Device, Int, Tensor};
use pure_model::Positions;

/// A text, with what is asked at some of its tokens.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Text<Q> {
    pub tokens: Vec<u32>,
    /// Places and what is asked there: the token to predict, the label to give.
    pub asked: Vec<(usize, Q)>,
}

/// Rows of texts, and all that is asked in them.
#[derive(Debug, Clone)]
pub(crate) struct Batch<Q> {
    tokens: Vec<i32>,
    positions: Positions,
    rows: usize,
    /// Places in the tokens of all rows, and what is asked there.
    places: Vec<i32>,
    pub asked: Vec<Q>,
}

impl<Q> Batch<Q> {
    /// The rows, `[rows, width]`.
    pub fn tokens(&self, device: &Device) -> Tensor<2, Int> {
        let width = self.tokens.len() / self.rows;
        Tensor::<1, Int>::from_ints(self.tokens.as_slice(), device).reshape([self.rows, width])
    }

    /// Where the tokens stand in their texts.
    pub fn positions(&self) -> &Positions {
        &self.positions
    }

    /// The hidden states of the places that something is asked at, `[places, hidden]`.
    pub fn at_places(&self, hidden: Tensor<3>) -> Tensor<2> {
        let places = Tensor::<1, Int>::from_ints(self.places.as_slice(), &hidden.device());
        hidden.flatten::<2>(0, 1).select(0, places)
    }
}

/// How texts become batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Tokens of a batch, pads included.
    pub batch_tokens: usize,
    /// Tokens of a row that texts are packed into; none packs nothing.
    pub packed: Option<usize>,
}

impl Layout {
    /// Lays texts out. The same texts in the same order give the same batches.
    pub fn lay_out<Q: Clone>(&self, texts: &[&Text<Q>]) -> Vec<Batch<Q>> {
        let mut rows = self.rows(texts);
        rows.sort_by_key(|row| std::cmp::Reverse(width(row)));
        let mut batches = Vec::new();
        let mut rest = rows.as_slice();
        while let Some(first) = rest.first() {
            // The first is the widest.
            let fits = (self.batch_tokens / width(first).max(1)).max(1);
            let (rows, others) = rest.split_at(fits.min(rest.len()));
            batches.push(batch(rows));
            rest = others;
        }
        batches
    }

    /// Texts in rows: one each, or the longest first into the first row that has room.
    fn rows<'a, Q>(&self, texts: &[&'a Text<Q>]) -> Vec<Vec<&'a Text<Q>>> {
        let Some(room) = self.packed else {
            return texts.iter().map(|text| vec![*text]).collect();
        };
        let mut longest_first = texts.to_vec();
        longest_first.sort_by_key(|text| std::cmp::Reverse(text.tokens.len()));
        let mut rows: Vec<Vec<&Text<Q>>> = Vec::new();
        for text in longest_first {
            let row = rows
                .iter_mut()
                .find(|row| width(row) + text.tokens.len() <= room);
            match row {
                Some(row) => row.push(text),
                None => rows.push(vec![text]),
            }
        }
        rows
    }
}

fn width<Q>(row: &[&Text<Q>]) -> usize {
    row.iter().map(|text| text.tokens.len()).sum()
}

fn batch<Q: Clone>(rows: &[Vec<&Text<Q>>]) -> Batch<Q> {
    let width = rows.iter().map(|row| width(row)).max().unwrap_or(0);
    let mut tokens = vec![0; rows.len() * width];
    let (mut places, mut asked) = (Vec::new(), Vec::new());
    for (number, row) in rows.iter().enumerate() {
        let mut start = number * width;
        for text in row {
            for (to, &token) in tokens[start..].iter_mut().zip(&text.tokens) {
                *to = token as i32;
            }
            for (place, question) in &text.asked {
                places.push((start + place) as i32);
                asked.push(question.clone());
            }
            start += text.tokens.len();
        }
    }
    // Pads at the end are seen by nobody: a row of its own needs no more than a count.
    let positions = if rows.iter().all(|row| row.len() == 1) {
        Positions::sequential(0, width)
    } else {
        let lengths = |row: &Vec<&Text<Q>>| -> Vec<usize> {
            row.iter().map(|text| text.tokens.len()).collect()
        };
        let lengths: Vec<Vec<usize>> = rows.iter().map(lengths).collect();
        Positions::packed(&lengths, width)
    };
    Batch {
        tokens,
        positions,
        rows: rows.len(),
        places,
        asked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lengths: &[usize]) -> Vec<Text<u32>> {
        let text = |(number, &length): (usize, &usize)| Text {
            tokens: vec![number as u32 + 1; length],
            asked: vec![(length - 1, number as u32)],
        };
        lengths.iter().enumerate().map(text).collect()
    }

    fn all<Q>(texts: &[Text<Q>]) -> Vec<&Text<Q>> {
        texts.iter().collect()
    }

    #[test]
    fn texts_of_like_length_share_a_batch_and_no_batch_is_too_large() {
        let texts = texts(&[3, 9, 4, 8, 1]);
        let layout = Layout {
            batch_tokens: 18,
            packed: None,
        };
        let batches = layout.lay_out(&all(&texts));
        let asked: Vec<&[u32]> = batches.iter().map(|batch| batch.asked.as_slice()).collect();
        assert_eq!(asked, [&[1, 3][..], &[2, 0, 4]]);
        assert!(batches.iter().all(|batch| batch.tokens.len() <= 18));
    }

    #[test]
    fn a_text_that_is_too_long_has_a_batch_to_itself() {
        let texts = texts(&[50, 2]);
        let layout = Layout {
            batch_tokens: 10,
            packed: None,
        };
        assert_eq!(layout.lay_out(&all(&texts)).len(), 2);
    }

    #[test]
    fn packed_rows_ask_at_the_right_tokens() {
        let texts = texts(&[3, 5, 4, 2]);
        let layout = Layout {
            batch_tokens: 100,
            packed: Some(8),
        };
        let batches = layout.lay_out(&all(&texts));
        assert_eq!(batches.len(), 1);
        let batch = &batches[0];
        // 5 + 3 and 4 + 2.
        assert_eq!((batch.rows, batch.tokens.len()), (2, 16));
        for (place, question) in batch.places.iter().zip(&batch.asked) {
            assert_eq!(batch.tokens[*place as usize], *question as i32 + 1);
        }
    }
}
