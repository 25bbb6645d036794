//! The fused operations on a GPU against those of the processor, which are held to Burn's own operations: outputs and
//! gradients.

use burn::tensor::{DType, Device, Int, Tensor, TensorData};
use pure_kernels::{
    BlockTables, DrawOptions, Head, Heads, Visible, add_rms_norm, attention, attention_in_blocks,
    draw, product, rms_norm, rotate_half, swiglu, token_scores,
};

use super::device;
use crate::golden_models::tolerance;

/// Numbers of no pattern, the same on all devices.
fn numbers<const D: usize>(device: &Device, shape: [usize; D], seed: u32) -> Tensor<D> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let number = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    let values: Vec<f32> = std::iter::repeat_with(number)
        .take(shape.iter().product())
        .collect();
    Tensor::from_data(TensorData::new(values, shape), (device, DType::F32))
}

fn ints<const D: usize>(device: &Device, values: Vec<i32>, shape: [usize; D]) -> Tensor<D, Int> {
    Tensor::from_data(TensorData::new(values, shape), (device, DType::I32))
}

/// Holds what an operation gives on the GPU to what it gives on the processor.
fn assert_same(name: &str, operation: impl Fn(&Device) -> Vec<Tensor<1>>) {
    let [right, found] = [Device::flex(), device()].map(|device| {
        let found = operation(&device.autodiff());
        let read = |tensor: Tensor<1>| tensor.into_data().try_into_vec::<f32>().unwrap();
        found.into_iter().map(read).collect::<Vec<_>>()
    });
    let tolerance = tolerance();
    for (place, (right, found)) in right.iter().zip(&found).enumerate() {
        assert_eq!(right.len(), found.len());
        let scale = right.iter().fold(1e-3_f32, |most, x| most.max(x.abs()));
        for (at, (right, found)) in right.iter().zip(found).enumerate() {
            let gap = (right - found).abs();
            assert!(
                gap <= tolerance * scale,
                "{name}, result {place} at {at}: {found}, on the processor {right}, of {scale}"
            );
        }
    }
}

/// An output and the gradients of the inputs, each weighted so that none is like another.
fn with_gradients<const D: usize, const N: usize>(
    inputs: [Tensor<D>; N],
    form: impl Fn([Tensor<D>; N]) -> Tensor<D>,
) -> Vec<Tensor<1>> {
    let inputs = inputs.map(Tensor::require_grad);
    let out = form(inputs.clone());
    let places = out.shape().num_elements() as i64;
    let weight = Tensor::arange(0..places, &out.device()).float().sin();
    let gradients = (out.clone() * weight.reshape(out.dims())).backward();
    let gradients = inputs.map(|input| input.grad(&gradients).unwrap().flatten::<1>(0, D - 1));
    std::iter::once(out.inner().flatten::<1>(0, D - 1))
        .chain(gradients)
        .collect()
}

#[test]
#[ignore = "a GPU backend"]
fn norms_are_those_of_the_processor() {
    for [rows, width] in [[1, 5], [7, 257], [130, 64], [3, 1536]] {
        assert_same(&format!("norm of {rows} x {width}"), |device| {
            let gain = numbers(device, [1, width], 2);
            with_gradients([numbers(device, [rows, width], 1), gain], |[x, gain]| {
                rms_norm(x, gain.squeeze_dim(0), 1e-6)
            })
        });
    }
}

#[test]
#[ignore = "a GPU backend"]
fn sums_and_their_norms_are_those_of_the_processor() {
    for [rows, width] in [[1, 5], [7, 257], [64, 896]] {
        assert_same(&format!("norm of a sum of {rows} x {width}"), |device| {
            let [x, added] = [1, 2].map(|seed| numbers(device, [rows, width], seed));
            let gain = numbers(device, [1, width], 3).squeeze_dim(0);
            let both = add_rms_norm(x, added, gain, 1e-6, DType::F32);
            both.map(|tensor| tensor.flatten(0, 1)).to_vec()
        });
    }
}

#[test]
#[ignore = "a GPU backend"]
fn rotations_are_those_of_the_processor() {
    for (shape, rows_of_angles) in [([2, 3, 2, 8], 1), ([5, 1, 14, 64], 5), ([3, 40, 4, 24], 3)] {
        assert_same(&format!("rotation of {shape:?}"), |device| {
            let [_, length, _, width] = shape;
            let angles = numbers(device, [rows_of_angles, length, 1, width / 2], 3) * 9.0;
            let (cos, sin) = (angles.clone().cos(), angles.sin());
            with_gradients([numbers(device, shape, 4)], |[heads]| {
                rotate_half(heads, cos.clone(), sin.clone())
            })
        });
    }
}

