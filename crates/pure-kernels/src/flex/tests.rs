//! Each fused body against a composition of Burn's own operations, gradients included.

use burn::tensor::{DType, Device, Distribution, Int, Tensor, TensorData, activation};

use crate::{
    AdamW, BlockTables, Visible, attention, attention_in_blocks, product, rms_norm, rotate_half,
    swiglu, three_products, two_products,
};

fn device() -> Device {
    let device = Device::flex().autodiff();
    device.seed(1);
    device
}

fn random<const D: usize>(shape: [usize; D]) -> Tensor<D> {
    Tensor::random(shape, Distribution::Normal(0.0, 4.0), &device())
}

/// Output and gradients of a form, weighted so that no gradient is like another.
fn run<const D: usize, const N: usize>(
    form: impl Fn([Tensor<D>; N]) -> Tensor<D>,
    inputs: &[Tensor<D>; N],
) -> Vec<Tensor<D>> {
    let inputs = inputs.clone().map(Tensor::require_grad);
    let out = form(inputs.clone());
    let places = out.shape().num_elements() as i64;
    let weight = Tensor::arange(0..places, &out.device()).float().sin();
    let grads = (out.clone() * weight.reshape(out.dims())).sum().backward();
    let mut results = vec![out.inner()];
    results.extend(inputs.iter().map(|input| input.grad(&grads).unwrap()));
    results
}

fn assert_same<const D: usize, const N: usize>(
    inputs: [Tensor<D>; N],
    fused: impl Fn([Tensor<D>; N]) -> Tensor<D>,
    plain: impl Fn([Tensor<D>; N]) -> Tensor<D>,
) {
    let pairs = run(fused, &inputs).into_iter().zip(run(plain, &inputs));
    for (fused, plain) in pairs {
        let scale: f32 = plain.clone().abs().max().into_scalar();
        let gap: f32 = (fused - plain).abs().max().into_scalar();
        assert!(gap <= 2e-6 * scale, "{gap} of {scale}");
    }
}

fn assert_swiglu_is_its_plain_form(inputs: [Tensor<3>; 2]) {
    assert_same(
        inputs,
        |[gate, up]| swiglu(gate, up),
        |[gate, up]| activation::silu(gate) * up,
    );
}

#[test]
fn swiglu_equals_its_plain_form_with_its_gradients() {
    assert_swiglu_is_its_plain_form([0; 2].map(|_| random([3, 5, 7])));
    assert_swiglu_is_its_plain_form([0; 2].map(|_| random([2, 130, 257])));
}

#[test]
fn views_are_read_as_what_they_show() {
    let view = |_| random([4, 6, 8]).swap_dims(0, 2).narrow(1, 2, 3);
    assert_swiglu_is_its_plain_form([0; 2].map(view));
}

#[test]
fn a_gate_that_is_shut_or_wide_open_stays_finite() {
    let device = Device::flex();
    let gate = Tensor::<1>::from_floats([-1e30, -200.0, 200.0, 1e30], &device);
    let out = swiglu(gate, Tensor::ones([4], &device));
    let out = out.into_data().try_into_vec::<f32>().unwrap();
    assert!(out[0].abs() < 1e-6 && out[1].abs() < 1e-6, "{out:?}");
    assert_eq!(out[2..], [200.0, 1e30]);
}

/// The half-rotation as Hugging Face writes it: `x cos + (-b, a) sin`.
fn plain_rotation(heads: Tensor<4>, cos: Tensor<4>, sin: Tensor<4>) -> Tensor<4> {
    let half = heads.dims()[3] / 2;
    let (a, b) = (
        heads.clone().narrow(3, 0, half),
        heads.clone().narrow(3, half, half),
    );
    let double = |angles: Tensor<4>| Tensor::cat(vec![angles.clone(), angles], 3);
    heads * double(cos) + Tensor::cat(vec![b.neg(), a], 3) * double(sin)
}

#[test]
fn rotations_equal_their_plain_form_with_their_gradients() {
    for (shape, rows_of_angles) in [([2, 3, 2, 8], 1), ([2, 3, 1, 10], 2), ([5, 40, 4, 64], 5)] {
        let [_, length, _, width] = shape;
        let angles = random([rows_of_angles, length, 1, width / 2]);
        let (cos, sin) = (angles.clone().cos(), angles.sin());
        assert_same(
            [random(shape)],
            |[heads]| rotate_half(heads, cos.clone(), sin.clone()),
            |[heads]| plain_rotation(heads, cos.clone(), sin.clone()),
        );
    }
}

