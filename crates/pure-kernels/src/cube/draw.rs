//! [Draws](crate::draw): a row to a cube, in one launch.
//!
//! A thread looks at a stretch of the vocabulary, and all threads add up the sums of all stretches, in order. A cut keeps
//! what is at least some logit, which is found by bisection: `top_k` keeps `z` if fewer than `k` logits are above it,
//! `top_p` if those above it have less than `p` of the whole, and both fall as `z` rises. Floats are bisected by their
//! bits, whose order is that of the numbers, so thirty-two steps find the very logit.

use burn::tensor::{DType, Shape, TensorData};
use burn_cubecl::CubeBackend;
use burn_cubecl::cubecl::{self, prelude::*};
use burn_cubecl::tensor::CubeTensor;

use super::{UNITS, address, cubes, empty, kind};
use crate::draw::{DrawOptions, NUMBERS};

/// Below all logits, and still a number.
const LEAST: f32 = -1e30;
/// Above all of them.
const MOST: f32 = 1e30;

/// Of a token that is barred; the next ones below are those of the tokens that follow.
const BARRED: i32 = -2;

/// What a kernel must know of a draw: row, uniform number, temperature, whether it is greedy, `top_k`, `top_p`, the
/// logarithm of `min_p`, and the penalty.
const RULES: usize = 8;

/// The bits of a number, in the order of the numbers.
#[cube]
fn key(z: f32) -> u32 {
    let bits = u32::reinterpret(z);
    select(bits >= 0x8000_0000u32, !bits, bits | 0x8000_0000u32)
}

/// The sum of what all threads hold.
#[cube]
fn sum(parts: &mut Shared<[f32]>, own: f32, #[comptime] units: usize) -> f32 {
    parts[UNIT_POS as usize] = own;
    sync_cube();
    let mut whole = 0.0f32;
    for unit in 0..units {
        whole += parts[unit];
    }
    sync_cube();
    whole
}

/// The largest of what all threads hold, and its place: the first, where several are as large.
#[cube]
fn largest(
    parts: &mut Shared<[f32]>,
    places: &mut Shared<[u32]>,
    own: f32,
    at: usize,
    #[comptime] units: usize,
) -> (f32, u32) {
    parts[UNIT_POS as usize] = own;
    places[UNIT_POS as usize] = u32::cast_from(at);
    sync_cube();
    let mut max = f32::new(LEAST);
    let mut place = 0u32;
    for unit in 0..units {
        if parts[unit] > max {
            max = parts[unit];
            place = places[unit];
        }
    }
    sync_cube();
    (max, place)
}