#[test]
#[ignore = "a GPU backend"]
fn gates_and_products_are_those_of_the_processor() {
    assert_same("swiglu", |device| {
        let inputs = [5, 6].map(|seed| numbers(device, [3, 130, 7], seed) * 4.0);
        with_gradients(inputs, |[gate, up]| swiglu(gate, up))
    });
    for rows in [1, 5, 70] {
        assert_same("product", |device| {
            let inputs = [numbers(device, [rows, 48], 7), numbers(device, [48, 96], 8)];
            with_gradients(inputs, |[x, w]| product(x, w, false))
        });
    }
}

#[test]
#[ignore = "a GPU backend"]
fn attention_is_that_of_the_processor() {
    for ([heads, kv_heads, width], length) in [([4, 2, 16], 37), ([6, 2, 24], 130)] {
        assert_same("attention", |device| {
            let shape = |heads| [2, heads, length, width];
            let inputs = [(heads, 9), (kv_heads, 10), (kv_heads, 11)]
                .map(|(heads, seed)| numbers(device, shape(heads), seed));
            let spans = (0..length as i32).flat_map(|query| [query / 3, query]);
            let visible = Visible {
                keys: ints(device, (0..length as i32).collect(), [1, length]),
                spans: ints(device, spans.collect(), [1, length, 2]),
            };
            let [q, k, v] = inputs.map(Tensor::require_grad);
            let out = attention(q.clone(), k.clone(), v.clone(), &visible, 0.3);
            let places = out.shape().num_elements() as i64;
            let weight = Tensor::arange(0..places, device).float().sin();
            let gradients = (out.clone() * weight.reshape(out.dims())).backward();
            let of = [q, k, v].map(|input| input.grad(&gradients).unwrap().flatten(0, 3));
            std::iter::once(out.inner().flatten(0, 3))
                .chain(of)
                .collect()
        });
    }
}

#[test]
#[ignore = "a GPU backend"]
fn scores_of_tokens_are_those_of_the_processor() {
    assert_same("token scores", |device| {
        let targets = (0..50).map(|token| token * 37 % 700).collect();
        let targets = ints(device, targets, [50]);
        let inputs = [
            numbers(device, [50, 48], 16),
            numbers(device, [700, 48], 17),
        ];
        with_gradients(inputs, |[hidden, head]| {
            let scores = token_scores(hidden, Head::Rows(head), targets.clone(), 0.7);
            Tensor::stack(scores.to_vec(), 0)
        })
    });
}

/// Texts of so many tokens and one new one each, in blocks that are strewn over a pool; a row of none is a pad.
fn one_new_token(
    device: &Device,
    texts: [Option<i32>; 6],
    is_biased: bool,
    [heads, kv_heads, width]: [usize; 3],
) -> Vec<Tensor<1>> {
    const BLOCK: i32 = 16;
    const BLOCKS: i32 = 601;
    let most = texts.iter().flatten().max().unwrap() / BLOCK + 1;
    let (rows, each) = (texts.len(), most as usize);
    // 7 is prime to the number of blocks, so these are all of them but 0, each once.
    let mut free = (1..BLOCKS).map(|place| place * 7 % BLOCKS);
    let (mut slots, mut blocks, mut spans) = (Vec::new(), Vec::new(), Vec::new());
    for text in texts {
        let own: Vec<i32> = free.by_ref().take(each).collect();
        slots.push(text.map_or(0, |at| own[(at / BLOCK) as usize] * BLOCK + at % BLOCK));
        spans.extend(text.map_or([1, 0], |at| [0, at]));
        blocks.extend(own);
    }
    let device = &device.clone().inner();
    let tables = BlockTables {
        slots: ints(device, slots, [rows]),
        blocks: ints(device, blocks, [rows, each]),
        spans: ints(device, spans, [rows, 1, 2]),
    };
    let shape = [BLOCKS as usize, BLOCK as usize, 2 * kv_heads * width];
    let mut pool = numbers(device, shape, 12);
    let [q, k, v] = [(heads, 13), (kv_heads, 14), (kv_heads, 15)]
        .map(|(heads, seed)| numbers(device, [rows, 1, heads, width], seed));
    let angles = numbers(device, [rows, 1, 1, width / 2], 16) * 9.0;
    let angles = [angles.clone().cos(), angles.sin()];
    let biases = [(heads, 17), (kv_heads, 18), (kv_heads, 19)]
        .map(|(heads, seed)| numbers(device, [heads * width], seed));
    let made = Heads {
        q,
        k,
        v,
        biases: is_biased.then_some(biases),
        angles,
    };
    let mixed = attention_in_blocks(made, &mut pool, &tables, 0.7);
    vec![mixed.flatten(0, 3), pool.flatten(0, 2)]
}

