//! The softmax goes from block to block as it does from one block of a vocabulary to the next: a larger
//! maximum shrinks what was summed and mixed before (arXiv 1805.02867).

use burn::backend::Flex;
use burn::backend::ops::FloatTensorOps;
use burn_flex::FlexTensor;
use pulp::Arch;
use rayon::prelude::*;

use super::super::product::{Matrix, product};
use super::super::{numbers_mut, zeros};
use super::weights::Weigh;
use super::{Rows, Seen, blocks, refill, room};

/// Queries of a group of heads that meet a block of keys.
const QUERIES: usize = 192;

/// What is mixed, as `q`, and `L`, `[batch, heads, queries, 1]`.
pub(in super::super) fn forward(
    q: &FlexTensor,
    k: &FlexTensor,
    v: &FlexTensor,
    seen: Seen<'_>,
    scale: f32,
) -> (FlexTensor, FlexTensor) {
    let [batch, heads, queries, width] = q.layout().shape().dims();
    let [_, kv_heads, ..] = k.layout().shape().dims::<4>();
    let [q, k, v] = [q, k, v].map(|tensor| Rows::of(tensor).expect("callers make it dense"));
    let pass = Pass {
        q,
        k,
        v,
        seen,
        heads,
        kv_heads,
        width,
        scale,
    };
    let mut mixed = zeros([batch, queries, heads, width]);
    let mut log_sums = zeros([batch, queries, heads, 1]);
    let some = (QUERIES * kv_heads / heads).max(16);
    let (of_row, of_part) = (queries * heads, some * heads);
    if of_row * width > 0 {
        let rows = numbers_mut(&mut mixed).par_chunks_mut(of_row * width);
        let rows = rows.zip(numbers_mut(&mut log_sums).par_chunks_mut(of_row));
        rows.enumerate().for_each(|(row, (mixed, log_sums))| {
            let parts = mixed.par_chunks_mut(of_part * width);
            let parts = parts.zip(log_sums.par_chunks_mut(of_part)).enumerate();
            parts.for_each_init(Scratch::default, |scratch, (part, (mixed, log_sums))| {
                pass.attend(scratch, row, part * some, mixed, log_sums);
            });
        });
    }
    (
        Flex::float_swap_dims(mixed, 1, 2),
        Flex::float_swap_dims(log_sums, 1, 2),
    )
}

struct Pass<'a> {
    q: Rows<'a>,
    k: Rows<'a>,
    v: Rows<'a>,
    seen: Seen<'a>,
    heads: usize,
    kv_heads: usize,
    width: usize,
    scale: f32,
}

/// Of some queries of a group of heads, head by head.
#[derive(Default)]
struct Scratch {
    /// Scaled.
    queries: Vec<f32>,
    scores: Vec<f32>,
    mixed: Vec<f32>,
    maxima: Vec<f32>,
    sums: Vec<f32>,
}

impl Pass<'_> {
    /// Some queries of a row, from `first` on: `mixed` is `[some, heads, width]`, `log_sums` `[some, heads]`.
    fn attend(
        &self,
        scratch: &mut Scratch,
        row: usize,
        first: usize,
        mixed: &mut [f32],
        log_sums: &mut [f32],
    ) {
        let spans = &self.seen.spans(row)[first..][..log_sums.len() / self.heads];
        let group = self.heads / self.kv_heads;
        for kv_head in 0..self.kv_heads {
            let first_head = kv_head * group;
            scratch.queries.clear();
            for head in first_head..first_head + group {
                let head = self.q.head(row, head);
                let columns = first..first + spans.len();
                let numbers = columns.flat_map(|column| head.column(column, self.width));
                scratch
                    .queries
                    .extend(numbers.map(|number| self.scale * number));
            }
            self.mix(scratch, row, kv_head, spans);
            self.write(scratch, first_head, spans.len(), mixed, log_sums);
        }
    }

    /// The values of one head, as the queries of its group see them.
    fn mix(&self, scratch: &mut Scratch, row: usize, kv_head: usize, spans: &[[i32; 2]]) {
        let (width, numbers) = (self.width, self.seen.keys(row));
        let [k, v] = [self.k, self.v].map(|tensor| tensor.head(row, kv_head));
        let Scratch {
            queries,
            scores,
            mixed,
            maxima,
            sums,
        } = scratch;
        let rows = queries.len() / width;
        refill(mixed, queries.len(), 0.0);
        refill(maxima, rows, f32::NEG_INFINITY);
        refill(sums, rows, 0.0);
        let queries = Matrix::dense(queries, width);
        for block in blocks(numbers, spans) {
            let [keys, values] = [k, v].map(|head| head.matrix(&block.columns, width));
            let count = block.columns.len();
            let scores = room(scores, rows * count);
            product(scores, queries, keys.transposed(), false);
            Arch::new().dispatch(Weigh {
                scores,
                count,
                unseen: (!block.is_whole).then(|| (&numbers[block.columns], spans)),
                mixed,
                maxima,
                sums,
                width,
            });
            product(mixed, Matrix::dense(scores, count), values, true);
        }
    }

    /// What a group of heads has mixed, into its places.
    fn write(
        &self,
        from: &Scratch,
        first_head: usize,
        queries: usize,
        mixed: &mut [f32],
        log_sums: &mut [f32],
    ) {
        for (place, numbers) in from.mixed.chunks_exact(self.width).enumerate() {
            let (head, query) = (first_head + place / queries, place % queries);
            let to = query * self.heads + head;
            let sum = from.sums[place];
            // A query that sees nothing gets zeros, and no weight is ever made of infinity.
            let (share, log_sum) = match sum > 0.0 {
                true => (1.0 / sum, from.maxima[place] + sum.ln()),
                false => (0.0, f32::INFINITY),
            };
            log_sums[to] = log_sum;
            let out = &mut mixed[to * self.width..][..self.width];
            for (out, number) in out.iter_mut().zip(numbers) {
                *out = share * number;
            }
        }
    }
}
