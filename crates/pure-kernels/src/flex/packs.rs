//! Weights in sixteen bits as products read them, packed when they are first used and kept as long as they live.
//!
//! A weight is known by the memory that it lies in, of which there is a weak reference: while that can be upgraded
//! nobody has written there, for whoever writes to memory that is referred to is given other memory
//! ([`Arc::make_mut`]). So a weight that an update made anew is packed anew, once, whoever uses it.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use burn::tensor::Bytes;
use burn_flex::FlexTensor;
use half::bf16;

use super::bf16::{Order, Packed};

/// A weight, or some of its columns.
pub(super) struct Pack {
    packed: Arc<Packed>,
    columns: Range<usize>,
    /// Whether it is the transposed of the weight that was packed.
    is_turned: bool,
}

type Packs = HashMap<usize, (Weak<Bytes>, Arc<Packed>, bool)>;

/// By the address of the memory.
static PACKS: LazyLock<Mutex<Packs>> = LazyLock::new(Mutex::default);

impl Pack {
    /// Of a matrix that lies in rows, or of some of its rows or columns; what a first use reads in a row is packed in
    /// a row: of `w`, or if it is turned of its transposed.
    pub fn of(w: &FlexTensor, turned: bool) -> Option<Self> {
        let [rows, columns] = w.layout().shape().dims();
        let &[stride, 1] = w.layout().strides() else {
            return None;
        };
        let stride = usize::try_from(stride).ok()?;
        let memory = w.data_arc();
        let all = w.storage::<bf16>();
        let (first, height) = (w.layout().start_offset(), all.len() / stride.max(1));
        if height * stride != all.len() || rows * columns == 0 {
            return None;
        }
        let (top, left) = (first / stride, first % stride);
        let mut packs = PACKS.lock().unwrap_or_else(PoisonError::into_inner);
        let address = Arc::as_ptr(&memory) as usize;
        let is_known = packs
            .get(&address)
            .is_some_and(|(weak, ..)| weak.strong_count() > 0);
        if !is_known {
            packs.retain(|_, (weak, ..)| weak.strong_count() > 0);
            let numbers: Vec<f32> = all.iter().map(|number| number.to_f32()).collect();
            let packed = match turned {
                true => Packed::new(&numbers, [stride, height], Order::Columns),
                false => Packed::new(&numbers, [height, stride], Order::Rows),
            };
            let known = (Arc::downgrade(&memory), Arc::new(packed), turned);
            packs.insert(address, known);
        }
        let (_, packed, is_turned) = &packs[&address];
        // What is left out must be columns of what was packed, whole panels of them.
        let (whole, columns) = match is_turned {
            true => (left == 0 && columns == stride, top..top + rows),
            false => (top == 0 && rows == height, left..left + columns),
        };
        (whole && columns.start.is_multiple_of(32)).then(|| Self {
            packed: packed.clone(),
            columns,
            is_turned: *is_turned,
        })
    }

    /// `out = x w`, of `rows` rows, or with the transposed weight.
    pub fn product(&self, rows: usize, x: &[f32], turned: bool, out: &mut [f32]) {
        let panels = self.packed.columns(self.columns.clone());
        match turned == self.is_turned {
            true => panels.forward(rows, x, out),
            false => panels.backward(rows, x, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{DType, Device, Distribution, Tensor};

    use crate::product;

    /// What a product is by the definition.
    fn plain(x: Tensor<2>, w: Tensor<2>) -> Tensor<2> {
        x.cast(DType::BF16)
            .cast(DType::F32)
            .matmul(w.cast(DType::F32))
    }

    fn assert_close(found: Tensor<2>, right: Tensor<2>) {
        let scale: f32 = right.clone().abs().max().into_scalar();
        let gap: f32 = (found - right).abs().max().into_scalar();
        assert!(gap <= 1e-5 * scale, "{gap} of {scale}");
    }

    #[test]
    fn parts_of_a_weight_and_weights_that_take_its_place_are_what_they_are() {
        let device = Device::flex();
        let normal = Distribution::Normal(0.0, 1.0);
        let random = |shape: [usize; 2]| Tensor::<2>::random(shape, normal, &device);
        for round in 0..20 {
            let w = random([64, 150]).cast(DType::BF16);
            let (x, dy) = (random([9, 64]), random([9, 150]));
            let first = round % 2 == 0;
            for turned in [!first, first] {
                let (left, w_straight) = match turned {
                    true => (dy.clone(), w.clone().transpose()),
                    false => (x.clone(), w.clone()),
                };
                assert_close(
                    product(left.clone(), w.clone(), turned),
                    plain(left, w_straight),
                );
            }
            let rows = w.clone().slice_dim(0, 32..64);
            let part = x.clone().slice_dim(1, 32..64);
            assert_close(
                product(part.clone(), rows.clone(), false),
                plain(part, rows),
            );
            let columns = w.clone().slice_dim(1, 64..128);
            assert_close(
                product(x.clone(), columns.clone(), false),
                plain(x.clone(), columns),
            );
            // Written in place, if nothing refers to it.
            let w = w.mul_scalar(2.0);
            assert_close(product(x.clone(), w.clone(), false), plain(x, w));
        }
    }
}