#[test]
#[ignore = "a GPU backend"]
fn attention_to_the_blocks_of_a_cache_is_that_of_the_processor() {
    let short = [Some(0), Some(31), Some(32), Some(240), None, Some(100)];
    // Shared out among cubes.
    let long = [Some(0), Some(31), Some(32), Some(700), None, Some(1_500)];
    for texts in [short, long] {
        for shape in [[4, 2, 16], [14, 2, 64], [3, 3, 24], [12, 2, 128]] {
            for is_biased in [false, true] {
                assert_same(&format!("{shape:?}"), |device| {
                    one_new_token(device, texts, is_biased, shape)
                });
            }
        }
    }
}

/// Draws of every kind, from rows of a vocabulary that no number of threads divides.
fn draws(rows: usize, vocab_size: u32) -> Vec<DrawOptions> {
    let all = |row: usize| {
        let uniform = (row as f64 * 0.618_034 + 0.1) % 1.0;
        let plain = DrawOptions {
            row,
            uniform,
            ..DrawOptions::default()
        };
        let tokens = (0..40).map(|place| (place * 37 + row as u32) % vocab_size);
        let tokens: Vec<u32> = tokens.collect();
        [
            DrawOptions {
                temperature: 0.7,
                ..plain.clone()
            },
            DrawOptions {
                temperature: 0.0,
                ..plain.clone()
            },
            DrawOptions {
                top_k: 1 + row * 5,
                ..plain.clone()
            },
            DrawOptions {
                top_p: 0.05 + 0.15 * row as f64,
                temperature: 0.4,
                ..plain.clone()
            },
            DrawOptions {
                min_p: 0.3,
                ..plain.clone()
            },
            DrawOptions {
                temperature: 1.6,
                top_k: 200,
                top_p: 0.9,
                min_p: 0.02,
                repetition_penalty: 1.8,
                penalised: tokens[..20].to_vec(),
                barred: tokens[15..].to_vec(),
                ..plain
            },
        ]
    };
    (0..rows).flat_map(all).collect()
}

#[test]
#[ignore = "a GPU backend"]
fn draws_are_those_of_the_processor() {
    let tolerance = tolerance();
    let (mut same, mut all) = (0, 0);
    for (rows, vocab_size) in [(1, 7), (6, 1_000), (3, 49_152)] {
        for departs in [false, true] {
            let mut draws = draws(rows, vocab_size);
            if !departs {
                draws.truncate(2);
            }
            let drawn = |device: &Device| {
                let logits = numbers(device, [rows, vocab_size as usize], 31) * 6.0;
                draw(logits, draws.clone())
            };
            let [right, found] = [Device::flex(), device()].map(|device| drawn(&device));
            for ((right, found), of) in right.iter().zip(&found).zip(&draws) {
                let (Some(right), Some(found)) = (right, found) else {
                    // All words are barred where there are so few.
                    assert_eq!(right, found, "{of:?}");
                    continue;
                };
                all += 1;
                same += usize::from(right.token == found.token);
                if right.token == found.token {
                    let gap = (right.log_prob - found.log_prob).abs();
                    let other = (right.drawn_log_prob - found.drawn_log_prob).abs();
                    assert!(
                        gap < tolerance && other < tolerance,
                        "{of:?}: {right:?}, {found:?}"
                    );
                }
            }
        }
    }
    // Where a sum in f32 passes the number by a hair, the neighbour is drawn.
    assert!(all > 60 && same + 1 >= all, "{same} of {all}");
}

#[test]
#[ignore = "a GPU backend"]
fn draws_from_what_is_no_distribution_are_refused() {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let logits = Tensor::<2>::from_floats([[bad, bad, bad], [0.0, 1.0, 2.0]], &device());
        let draws = [0, 1].map(|row| DrawOptions {
            row,
            ..DrawOptions::default()
        });
        let drawn = draw(logits, draws.to_vec());
        assert!(drawn[0].is_none() && drawn[1].is_some(), "{bad}: {drawn:?}");
    }
}
