//! See [`crate::rotation`](mod@crate::rotation).

use burn_flex::FlexTensor;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::{TASK, numbers, numbers_mut};

/// The turned heads take the place of the heads.
pub(super) fn rotate(
    mut heads: FlexTensor,
    cos: &FlexTensor,
    sin: &FlexTensor,
    back: bool,
) -> FlexTensor {
    let [_, _, count, width] = heads.layout().shape().dims::<4>();
    let half = width / 2;
    if heads.layout().num_elements() == 0 {
        return heads;
    }
    let angles = cos.layout().num_elements() / half;
    let (cos, sin) = (numbers(cos), numbers(sin));
    let sign = if back { -1.0 } else { 1.0 };
    let tokens = (TASK / (count * width)).max(1);
    numbers_mut(&mut heads)
        .par_chunks_mut(tokens * count * width)
        .enumerate()
        .for_each(|(task, heads)| {
            Arch::new().dispatch(Rotation {
                heads,
                count,
                width,
                first_token: task * tokens,
                angles,
                cos,
                sin,
                sign,
            });
        });
    heads
}

/// The heads of some tokens, and the angles of all.
struct Rotation<'a> {
    heads: &'a mut [f32],
    count: usize,
    width: usize,
    first_token: usize,
    angles: usize,
    cos: &'a [f32],
    sin: &'a [f32],
    sign: f32,
}

impl WithSimd for Rotation<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let (half, width) = (self.width / 2, self.width);
        for (token, heads) in self.heads.chunks_exact_mut(self.count * width).enumerate() {
            // One row of angles may stand for all rows: `angles` is a whole number of lengths, so
            // the remainder finds the same place in it.
            let angle = (self.first_token + token) % self.angles * half;
            let (cos, sin) = (&self.cos[angle..][..half], &self.sin[angle..][..half]);
            for head in heads.chunks_exact_mut(width) {
                let (a, b) = head.split_at_mut(half);
                for (((a, b), cos), sin) in a.iter_mut().zip(b).zip(cos).zip(sin) {
                    let sin = self.sign * sin;
                    (*a, *b) = (*a * cos - *b * sin, *b * cos + *a * sin);
                }
            }
        }
    }
}
