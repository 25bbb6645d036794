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
    fn with_simd<S: Simd>(self, simd: S) {
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
                    scale.mul_add(dot(simd, query, key), bias[first + column]);
            }
        }
        for weights in weights.chunks_exact_mut(seen) {
            let max = max(simd, weights);
            for x in weights.iter_mut() {
                let below = *x - max;
                *x = if below < -87.0 { 0.0 } else { exp(below) };
            }
            let share = 1.0 / sum(simd, weights);
            for x in weights.iter_mut() {
                *x *= share;
            }
        }
        queries.fill(0.0);
        // Four values at a time, so that what they are added to is read and written once for all.
        let whole = seen - seen % 4;
        for column in (0..whole).step_by(4) {
            let value = |next| values.column(first + column + next, width);
            let four = [value(0), value(1), value(2), value(3)];
            for (head, out) in queries.chunks_exact_mut(width).enumerate() {
                let weights = &weights[head * seen + column..][..4];
                add_four(out, weights, four);
            }
        }
        for column in whole..seen {
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

#[inline(always)]
fn add_four(out: &mut [f32], weights: &[f32], values: [&[f32]; 4]) {
    let [a, b, c, d] = values;
    let &[wa, wb, wc, wd] = weights else {
        unreachable!("a weight for each value")
    };
    for ((((out, a), b), c), d) in out.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        *out = wd.mul_add(*d, wc.mul_add(*c, wb.mul_add(*b, wa.mul_add(*a, *out))));
    }
}
