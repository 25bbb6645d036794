//! What the blocks of one pass share: where the tokens stand, and what each of them sees.

use burn::tensor::{DType, Int, Tensor};
use pure_kernels::Visible;

use crate::Dropout;
use crate::lora::Noise;
use crate::positions::Positions;
use crate::rope::Rotation;

pub(crate) struct Pass {
    /// Rows, and tokens of a row.
    pub shape: [usize; 2],
    pub rotation: Rotation,
    /// What its tokens see of each other.
    pub visible: Visible,
    /// What is dropped in front of adapters.
    pub dropout: Option<Dropout>,
    /// What the numbers are in that products are made of, and that a layer adds: f32, but where products round to
    /// something shorter anyway and each cast is a launch.
    pub dtype: DType,
}

impl Pass {
    /// # Panics
    ///
    /// If `positions` are of another shape than `tokens` (one row may stand for all).
    pub fn new(
        frequencies: &[f32],
        tokens: &Tensor<2, Int>,
        positions: &Positions,
        dropout: Option<Dropout>,
    ) -> Self {
        let [batch, length] = tokens.dims();
        assert!(
            positions.length() == length && [1, batch].contains(&positions.rows()),
            "positions of {} x {} for tokens of {batch} x {length}",
            positions.rows(),
            positions.length(),
        );
        Self {
            shape: [batch, length],
            rotation: Rotation::new(frequencies, positions, &tokens.device()),
            visible: positions.visible(&tokens.device()),
            dropout,
            dtype: DType::F32,
        }
    }

    /// What is dropped in a block.
    pub fn noise(&self, block: usize) -> Option<Noise> {
        self.dropout.map(|dropout| Noise { dropout, block })
    }
}
