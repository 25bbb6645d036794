//! What the blocks of one pass share: where the tokens stand, and what each of them sees.

use burn::tensor::{DType, Int, Tensor};

use super::Decoder;
use crate::positions::Positions;
use crate::rope::Rotation;

pub(super) struct Pass {
    /// Rows, and tokens of a row.
    pub shape: [usize; 2],
    pub rotation: Rotation,
    pub bias: Tensor<4>,
}

impl Decoder {
    pub(super) fn pass(
        &self,
        tokens: &Tensor<2, Int>,
        positions: &Positions,
        key_positions: Tensor<2, Int>,
    ) -> Pass {
        let [batch, length] = tokens.dims();
        assert!(
            positions.length() == length && [1, batch].contains(&positions.rows()),
            "positions of {} x {} for tokens of {batch} x {length}",
            positions.rows(),
            positions.length(),
        );
        let (device, dtype) = (tokens.device(), self.embedding().dtype());
        let (queries, texts) = (positions.to_tensor(&device), positions.texts(&device));
        Pass {
            shape: [batch, length],
            rotation: Rotation::new(&self.frequencies, positions, dtype, &device),
            bias: visibility(queries, key_positions, texts, dtype),
        }
    }
}

/// What is added to the scores: 0 where the key stands at or before the query in the same text, else a
/// number so low that its weight is exactly 0. (Minus infinity would do, were it not for 0 * inf in
/// gradients.)
///
/// `[rows, queries]` and `[rows, keys]` to `[rows, 1, queries, keys]`.
fn visibility(
    queries: Tensor<2, Int>,
    keys: Tensor<2, Int>,
    texts: Option<Tensor<2, Int>>,
    dtype: DType,
) -> Tensor<4> {
    const UNSEEN: f32 = -1e30;
    let across = |keys: Tensor<2, Int>| keys.unsqueeze_dim::<3>(1).unsqueeze_dim::<4>(1);
    let down = |queries: Tensor<2, Int>| queries.unsqueeze_dim::<3>(1).unsqueeze_dim::<4>(3);
    let mut unseen = across(keys).greater(down(queries));
    if let Some(texts) = texts {
        unseen = unseen.bool_or(across(texts.clone()).not_equal(down(texts)));
    }
    Tensor::<4>::zeros(unseen.dims(), (&unseen.device(), dtype)).mask_fill(unseen, UNSEEN)
}
