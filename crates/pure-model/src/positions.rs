//! Where each token of a batch stands in its own text.
//!
//! Padding, caches and attention masks all follow from one number a token: **a query sees a key
//! exactly if the key's position is not after its own**, and a pad, as a key, stands after
//! everything. So left padding, right padding and rows of different ages in one cache are the same
//! case, and there is no second mask to keep in step. Only rows that hold several texts need more: a
//! query sees no key of another text.

use burn::tensor::{DType, Device, Int, Tensor, TensorData};

/// The position of a pad: after every query, so that none sees it.
pub(crate) const PAD: i32 = i32::MAX;

/// Positions of the tokens of a batch, `[rows, length]`; one row may stand for all rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Positions {
    rows: usize,
    length: usize,
    values: Vec<i32>,
    /// Which text of its row each token belongs to, where rows hold several.
    texts: Option<Vec<i32>>,
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
            texts: None,
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
        let mut texts = vec![-1; lengths.len() * width];
        for (row, lengths) in lengths.iter().enumerate() {
            let mut start = row * width;
            for (text, &length) in lengths.as_ref().iter().enumerate() {
                let end = start + length;
                assert!(end <= (row + 1) * width, "texts wider than {width} tokens");
                for (position, value) in values[start..end].iter_mut().enumerate() {
                    *value = position as i32;
                }
                texts[start..end].fill(text as i32);
                start = end;
            }
        }
        Self {
            rows: lengths.len(),
            length: width,
            values,
            texts: Some(texts),
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
            texts: None,
        }
    }

    /// One token in each row, at the given position: a step of generation.
    pub fn one_each(positions: &[usize]) -> Self {
        Self {
            rows: positions.len(),
            length: 1,
            values: positions.iter().map(|&p| p as i32).collect(),
            texts: None,
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
            texts: None,
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
            texts: None,
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

    pub(crate) fn to_tensor(&self, device: &Device) -> Tensor<2, Int> {
        self.tensor_of(&self.values, device)
    }

    /// Which text each token belongs to, where rows hold several.
    pub(crate) fn texts(&self, device: &Device) -> Option<Tensor<2, Int>> {
        let texts = self.texts.as_ref()?;
        Some(self.tensor_of(texts, device))
    }

    fn tensor_of(&self, values: &[i32], device: &Device) -> Tensor<2, Int> {
        let data = TensorData::new(values.to_vec(), [self.rows, self.length]);
        Tensor::from_data(data, (device, DType::I32))
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
        let texts = [0, 0, 1, 1, 1, -1, 0, -1, -1, -1, -1, -1];
        assert_eq!(packed.texts.as_deref(), Some(texts.as_slice()));
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
