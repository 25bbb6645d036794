//! Attention against the textbook.

use burn::tensor::{DType, Int, Tensor, TensorData, activation};

use super::{device, random, run};
use crate::{Visible, attention};

/// Heads of keys and values repeated for each head of queries, as the textbook has it. What sees nothing
/// gets nothing.
pub(super) fn textbook(q: Tensor<4>, k: Tensor<4>, v: Tensor<4>, visible: &Visible) -> Tensor<4> {
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

pub(super) fn ints<const D: usize>(numbers: Vec<i32>, shape: [usize; D]) -> Tensor<D, Int> {
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
pub(super) fn last_of(queries: i32, keys: i32) -> Visible {
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