#[cube(launch, address_type = "dynamic")]
#[expect(clippy::too_many_arguments, reason = "what a draw needs")]
fn draw_kernel<L: Float>(
    logits: &Tensor<L>,
    rules: &Tensor<f32>,
    tokens: &Tensor<i32>,
    altered: &mut Tensor<f32>,
    drawn: &mut Tensor<f32>,
    #[comptime] departs: bool,
    #[comptime] units: usize,
    #[define(L)] _dtype: ElemType,
) {
    // A barrier is for all threads, so none leaves: a cube without a draw walks over nothing.
    let is_there = CUBE_POS < drawn.shape(0);
    let place = select(is_there, CUBE_POS, 0);
    let unit = UNIT_POS as usize;
    let vocabulary = select(is_there, logits.shape(1), 0);
    let stretch = vocabulary.div_ceil(units);
    let from = select(unit * stretch < vocabulary, unit * stretch, vocabulary);
    let to = select(from + stretch < vocabulary, from + stretch, vocabulary);
    let step = logits.stride(1);

    let rule = place * RULES;
    let row = usize::cast_from(rules[rule]) * logits.stride(0);
    let uniform = rules[rule + 1];
    let temperature = rules[rule + 2];
    let is_greedy = rules[rule + 3] > 0.5;

    let mut parts = Shared::<[f32]>::new_slice(units);
    let mut places = Shared::<[u32]>::new_slice(units);
    let mut chosen = Shared::<[u32]>::new_slice(1usize);
    let mut chosen_logit = Shared::<[f32]>::new_slice(1usize);

    // The model's own distribution.
    let mut best = f32::new(LEAST);
    let mut best_at = from;
    for at in from..to {
        let z = f32::cast_from(logits[row + at * step]) / temperature;
        if z > best {
            best = z;
            best_at = at;
        }
    }
    let (max, own_likeliest) = largest(&mut parts, &mut places, best, best_at, units);
    let mut likeliest = own_likeliest;
    let mut own = 0.0f32;
    for at in from..to {
        own += f32::exp(f32::cast_from(logits[row + at * step]) / temperature - max);
    }
    let whole = sum(&mut parts, own, units);
    let is_sound = max > LEAST && max < MOST && whole < MOST;

    // What is drawn from: logits, the largest of them, and the least that is kept.
    let mut drawn_max = max;
    let mut least = 0u32;
    let line = place * vocabulary;
    if comptime!(departs) {
        let top_k = rules[rule + 4];
        let top_p = rules[rule + 5];
        let log_min_p = rules[rule + 6];
        let penalty = rules[rule + 7];
        for at in from..to {
            altered[line + at] = f32::cast_from(logits[row + at * step]);
        }
        // A thread alters what is in its stretch.
        let list = place * tokens.shape(1);
        for entry in 0..tokens.shape(1) {
            let token = tokens[list + entry];
            let at = select(token >= 0, usize::cast_from(token), vocabulary);
            if at >= from && at < to {
                let logit = altered[line + at];
                altered[line + at] = select(logit > 0.0, logit / penalty, logit * penalty);
            }
        }
        for at in from..to {
            altered[line + at] /= temperature;
        }
        for entry in 0..tokens.shape(1) {
            let token = tokens[list + entry];
            let at = select(
                token <= BARRED,
                usize::cast_from(BARRED - token),
                vocabulary,
            );
            if at >= from && at < to {
                altered[line + at] = f32::new(LEAST);
            }
        }
        let mut best = f32::new(LEAST);
        let mut best_at = from;
        for at in from..to {
            let z = altered[line + at];
            if z > best {
                best = z;
                best_at = at;
            }
        }
        let (altered_max, altered_likeliest) =
            largest(&mut parts, &mut places, best, best_at, units);
        drawn_max = altered_max;
        likeliest = altered_likeliest;

        // The least logit above which there are fewer than `top_k`.
        let mut low = 0u32;
        let mut high = 0xffff_ffffu32;
        for _ in 0..32u32 {
            let middle = low + (high - low) / 2;
            let mut above = 0.0f32;
            for at in from..to {
                above += select(key(altered[line + at]) > middle, 1.0f32, 0.0f32);
            }
            let is_kept = sum(&mut parts, above, units) < top_k;
            high = select(is_kept, middle, high);
            low = select(is_kept, low, middle + 1);
        }
        least = select(top_k > 0.5, low, 0u32);

        // The least above which, of what is left, there is less than `top_p`.
        let mut left = 0.0f32;
        for at in from..to {
            let z = altered[line + at];
            left += select(key(z) >= least, f32::exp(z - drawn_max), 0.0f32);
        }
        let goal = sum(&mut parts, left, units) * top_p;
        let mut low = 0u32;
        let mut high = 0xffff_ffffu32;
        for _ in 0..32u32 {
            let middle = low + (high - low) / 2;
            let mut above = 0.0f32;
            for at in from..to {
                let z = altered[line + at];
                let is_above = key(z) > middle && key(z) >= least;
                above += select(is_above, f32::exp(z - drawn_max), 0.0f32);
            }
            let is_kept = sum(&mut parts, above, units) < goal;
            high = select(is_kept, middle, high);
            low = select(is_kept, low, middle + 1);
        }
        least = select(top_p < 1.0 && low > least, low, least);

        let near = key(drawn_max + log_min_p);
        least = select(near > least, near, least);
    }

    // The first token at which the sum passes the goal is in one stretch.
    let mut own = 0.0f32;
    for at in from..to {
        let z = if comptime!(departs) {
            altered[line + at]
        } else {
            f32::cast_from(logits[row + at * step]) / temperature
        };
        own += select(key(z) >= least, f32::exp(z - drawn_max), 0.0f32);
    }
    parts[unit] = own;
    if unit == 0 {
        chosen[0] = likeliest;
        chosen_logit[0] = drawn_max;
    }
    sync_cube();
    let mut before = 0.0f32;
    let mut drawn_whole = 0.0f32;
    for other in 0..units {
        before = select(other == unit, drawn_whole, before);
        drawn_whole += parts[other];
    }
    let goal = uniform * drawn_whole;
    if !is_greedy && goal >= before && goal < before + own {
        let mut passed = before;
        let mut at = from;
        while at < to && passed <= goal {
            let z = if comptime!(departs) {
                altered[line + at]
            } else {
                f32::cast_from(logits[row + at * step]) / temperature
            };
            let weight = select(key(z) >= least, f32::exp(z - drawn_max), 0.0f32);
            if weight > 0.0 {
                chosen[0] = u32::cast_from(at);
                chosen_logit[0] = z;
            }
            passed += weight;
            at += 1;
        }
    }
    sync_cube();
    if unit == 0 && is_there {
        let token = chosen[0];
        let z = f32::cast_from(logits[row + usize::cast_from(token) * step]) / temperature;
        let to = place * NUMBERS;
        drawn[to] = f32::cast_from(token);
        drawn[to + 1] = z - max - f32::ln(whole);
        drawn[to + 2] = chosen_logit[0] - drawn_max - f32::ln(drawn_whole);
        drawn[to + 3] = select(is_sound && drawn_max > LEAST, 1.0f32, 0.0f32);
    }
}