/// Heads of keys and values repeated for each head of queries, as the textbook has it. What sees nothing
/// gets nothing.
fn textbook(q: Tensor<4>, k: Tensor<4>, v: Tensor<4>, visible: &Visible) -> Tensor<4> {
    let [batch, heads, queries, width] = q.dims();
    let [_, kv_heads, keys, _] = k.dims();
    let repeated = |x: Tensor<4>| {
        x.reshape([batch, kv_heads, 1, keys, width].map(|d| d as i32))
            .repeat_dim(2, heads / kv_heads)
            .reshape([batch, heads, keys, width].map(|d| d as i32))
    };
    let numbers = visible.keys.clone().reshape([-1, 1, 1, keys as i32]);
    let end = |which| {
        let end = visible.spans.clone().slice_dim(2, which);
        end.reshape([-1, 1, queries as i32, 1])
    };
    let seen = numbers
        .clone()
        .greater_equal(end(0))
        .bool_and(numbers.lower_equal(end(1)));
    let seen = seen.float().expand([batch, heads, queries, keys]);
    let scores = q.matmul(repeated(k).swap_dims(2, 3)) * 0.3 + (seen.clone() - 1.0) * 1e30;
    let weights = activation::softmax(scores, 3) * seen;
    weights.matmul(repeated(v))
}

fn ints<const D: usize>(numbers: Vec<i32>, shape: [usize; D]) -> Tensor<D, Int> {
    Tensor::from_data(TensorData::new(numbers, shape), (&device(), DType::I32))
}

const PAD: i32 = i32::MAX;

/// Rows of texts with so many pads before and behind them.
fn padded(rows: &[[usize; 2]], length: usize) -> Visible {
    let numbers = rows.iter().flat_map(|&[before, behind]| {
        (0..length).map(move |column| match column {
            _ if column < before || column >= length - behind => PAD,
            _ => (column - before) as i32,
        })
    });
    let numbers: Vec<i32> = numbers.collect();
    let spans = numbers.iter().flat_map(|&own| match own {
        PAD => [1, 0],
        _ => [0, own],
    });
    Visible {
        spans: ints(spans.collect(), [rows.len(), length, 2]),
        keys: ints(numbers, [rows.len(), length]),
    }
}

/// A row of texts of the given lengths, one behind the other.
fn packed(lengths: &[i32]) -> Visible {
    let (mut spans, mut start) = (Vec::new(), 0);
    for &length in lengths {
        spans.extend((start..start + length).flat_map(|own| [start, own]));
        start += length;
    }
    Visible {
        spans: ints(spans, [1, start as usize, 2]),
        keys: ints((0..start).collect(), [1, start as usize]),
    }
}

/// The last `queries` of a causal text of `keys` tokens, as when a cache is read in parts.
fn last_of(queries: i32, keys: i32) -> Visible {
    let spans = (keys - queries..keys).flat_map(|own| [0, own]).collect();
    Visible {
        spans: ints(spans, [1, queries as usize, 2]),
        keys: ints((0..keys).collect(), [1, keys as usize]),
    }
}

/// Output and gradients of attention, the tensors being views as they are in a model.
fn attended(
    form: impl Fn(Tensor<4>, Tensor<4>, Tensor<4>, &Visible) -> Tensor<4>,
    visible: &Visible,
    [batch, heads, kv_heads, width]: [usize; 4],
) -> Vec<Tensor<4>> {
    device().seed(2);
    let view = |length, heads| random([batch, length, heads, width]) * 0.3;
    let (queries, keys) = (visible.spans.dims()[1], visible.keys.dims()[1]);
    let inputs = [
        view(queries, heads),
        view(keys, kv_heads),
        view(keys, kv_heads),
    ];
    run(
        |inputs| {
            let [q, k, v] = inputs.map(|input: Tensor<4>| input.swap_dims(1, 2));
            form(q, k, v, visible).swap_dims(1, 2)
        },
        &inputs,
    )
}

fn assert_attends_as_the_textbook(
    form: impl Fn(Tensor<4>, Tensor<4>, Tensor<4>, &Visible) -> Tensor<4>,
    visible: &Visible,
    shape: [usize; 4],
) {
    let (found, right) = (
        attended(form, visible, shape),
        attended(textbook, visible, shape),
    );
    let size = |x: &Tensor<4>| x.clone().abs().max().into_scalar::<f32>();
    // Where a query sees one key, a gradient is what rounding leaves of a difference of others.
    let scale = right.iter().map(size).fold(0.0, f32::max);
    for (found, right) in found.into_iter().zip(right) {
        let gap = size(&(found - right));
        assert!(gap <= 1e-5 * scale, "{gap} of {scale} for {shape:?}");
    }
}

