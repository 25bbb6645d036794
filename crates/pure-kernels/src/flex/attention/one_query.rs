//! One query a row, as in a step of generation: each head of keys and values is read once, where it
//! lies in the cache, from the first column that its row sees to the last.

use burn_flex::FlexTensor;
use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::super::lanes::{dot, max, sum};
use super::super::numbers_mut;
use super::weights::{hide, weigh};
use super::{Head, Rows, Seen};

pub(in super::super) fn one_query(
    mut q: FlexTensor,
    k: &FlexTensor,
    v: &FlexTensor,
    seen: Seen<'_>,
    scale: f32,
) -> FlexTensor {
    let [_, heads, _, width] = q.layout().shape().dims();
    let [_, kv_heads, ..] = k.layout().shape().dims::<4>();
    let [keys, values] = [k, v].map(|tensor| Rows::of(tensor).expect("callers make it dense"));
    let group = heads / kv_heads;
    numbers_mut(&mut q)
        .par_chunks_mut(group * width)
        .enumerate()
        .for_each_init(Vec::new, |weights, (place, queries)| {
            let (row, head) = (place / kv_heads, place % kv_heads);
            Arch::new().dispatch(Group {
                queries,
                width,
                keys: keys.head(row, head),
                values: values.head(row, head),
                numbers: seen.keys(row),
                span: seen.spans(row)[0],
                scale,
                weights,
            });
        });
    q
}

/// The queries of one head of keys and values; what they mix takes their place.
struct Group<'a> {
    queries: &'a mut [f32],
    width: usize,
    keys: Head<'a>,
    values: Head<'a>,
    /// Of all columns; see [`Seen`].
    numbers: &'a [i32],
    span: [i32; 2],
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
            numbers,
            span: [low, high],
            scale,
            weights,
        } = self;
        // Where a row began later than others, the columns before it are not even read.
        let is_seen = |number: &i32| (low..=high).contains(number);
        let (Some(first), Some(last)) = (
            numbers.iter().position(is_seen),
            numbers.iter().rposition(is_seen),
        ) else {
            queries.fill(0.0);
            return;
        };
        let seen = last + 1 - first;
        let numbers = &numbers[first..=last];
        let group = queries.len() / width;
        weights.clear();
        weights.resize(group * seen, 0.0);

        for column in 0..seen {
            let key = keys.column(first + column, width);
            for (head, query) in queries.chunks_exact(width).enumerate() {
                weights[head * seen + column] = scale * dot(simd, query, key);
            }
        }
        for weights in weights.chunks_exact_mut(seen) {
            hide(weights, numbers, [low, high]);
            let max = max(simd, weights);
            weigh(weights, max);
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
