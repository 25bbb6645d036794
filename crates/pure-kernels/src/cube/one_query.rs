//! Attention of one query a row to keys and values where they lie in the blocks of a pool (arXiv 2205.14135,
//! arXiv 2309.06180): what a step of generation asks for.
//!
//! ```text
//! s_j = scale q k_j      m = max_j s_j      l = sum_j exp(s_j - m)      y = sum_j exp(s_j - m) v_j / l
//! ```
//!
//! A cube takes the queries of one group of heads, which share keys and values, adds their bias, [turns](crate::rotation) them, and walks
//! over its share of the keys, some at a time, which it copies into shared memory: each key and each value is read once for
//! the group. A long text is shared out among several cubes, each with sums `m`, `l` and `y l` of its own, which a second
//! launch joins.

use burn::tensor::{DType, Shape};
use burn_cubecl::cubecl::{self, prelude::*};
use burn_cubecl::tensor::CubeTensor;

use super::rotation::{shifted, turned};
use super::{UNITS, address, each, empty, kind};

/// Keys that are looked at together.
const TILE: usize = 32;

/// Keys for which a cube of its own pays, and the most cubes that share a text.
const KEYS_OF_A_CUBE: usize = 256;
const MOST_PARTS: usize = 32;

/// Below all scores, and still a number.
const LEAST: f32 = -1e30;

