//! See [`crate::attention`](mod@crate::attention). Queries of a group of heads meet a block of keys that
//! fits the second-level cache; blocks of which no query sees anything are left out, which for a causal text
//! are half of them.
//!
//! A row's blocks begin at the first key that it sees, so pads around a text change no bit of its result.

mod backward;
mod forward;
mod one_query;
mod weights;

use std::ops::Range;

use burn_flex::FlexTensor;

use super::product::Matrix;

pub(super) use backward::backward;
pub(super) use forward::forward;
pub(super) use one_query::{one_query, write};

/// Keys that are met at a time.
const BLOCK: usize = 256;

/// Which keys are seen; see [`Visible`](crate::Visible).
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    keys: &'a [i32],
    spans: &'a [[i32; 2]],
    queries: usize,
    count: usize,
}

/// Keys that some queries see some of.
struct Block {
    columns: Range<usize>,
    /// Whether each of the queries sees each of them.
    is_whole: bool,
}

impl<'a> Seen<'a> {
    /// Of contiguous tensors.
    pub fn of(keys: &'a FlexTensor, spans: &'a FlexTensor) -> Self {
        let ends: &[i32] = &spans.storage()[..spans.layout().num_elements()];
        Self {
            keys: &keys.storage()[..keys.layout().num_elements()],
            spans: ends.as_chunks().0,
            queries: spans.layout().shape()[1],
            count: keys.layout().shape()[1],
        }
    }

    fn keys(&self, row: usize) -> &'a [i32] {
        &self.keys[row * self.count % self.keys.len()..][..self.count]
    }

    fn spans(&self, row: usize) -> &'a [[i32; 2]] {
        &self.spans[row * self.queries % self.spans.len()..][..self.queries]
    }
}

/// Blocks of keys of which queries with these spans see some.
fn blocks(keys: &[i32], spans: &[[i32; 2]]) -> impl Iterator<Item = Block> {
    let [mut least, mut greatest] = [i32::MAX, i32::MIN];
    let [mut all_from, mut all_to] = [i32::MIN, i32::MAX];
    for &[low, high] in spans {
        if low <= high {
            (least, greatest) = (least.min(low), greatest.max(high));
        }
        (all_from, all_to) = (all_from.max(low), all_to.min(high));
    }
    let first = keys.iter().position(|key| (least..=greatest).contains(key));
    let last = keys
        .iter()
        .rposition(|key| (least..=greatest).contains(key));
    let seen = first
        .zip(last)
        .map_or(0..0, |(first, last)| first..last + 1);
    seen.clone().step_by(BLOCK).filter_map(move |start| {
        let columns = start..(start + BLOCK).min(seen.end);
        let block = &keys[columns.clone()];
        let is_seen = block.iter().any(|key| (least..=greatest).contains(key));
        let is_whole = block.iter().all(|key| (all_from..=all_to).contains(key));
        is_seen.then_some(Block { columns, is_whole })
    })
}

/// A `[rows, heads, columns, width]` view whose last dimension is dense.
#[derive(Clone, Copy)]
struct Rows<'a> {
    numbers: &'a [f32],
    strides: [usize; 3],
}

/// The columns of one head.
#[derive(Clone, Copy)]
struct Head<'a> {
    numbers: &'a [f32],
    stride: usize,
}

impl<'a> Rows<'a> {
    /// `None` where numbers of the last dimension do not lie one after another.
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

impl<'a> Head<'a> {
    #[inline(always)]
    fn column(&self, column: usize, width: usize) -> &'a [f32] {
        &self.numbers[column * self.stride..][..width]
    }

    /// `[columns, width]`
    fn matrix(&self, columns: &Range<usize>, width: usize) -> Matrix<'a> {
        Matrix {
            numbers: &self.numbers[columns.start * self.stride..],
            shape: [columns.len(), width],
            strides: [self.stride, 1],
        }
    }
}

/// A tensor whose last dimension is dense: itself or a copy.
pub(super) fn dense(tensor: FlexTensor) -> FlexTensor {
    if Rows::of(&tensor).is_some() {
        tensor
    } else {
        tensor.to_contiguous()
    }
}

/// So many numbers, all the same.
#[inline(always)]
fn refill(numbers: &mut Vec<f32>, count: usize, value: f32) {
    numbers.clear();
    numbers.resize(count, value);
}

/// So many numbers, whatever they are.
fn room(numbers: &mut Vec<f32>, count: usize) -> &mut [f32] {
    if numbers.len() < count {
        numbers.resize(count, 0.0);
    }
    &mut numbers[..count]
}
