//! One query a row, as in a step of generation: each head of keys and values is read once, where it
//! lies in the cache, from the first column that its row sees.
//!
//! Longer queries are better served by matrix products: the plain body's.

use burn_flex::FlexTensor;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::exp::exp;
use super::lanes::{dot, max, sum};
use super::{numbers, numbers_mut};

/// Biases under this hide a key.
const HIDDEN: f32 = -1e29;

/// `None` where the layout is not one of a cache: rows of numbers one after another.
pub(super) fn one_query(
    mut q: FlexTensor,
    k: &FlexTensor,
    v: &FlexTensor,
    bias: &FlexTensor,
    scale: f32,
) -> Result<FlexTensor, FlexTensor> {
    let [batch, heads, _, width] = q.layout().shape().dims();
    let [_, kv_heads, count, _] = k.layout().shape().dims();
    let (Some(keys), Some(values)) = (Rows::of(k), Rows::of(v)) else {
        return Err(q);
    };
    let (group, rows_of_bias) = (heads / kv_heads, bias.layout().shape().dims::<4>()[0]);
    debug_assert!(rows_of_bias == 1 || rows_of_bias == batch);
    let bias = numbers(bias);
    numbers_mut(&mut q)
        .par_chunks_mut(group * width)
        .enumerate()
        .for_each_init(Vec::new, |weights, (place, queries)| {
            let (row, head) = (place / kv_heads, place % kv_heads);
            let bias = &bias[row % rows_of_bias * count..][..count];
            Arch::new().dispatch(Group {
                queries,
                width,
                keys: keys.head(row, head),
                values: values.head(row, head),
                bias,
                scale,
                weights,
            });
        });
    Ok(q)
}

/// A `[rows, heads, columns, width]` view whose last dimension is dense.
struct Rows<'a> {
    numbers: &'a [f32],
    strides: [usize; 3],
}

/// The columns of one head.
struct Head<'a> {
    numbers: &'a [f32],
    stride: usize,
}

impl<'a> Rows<'a> {
    fn of(tensor: &'a FlexTensor) -> Option<Self> {
        let layout = tensor.layout();
        let &[row, head, column, 1] = layout.strides() else {
            return None;
        };
        let stride = |stride: isize| usize::try_from(stride).ok();
        Some(Self {
            numbers: &tensor.storage()[layout.start_offset()..],
            strides: [stride(row)?, stride(head)?, stride(column)?],
        })
    }

    fn head(&self, row: usize, head: usize) -> Head<'a> {
        let [per_row, per_head, stride] = self.strides;
        Head {
            numbers: &self.numbers[row * per_row + head * per_head..],
            stride,
        }
    }
}

impl Head<'_> {
    #[inline(always)]
    fn column(&self, column: usize, width: usize) -> &[f32] {
        &self.numbers[column * self.stride..][..width]
    }
}

/// The queries of one head of keys and values; what they mix takes their place.
struct Group<'a> {
    queries: &'a mut [f32],
    width: usize,
    keys: Head<'a>,
    values: Head<'a>,
    bias: &'a [f32],
    scale: f32,
    weights: &'a mut Vec<f32>,
}

impl WithSimd for Group<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self {
            queries,
            width,
            keys,
            values,
            bias,
            scale,
            weights,
        } = self;
        // Where a row began later than others, the columns before it are not even read.
        let first = bias.iter().take_while(|&&bias| bias < HIDDEN).count();
        // A row that sees nothing is a pad's: any finite number will do.
        let first = if first == bias.len() { 0 } else { first };
        let seen = bias.len() - first;
        let group = queries.len() / width;
        weights.clear();
        weights.resize(group * seen, 0.0);

        for column in 0..seen {
            let key = keys.column(first + column, width);
            for (head, query) in queries.chunks_exact(width).enumerate() {
                weights[head * seen + column] =
                    scale.mul_add(dot(query, key), bias[first + column]);
            }
        }
        for weights in weights.chunks_exact_mut(seen) {
            let max = max(weights);
            for x in weights.iter_mut() {
                let below = *x - max;
                *x = if below < -87.0 { 0.0 } else { exp(below) };
            }
            let share = 1.0 / sum(weights);
            for x in weights.iter_mut() {
                *x *= share;
            }
        }
        queries.fill(0.0);
        for column in 0..seen {
            let value = values.column(first + column, width);
            for (head, out) in queries.chunks_exact_mut(width).enumerate() {
                let weight = weights[head * seen + column];
                for (out, value) in out.iter_mut().zip(value) {
                    *out = weight.mul_add(*value, *out);
                }
            }
        }
    }
}