#[cube(launch, address_type = "dynamic")]
#[expect(clippy::too_many_arguments, reason = "what attention in blocks needs")]
fn sums_kernel<Q: Float, S: Float, A: Float, P: Float, I: Int>(
    q: &Tensor<Q>,
    of_q: &Tensor<S>,
    cos: &Tensor<A>,
    sin: &Tensor<A>,
    pool: &Tensor<P>,
    blocks: &Tensor<I>,
    spans: &Tensor<I>,
    sums: &mut Tensor<f32>,
    y: &mut Tensor<Q>,
    scale: f32,
    #[comptime] has_bias: bool,
    #[comptime] is_whole: bool,
    #[comptime] group: usize,
    #[comptime] width: usize,
    #[comptime] units: usize,
    #[define(Q, S, A, P, I)] _dtypes: [ElemType; 5],
) {
    let row = CUBE_POS_X as usize;
    let kv_head = CUBE_POS_Y as usize;
    let part = CUBE_POS_Z as usize;
    let unit = UNIT_POS as usize;
    let tokens = pool.shape(1);
    // Of each slot the keys come first, then the values, head by head.
    let of_keys = kv_head * width;
    let of_values = pool.shape(2) / 2 + kv_head * width;

    // The keys of this cube.
    let span = row * spans.stride(0);
    let first = usize::cast_from(spans[span]);
    let end = usize::cast_from(spans[span + spans.stride(2)]) + 1;
    let count = select(end > first, end - first, 0);
    let share = count.div_ceil(CUBE_COUNT_Z as usize);
    let from = first + part * share;
    let to = select(from + share < first + count, from + share, first + count);

    let mut queries = Shared::<[f32]>::new_slice(comptime!(group * width));
    let mut keys = Shared::<[f32]>::new_slice(comptime!(TILE * (width + 1)));
    let mut weights = Shared::<[f32]>::new_slice(comptime!(group * TILE));
    let mut maxima = Shared::<[f32]>::new_slice(group);
    let mut totals = Shared::<[f32]>::new_slice(group);
    let mut shrinks = Shared::<[f32]>::new_slice(group);

    let half = comptime!(width / 2);
    let mut at = unit;
    while at < comptime!(group * half) {
        let pair = at % half;
        let head = kv_head * group + at / half;
        let from = row * q.stride(0) + head * q.stride(2);
        let a = shifted::<Q, S>(q, from, pair, of_q, head, has_bias);
        let b = shifted::<Q, S>(q, from, pair + half, of_q, head, has_bias);
        let (a, b) = turned::<A>(a, b, pair, cos, sin, row, 0, 1.0);
        queries[at / half * width + pair] = a * scale;
        queries[at / half * width + pair + half] = b * scale;
        at += units;
    }
    if unit < group {
        maxima[unit] = LEAST;
        totals[unit] = 0.0f32;
    }
    // A thread mixes one number of the values for the heads `lane`, `lane + lanes`, ….
    let lanes = comptime!(if units / width < 1 { 1 } else { units / width });
    let own = comptime!(group.div_ceil(lanes));
    let number = unit % width;
    let lane = unit / width;
    let mut mixed = Array::<f32>::new(own);
    #[unroll]
    for n in 0..own {
        mixed[n] = 0.0f32;
    }
    sync_cube();

    let mut tile = from;
    while tile < to {
        let held = select(to - tile < TILE, to - tile, TILE);
        let mut at = unit;
        while at < held * width {
            let token = tile + at / width;
            let block = usize::cast_from(
                blocks[row * blocks.stride(0) + token / tokens * blocks.stride(1)],
            );
            let slot = block * pool.stride(0) + token % tokens * pool.stride(1);
            let key = pool[slot + (of_keys + at % width) * pool.stride(2)];
            keys[at / width * (width + 1) + at % width] = f32::cast_from(key);
            at += units;
        }
        sync_cube();
        let mut at = unit;
        while at < comptime!(group * TILE) {
            let head = at / TILE;
            let token = at % TILE;
            let mut score = f32::new(LEAST);
            if token < held {
                score = 0.0f32;
                for n in 0..width {
                    score += queries[head * width + n] * keys[token * (width + 1) + n];
                }
            }
            weights[at] = score;
            at += units;
        }
        sync_cube();
        if unit < group {
            let old = maxima[unit];
            let mut max = old;
            for n in 0..TILE {
                max = f32::max(max, weights[unit * TILE + n]);
            }
            let mut total = 0.0f32;
            for n in 0..TILE {
                let weight = f32::exp(weights[unit * TILE + n] - max);
                weights[unit * TILE + n] = weight;
                total += weight;
            }
            let shrink = f32::exp(old - max);
            maxima[unit] = max;
            totals[unit] = totals[unit] * shrink + total;
            shrinks[unit] = shrink;
        }
        sync_cube();
        if lane < lanes {
            #[unroll]
            for n in 0..own {
                let head = lane + n * lanes;
                if head < group {
                    mixed[n] *= shrinks[head];
                }
            }
            for token in 0..held {
                let place = tile + token;
                let block = usize::cast_from(
                    blocks[row * blocks.stride(0) + place / tokens * blocks.stride(1)],
                );
                let slot = block * pool.stride(0) + place % tokens * pool.stride(1);
                let value = f32::cast_from(pool[slot + (of_values + number) * pool.stride(2)]);
                #[unroll]
                for n in 0..own {
                    let head = lane + n * lanes;
                    if head < group {
                        mixed[n] += weights[head * TILE + token] * value;
                    }
                }
            }
        }
        sync_cube();
        tile += TILE;
    }

    if comptime!(is_whole) {
        if lane < lanes {
            #[unroll]
            for n in 0..own {
                let head = lane + n * lanes;
                if head < group {
                    let to = row * y.stride(0) + (kv_head * group + head) * y.stride(2);
                    let to = to + number * y.stride(3);
                    y[to] = Q::cast_from(mean(mixed[n], totals[head]));
                }
            }
        }
    } else {
        // `[rows, heads, parts, width + 2]`, without gaps.
        let heads = kv_head * group + row * q.shape(2);
        if lane < lanes {
            #[unroll]
            for n in 0..own {
                let head = lane + n * lanes;
                if head < group {
                    let to = ((heads + head) * CUBE_COUNT_Z as usize + part) * (width + 2);
                    sums[to + number] = mixed[n];
                }
            }
        }
        if unit < group {
            let to = ((heads + unit) * CUBE_COUNT_Z as usize + part) * (width + 2);
            sums[to + width] = maxima[unit];
            sums[to + width + 1] = totals[unit];
        }
    }
}