#[test]
fn attention_equals_the_textbook_with_its_gradients() {
    for (visible, shape) in [
        (packed(&[1]), [2, 2, 1, 3]),
        (packed(&[7]), [3, 4, 2, 8]),
        (packed(&[3, 1, 9, 20]), [2, 6, 2, 10]),
        (packed(&[400, 130, 70]), [1, 3, 1, 16]),
        (packed(&[700]), [1, 4, 4, 24]),
        (padded(&[[0, 0], [9, 0], [0, 30], [3, 4]], 40), [4, 4, 2, 8]),
        (padded(&[[300, 0], [0, 1]], 310), [2, 2, 1, 16]),
        (last_of(5, 290), [2, 4, 2, 8]),
        (last_of(1, 33), [3, 4, 2, 8]),
    ] {
        let fused = |q, k, v, seen: &Visible| attention(q, k, v, seen, 0.3);
        assert_attends_as_the_textbook(fused, &visible, shape);
    }
}

/// On flex it serves what is not f32.
#[test]
fn the_plain_body_equals_the_textbook_with_its_gradients() {
    for (visible, shape) in [
        (padded(&[[0, 0], [9, 0], [0, 30], [3, 4]], 40), [4, 4, 2, 8]),
        (packed(&[3, 1, 9, 20]), [2, 6, 2, 10]),
        (packed(&[3000]), [1, 4, 2, 4]),
    ] {
        let in_f64 = |q: Tensor<4>, k: Tensor<4>, v: Tensor<4>, seen: &Visible| {
            let [q, k, v] = [q, k, v].map(|x| x.cast(DType::F64));
            attention(q, k, v, seen, 0.3).cast(DType::F32)
        };
        assert_attends_as_the_textbook(in_f64, &visible, shape);
    }
}

/// Texts of the given lengths before and after new tokens came, in blocks strewn over a pool.
struct InBlocks {
    before: Vec<usize>,
    new: Vec<usize>,
    tables: BlockTables,
}

impl InBlocks {
    const BLOCK: usize = 4;
    const BLOCKS: usize = 1000;

    /// Rows of so many tokens before and so many new ones; block 0 is nobody's.
    fn of(rows: &[[usize; 2]]) -> Self {
        let (before, new): (Vec<_>, Vec<_>) = rows.iter().map(|&[a, b]| (a, b)).unzip();
        let (queries, most) = (*new.iter().max().unwrap(), 160);
        // 7 is prime to the number of blocks, so these are all of them but 0, each once.
        let mut free = (1..Self::BLOCKS).map(|place| (place * 7 % Self::BLOCKS) as i32);
        let (mut slots, mut blocks, mut spans) = (Vec::new(), Vec::new(), Vec::new());
        for &[before, new] in rows {
            let of_row: Vec<i32> = free.by_ref().take(most).collect();
            for query in 0..queries {
                let (token, is_real) = (before + query, query < new);
                let slot = of_row[token / Self::BLOCK % most] as usize * Self::BLOCK;
                slots.push(if is_real {
                    (slot + token % Self::BLOCK) as i32
                } else {
                    0
                });
                spans.extend(if is_real { [0, token as i32] } else { [1, 0] });
            }
            blocks.extend(of_row);
        }
        let tables = BlockTables {
            slots: ints(slots, [rows.len() * queries]),
            blocks: ints(blocks, [rows.len(), most]),
            spans: ints(spans, [rows.len(), queries, 2]),
        };
        Self {
            before,
            new,
            tables,
        }
    }

