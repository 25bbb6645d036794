//! Where each token of a batch stands in its own text.
//!
//! Padding and attention masks all follow from one number a token: **a query sees a key
//! exactly if the key's position is not after its own**, and a pad, as a key, stands after
//! everything. So left and right padding are the same case, and there is no second mask to keep in step. Where rows hold several texts the number is the
//! token's column, and a query sees none before the column in which its text begins.

use std::ops::Range;

use burn::tensor::{DType, Device, Int, Tensor, TensorData};
use pure_kernels::Visible;

/// The position of a pad: after every query, so that none sees it.
pub(crate) const PAD: i32 = i32::MAX;

/// Positions of the tokens of a batch, `[rows, length]`; one row may stand for all rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Positions {
    rows: usize,
    length: usize,
    values: Vec<i32>,
    /// The column in which each token's text begins, where rows hold several texts.
    starts: Option<Vec<i32>>,
}

impl Positions {
    /// `start, start + 1, …` in every row: one row that stands for all.
    ///
    /// Right-padded rows need no more than this: a pad at the end comes after every real token,
    /// so no real token sees it.
    pub fn sequential(start: usize, length: usize) -> Self {
        let values = (start..start + length).map(|p| p as i32).collect();
        Self {
            rows: 1,
            length,
            values,
            starts: None,
        }
    }

    /// Rows of several texts each, one text behind the other, pads after them. No text sees another.
    ///
    /// # Panics
    ///
    /// If the texts of a row are longer than `width` together.
    pub fn packed<R: AsRef<[usize]>>(lengths: &[R], width: usize) -> Self {
        let mut values = vec![PAD; lengths.len() * width];
        let mut starts = vec![0; lengths.len() * width];
        for (row, lengths) in lengths.iter().enumerate() {
            let mut start = row * width;
            for &length in lengths.as_ref() {
                let end = start + length;
                assert!(end <= (row + 1) * width, "texts wider than {width} tokens");
                for (position, value) in values[start..end].iter_mut().enumerate() {
                    *value = position as i32;
                }
                starts[start..end].fill((start - row * width) as i32);
                start = end;
            }
        }
        Self {
            rows: lengths.len(),
            length: width,
            values,
            starts: Some(starts),
        }
    }

    /// Rows of tokens with the given positions, pads after them.
    ///
    /// # Panics
    ///
    /// If there are more than `width` of them in a row.
    pub(crate) fn continued(ranges: impl Iterator<Item = Range<usize>>, width: usize) -> Self {
        let mut values = Vec::new();
        let mut rows = 0;
        for range in ranges {
            rows += 1;
            values.extend(range.map(|position| position as i32));
            assert!(values.len() <= rows * width, "a row of over {width} tokens");
            values.resize(rows * width, PAD);
        }
        Self {
            rows,
            length: width,
            values,
            starts: None,
        }
    }

    /// The positions of a 0/1 attention mask, row by row: tokens are counted, pads are not.
    ///
    /// # Panics
    ///
    /// If the mask is not `rows * length` long.
    pub fn from_mask(mask: &[bool], rows: usize, length: usize) -> Self {
        assert_eq!(mask.len(), rows * length, "a mask of {rows} x {length}");
        let values = mask
            .chunks(length)
            .flat_map(|row| {
                row.iter().scan(0, |next, &real| {
                    let position = if real { *next } else { PAD };
                    *next += i32::from(real);
                    Some(position)
                })
            })
            .collect();
        Self {
            rows,
            length,
            values,
            starts: None,
        }
    }

    /// Number of rows; 1 may stand for any number.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of tokens in a row, pads included.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Row-major positions with pads at 0, where turning them is harmless.
    pub(crate) fn for_rotation(&self) -> impl Iterator<Item = i32> {
        self.values.iter().map(|&p| if p == PAD { 0 } else { p })
    }

    /// What each token, as a query, sees of all, as keys; see [`Visible`].
    pub(crate) fn visible(&self, device: &Device) -> Visible {
        let keys = self.numbers().map(|(_, number)| number);
        let data = TensorData::new(keys.collect(), [self.rows, self.length]);
        Visible {
            keys: Tensor::from_data(data, (device, DType::I32)),
            spans: self.spans(device),
        }
    }

    /// The first and the last number that each token sees. A pad sees nothing.
    pub(crate) fn spans(&self, device: &Device) -> Tensor<3, Int> {
        let spans = self.numbers().flat_map(|span| match span {
            (_, PAD) => [1, 0],
            (start, own) => [start, own],
        });
        let data = TensorData::new(spans.collect(), [self.rows, self.length, 2]);
        Tensor::from_data(data, (device, DType::I32))
    }

    /// The first number that each token sees, and its own.
    fn numbers(&self) -> impl Iterator<Item = (i32, i32)> {
        self.values.iter().enumerate().map(|(place, &position)| {
            let start = self.starts.as_ref().map_or(0, |starts| starts[place]);
            (start, position.saturating_add(start))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pads_stand_after_everything_on_either_side() {
        let left = Positions::from_mask(&[true, true, true, false, false, true], 2, 3);
        assert_eq!(left.values, [0, 1, 2, PAD, PAD, 0]);
        let right = Positions::continued([0..3, 4..5].into_iter(), 3);
        assert_eq!(right.values, [0, 1, 2, 4, PAD, PAD]);
    }

    #[test]
    fn packed_texts_are_counted_each_for_itself() {
        let packed = Positions::packed(&[vec![2, 3], vec![1]], 6);
        assert_eq!(
            packed.values,
            [0, 1, 0, 1, 2, PAD, 0, PAD, PAD, PAD, PAD, PAD]
        );
        let keys = packed.numbers().map(|(_, number)| number);
        let columns = [0, 1, 2, 3, 4, PAD, 0, PAD, PAD, PAD, PAD, PAD];
        assert!(keys.eq(columns));
        let starts = packed.numbers().map(|(start, _)| start).take(5);
        assert!(starts.eq([0, 0, 2, 2, 2]));
    }

    #[test]
    fn a_mask_counts_only_real_tokens() {
        let mask = [false, true, true, true, false, true];
        let positions = Positions::from_mask(&mask, 2, 3);
        assert_eq!(positions.values, [PAD, 0, 1, 0, PAD, 1]);
        assert_eq!(
            positions.for_rotation().collect::<Vec<_>>(),
            [0, 0, 1, 0, 0, 1]
        );
    }
}