/// The tokens of a draw to look out for: those to penalise as they are, those barred as `BARRED - token`.
fn marked(draw: &DrawOptions) -> impl Iterator<Item = i32> {
    let penalised = draw.penalised.iter().map(|&token| token as i32);
    penalised.chain(draw.barred.iter().map(|&token| BARRED - token as i32))
}

fn rules(draw: &DrawOptions) -> [f32; RULES] {
    let log_min_p = if draw.min_p > 0.0 {
        (draw.min_p as f32).ln()
    } else {
        LEAST
    };
    [
        draw.row as f32,
        draw.uniform as f32,
        draw.scoring_temperature() as f32,
        f32::from(draw.temperature == 0.0),
        draw.top_k as f32,
        draw.top_p as f32,
        log_min_p,
        draw.repetition_penalty as f32,
    ]
}

/// `[draws, NUMBERS]`.
pub(super) fn draw(logits: CubeTensor, draws: &[DrawOptions]) -> CubeTensor {
    use burn::backend::ops::{FloatTensorOps, IntTensorOps};

    let [_, vocabulary] = logits.meta.shape().dims();
    let departs = draws.iter().any(DrawOptions::departs);
    let device = logits.device.clone();
    let numbers: Vec<f32> = draws.iter().flat_map(rules).collect();
    let rules =
        CubeBackend::float_from_data(TensorData::new(numbers, [draws.len(), RULES]), &device);
    // At least one place, which stands for nothing.
    let longest = draws.iter().map(|draw| marked(draw).count()).max();
    let longest = longest.unwrap_or(0).max(1);
    let lists = draws.iter().flat_map(|draw| {
        let nothing = std::iter::repeat(-1);
        marked(draw).chain(nothing).take(longest)
    });
    let lists = TensorData::new(lists.collect::<Vec<i32>>(), [draws.len(), longest]);
    let tokens = CubeBackend::int_from_data(lists, &device);
    let altered = if departs { draws.len() * vocabulary } else { 1 };
    let altered = empty(&logits, Shape::new([altered]), DType::F32);
    let drawn = empty(&logits, Shape::new([draws.len(), NUMBERS]), DType::F32);
    let client = logits.client.clone();
    let dtype = kind(&logits);
    draw_kernel::launch(
        &client,
        cubes(&client, draws.len()),
        CubeDim::new_1d(UNITS),
        address([&logits, &altered, &drawn]),
        logits.into_tensor_arg(),
        rules.into_tensor_arg(),
        tokens.into_tensor_arg(),
        altered.into_tensor_arg(),
        drawn.clone().into_tensor_arg(),
        departs,
        UNITS as usize,
        dtype,
    );
    drawn
}