    /// Fills a pool with what was there before, adds what is new, and compares each row with the textbook.
    fn assert_attends_as_the_textbook(&self, [heads, kv_heads, width]: [usize; 3], dtype: DType) {
        let [rows, queries, _] = self.tables.spans.dims();
        fn some<const D: usize>(shape: [usize; D], dtype: DType) -> Tensor<D> {
            random(shape).inner().cast(dtype) * 0.3
        }
        let mut pool = some([Self::BLOCKS, Self::BLOCK, 2 * kv_heads * width], dtype);
        let blocks = self
            .tables
            .blocks
            .clone()
            .into_data()
            .try_into_vec::<i32>()
            .unwrap();
        let held = |pool: &Tensor<3>, row: usize, tokens: usize| {
            let blocks = &blocks[row * 160..][..160];
            let blocks = Tensor::from_ints(blocks, &pool.device());
            let held = pool.clone().select(0, blocks);
            let held = held
                .reshape([1, 160 * Self::BLOCK, 2 * kv_heads, width])
                .swap_dims(1, 2);
            let part = |first| {
                held.clone()
                    .slice([0..1, first..first + kv_heads, 0..tokens])
            };
            [part(0), part(kv_heads)]
        };
        let old = pool.clone();
        let q = some([rows, queries, heads, width], dtype);
        let [k, v] = [0; 2].map(|_| some([rows, queries, kv_heads, width], dtype));
        let mixed = attention_in_blocks(
            q.clone(),
            k.clone(),
            v.clone(),
            &mut pool,
            &self.tables,
            0.3,
        );
        for row in 0..rows {
            let (before, new) = (self.before[row], self.new[row]);
            let of_row = |x: &Tensor<4>| x.clone().slice([row..row + 1, 0..new]).swap_dims(1, 2);
            let [old_k, old_v] = held(&old, row, before);
            let k = Tensor::cat(vec![old_k, of_row(&k)], 2);
            let v = Tensor::cat(vec![old_v, of_row(&v)], 2);
            let now = held(&pool, row, before + new);
            assert!(now[0].clone().into_data() == k.clone().into_data());
            assert!(now[1].clone().into_data() == v.clone().into_data());
            let visible = last_of(new as i32, (before + new) as i32);
            if dtype == DType::F32 {
                let at_once = attention(of_row(&q), k.clone(), v.clone(), &visible, 0.3);
                assert!(of_row(&mixed).into_data() == at_once.into_data());
            }
            let [q, k, v, mixed] = [of_row(&q), k, v, of_row(&mixed)].map(|x| x.cast(DType::F32));
            let gap = mixed - textbook(q, k, v, &visible);
            let gap: f32 = gap.abs().max().into_scalar();
            assert!(gap < 1e-5, "{gap} in row {row} of {before} + {new}");
        }
    }
}

#[test]
fn attention_in_blocks_equals_the_textbook_and_to_the_bit_that_of_a_text_read_at_once() {
    for rows in [
        &[[0, 1], [9, 1], [3, 1], [4, 1], [43, 1]][..],
        &[[600, 1], [255, 1], [256, 1]],
        &[[7, 1]],
        &[[0, 5], [13, 2], [40, 8]],
    ] {
        for shape in [[4, 2, 16], [6, 2, 10], [3, 3, 64]] {
            let texts = InBlocks::of(rows);
            texts.assert_attends_as_the_textbook(shape, DType::F32);
            // On flex the plain body serves what is not f32.
            texts.assert_attends_as_the_textbook(shape, DType::F64);
        }
    }
}

#[test]
fn pads_around_a_text_change_no_bit_of_it() {
    let (length, shape) = (290, [1, 4, 2, 16]);
    let [q, k, v] = [4, 2, 2].map(|heads| random([1, heads, length, 16]).inner());
    let alone = attention(
        q.clone(),
        k.clone(),
        v.clone(),
        &packed(&[length as i32]),
        0.3,
    );
    let alone = alone.into_data();
    for pads in [[1, 0], [0, 7], [100, 0], [37, 300]] {
        let wide = |x: &Tensor<4>| {
            let pad = |count| random([1, x.dims()[1], count, 16]).inner();
            let parts = [pad(pads[0]), x.clone(), pad(pads[1])];
            let parts = parts.into_iter().filter(|part| part.dims()[2] > 0);
            Tensor::cat(parts.collect(), 2)
        };
        let visible = padded(&[pads], length + pads[0] + pads[1]);
        let found = attention(wide(&q), wide(&k), wide(&v), &visible, 0.3);
        let found = found.narrow(2, pads[0], length).into_data();
        assert!(found == alone, "{pads:?} pads around {shape:?}");
    }
}