/// A query that sees nothing gets zeros.
#[cube]
fn mean(mixed: f32, total: f32) -> f32 {
    mixed / f32::max(total, f32::MIN_POSITIVE)
}

/// Joins the parts of each query.
#[cube(launch, address_type = "dynamic")]
fn join_kernel<Q: Float>(
    sums: &Tensor<f32>,
    y: &mut Tensor<Q>,
    parts: usize,
    #[define(Q)] _dtype: ElemType,
) {
    let heads = y.shape(2);
    let width = y.shape(3);
    if ABSOLUTE_POS >= y.shape(0) * heads * width {
        terminate!();
    }
    let number = ABSOLUTE_POS % width;
    let query = ABSOLUTE_POS / width;
    let from = query * parts * (width + 2);
    let mut max = f32::new(LEAST);
    for part in 0..parts {
        max = f32::max(max, sums[from + part * (width + 2) + width]);
    }
    let mut mixed = 0.0f32;
    let mut total = 0.0f32;
    for part in 0..parts {
        let at = from + part * (width + 2);
        let share = f32::exp(sums[at + width] - max);
        mixed += sums[at + number] * share;
        total += sums[at + width + 1] * share;
    }
    let to = query / heads * y.stride(0) + query % heads * y.stride(2) + number * y.stride(3);
    y[to] = Q::cast_from(mean(mixed, total));
}

/// `[rows, 1, heads, head_dim]`, as `q`.
pub(super) fn attention_of_one_query(
    (q, of_q): (CubeTensor, Option<CubeTensor>),
    [cos, sin]: [CubeTensor; 2],
    pool: CubeTensor,
    [blocks, spans]: [CubeTensor; 2],
    scale: f32,
) -> CubeTensor {
    let [rows, _, heads, width] = q.meta.shape().dims();
    let kv_heads = pool.meta.shape()[2] / (2 * width);
    let most = blocks.meta.shape()[1] * pool.meta.shape()[1];
    let parts = most.div_ceil(KEYS_OF_A_CUBE).clamp(1, MOST_PARTS);
    let y = empty(&q, q.meta.shape().clone(), q.dtype);
    let is_whole = parts == 1;
    let of_parts = if is_whole {
        1
    } else {
        rows * heads * parts * (width + 2)
    };
    let sums = empty(&q, Shape::new([of_parts]), DType::F32);
    let client = q.client.clone();
    let has_bias = of_q.is_some();
    // Where there is none something must stand in its place.
    let of_q = of_q.unwrap_or_else(|| cos.clone());
    let dtypes = [
        kind(&q),
        kind(&of_q),
        kind(&cos),
        kind(&pool),
        kind(&blocks),
    ];
    sums_kernel::launch(
        &client,
        CubeCount::Static(rows as u32, kv_heads as u32, parts as u32),
        CubeDim::new_1d(UNITS),
        address([&q, &pool, &blocks, &spans, &sums]),
        q.into_tensor_arg(),
        of_q.into_tensor_arg(),
        cos.into_tensor_arg(),
        sin.into_tensor_arg(),
        pool.into_tensor_arg(),
        blocks.into_tensor_arg(),
        spans.into_tensor_arg(),
        sums.clone().into_tensor_arg(),
        y.clone().into_tensor_arg(),
        scale,
        has_bias,
        is_whole,
        heads / kv_heads,
        width,
        UNITS as usize,
        dtypes,
    );
    if is_whole {
        return y;
    }
    let (count, dim) = each(&client, rows * heads * width);
    join_kernel::launch(
        &client,
        count,
        dim,
        address([&sums, &y]),
        sums.into_tensor_arg(),
        y.clone().into_tensor_arg(),
        parts,
        dtypes[0],
    );
    y
}
