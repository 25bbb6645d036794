//! Where each token of a batch stands in its own text.
//!
//! Padding, caches and attention masks all follow from one number a token: **a query sees a key
//! exactly if the key's position is not after its own**, and a pad, as a key, stands after
//! everything. So left padding, right padding and rows of different ages in one cache are the same
//! case, and there is no second mask to keep in step. Where rows hold several texts the number is the
//! token's column, and a query sees none before the column in which its text begins.

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
    /// Not for use with a cache.
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

    /// Rows of the given lengths, pads before them.
    ///
    /// # Panics
    ///
    /// If a length is over `width`.
    pub fn left_padded(lengths: &[usize], width: usize) -> Self {
        Self::padded(lengths, width, |length| width - length)
    }

    /// Rows of the given lengths, pads after them: for a cache that goes on growing behind the
    /// pads. Without one, [`sequential`](Self::sequential) is enough.
    ///
    /// # Panics
    ///
    /// If a length is over `width`.
    pub fn right_padded(lengths: &[usize], width: usize) -> Self {
        Self::padded(lengths, width, |_| 0)
    }

    /// Those of some columns.
    ///
    /// # Panics
    ///
    /// If the columns are not all there.
    pub fn narrow(&self, start: usize, length: usize) -> Self {
        let rows = self.values.chunks_exact(self.length);
        Self {
            rows: self.rows,
            length,
            values: rows
                .flat_map(|row| &row[start..start + length])
                .copied()
                .collect(),
            starts: None,
        }
    }

    /// One token in each row, at the given position: a step of generation.
    pub fn one_each(positions: &[usize]) -> Self {
        Self {
            rows: positions.len(),
            length: 1,
            values: positions.iter().map(|&p| p as i32).collect(),
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

    fn padded(lengths: &[usize], width: usize, start: impl Fn(usize) -> usize) -> Self {
        let mut values = vec![PAD; lengths.len() * width];
        for (row, &length) in lengths.iter().enumerate() {
            assert!(
                length <= width,
                "a row of {length} tokens in a batch of width {width}"
            );
            let first = row * width + start(length);
            for (position, value) in values[first..first + length].iter_mut().enumerate() {
                *value = position as i32;
            }
        }
        Self {
            rows: lengths.len(),
            length: width,
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

    /// The number by which each token, as a key, is seen or not; see [`Visible`].
    pub(crate) fn keys(&self, device: &Device) -> Tensor<2, Int> {
        let keys = self.numbers().map(|(_, number)| number);
        let data = TensorData::new(keys.collect(), [self.rows, self.length]);
        Tensor::from_data(data, (device, DType::I32))
    }

    /// What each token, as a query, sees of keys with these numbers. A pad sees nothing.
    pub(crate) fn visible(&self, keys: Tensor<2, Int>) -> Visible {
        let spans = self.numbers().flat_map(|span| match span {
            (_, PAD) => [1, 0],
            (start, own) => [start, own],
        });
        let data = TensorData::new(spans.collect(), [self.rows, self.length, 2]);
        Visible {
            spans: Tensor::from_data(data, (&keys.device(), DType::I32)),
            keys,
        }
    }

    /// Whether rows hold several texts.
    pub(crate) fn is_packed(&self) -> bool {
        self.starts.is_some()
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
        let left = Positions::left_padded(&[3, 1], 3);
        assert_eq!(left.values, [0, 1, 2, PAD, PAD, 0]);
        let right = Positions::right_padded(&[3, 1], 3);
        assert_eq!(right.values, [0, 1, 2, 0, PAD, PAD]);
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