#[test]
fn products_side_by_side_are_the_products_with_their_gradients() {
    let inputs = || {
        [
            random([70, 90]),
            random([90, 90]),
            random([90, 90]),
            random([90, 90]),
        ]
    };
    let three = |[x, a, b, c]: [Tensor<2>; 4]| {
        let [a, b, c] = three_products(x, a, b, c);
        a + b * 2.0 - c * 3.0
    };
    let plain = |[x, a, b, c]: [Tensor<2>; 4]| {
        x.clone().matmul(a) + x.clone().matmul(b) * 2.0 - x.matmul(c) * 3.0
    };
    assert_same(inputs(), three, plain);
    let [x, a, b, _] = inputs().map(Tensor::inner);
    let [y, z] = two_products(x.clone(), a.clone(), b.clone());
    assert!(y.into_data() == x.clone().matmul(a).into_data());
    assert!(z.into_data() == x.matmul(b).into_data());
}

#[test]
fn rms_norm_equals_its_plain_form_with_its_gradients() {
    for [rows, width] in [[3, 5], [130, 257], [70, 256]] {
        let gain = random([1, width]);
        let normed = |x: Tensor<2>| {
            let mean = (x.clone() * x.clone()).mean_dim(1);
            x / (mean + 1e-3).sqrt()
        };
        assert_same(
            [random([rows, width]), gain],
            |[x, gain]| rms_norm(x, gain.squeeze_dim(0), 1e-3),
            |[x, gain]| normed(x) * gain,
        );
    }
}

/// Numbers of sixteen bits, to the nearest.
fn rounded(tensor: Tensor<2>) -> Tensor<2> {
    tensor.cast(DType::BF16).cast(DType::F32)
}

#[test]
fn mixed_products_and_their_gradients_are_those_of_rounded_numbers() {
    for [rows, inner, outer] in [[1, 1, 1], [3, 40, 33], [17, 96, 130], [70, 129, 64]] {
        let (x, w) = (random([rows, inner]), random([inner, outer]));
        for turned in [false, true] {
            let w = if turned {
                w.clone().transpose()
            } else {
                w.clone()
            };
            let small = w.inner().cast(DType::BF16).autodiff().require_grad();
            let x = x.clone().require_grad();
            let y = product(x.clone(), small.clone(), turned);
            let places = (rows * outer) as i64;
            let dy = Tensor::arange(0..places, &y.device()).float().sin();
            let dy: Tensor<2> = dy.reshape([rows, outer]);
            let grads = (y.clone() * dy.clone()).sum().backward();

            let straight = if turned {
                small.clone().transpose()
            } else {
                small.clone()
            };
            let (w, dy) = (straight.cast(DType::F32), rounded(dy));
            let right = [
                (y, rounded(x.clone()).matmul(w.clone())),
                (
                    x.grad(&grads).unwrap(),
                    dy.clone().matmul(w.transpose()).inner(),
                ),
                {
                    let of_w = rounded(x).transpose().matmul(dy).inner();
                    let of_w = if turned { of_w.transpose() } else { of_w };
                    (small.grad(&grads).unwrap(), of_w)
                },
            ];
            for (found, right) in right {
                assert_eq!(found.dtype(), DType::F32);
                let (found, right) = (found.detach(), right.detach());
                let scale: f32 = right.clone().abs().max().into_scalar();
                let gap: f32 = (found - right).abs().max().into_scalar();
                assert!(gap <= 2e-6 * scale, "{gap} of {scale}");
            }
        }
    }
}

#[test]
fn steps_of_adamw_are_burns_to_the_bit() {
    use burn::optim::{AdamWConfig, Optimizer};

    let device = Device::flex();
    for weight_decay in [0.0_f32, 0.1] {
        let burns = AdamWConfig::new()
            .with_beta_2(0.95)
            .with_epsilon(1e-8)
            .with_weight_decay(weight_decay)
            .build();
        let normal = Distribution::Normal(0.0, 1.0);
        let random = || Tensor::<2>::random([70, 300], normal, &device);
        let start = random();
        let (mut right, mut state) = (start.clone(), None);
        let (mut found, mut moments) = (start.clone(), [0; 2].map(|_| start.zeros_like()));
        for time in 1..6 {
            let (gradient, learning_rate) = (random(), 1e-3 * time as f64);
            (right, state) = burns.step(learning_rate, right, gradient.clone(), state);
            let step = AdamW {
                betas: [0.9, 0.95],
                epsilon: 1e-8,
                learning_rate,
                weight_decay,
                time,
            };
            (found, moments) = step.step(found, gradient, moments);
            assert!(
                found.clone().into_data() == right.clone().into_data(),
                "step {time}"
            );
        }
        let momentum = state.unwrap().momentum;
        assert!(momentum.moment_1.into_data() == moments[0].clone().into_data());
        assert!(momentum.moment_2.into_data() == moments[1].clone().into_data());
    }
}
