//! Attention of texts whose keys and values are in blocks of a pool, wherever one was free (arXiv 2309.06180):
//! new ones get their bias, are turned by their places and written into their slots, then each query, which is made ready
//! likewise, meets those of its own text.
//!
//! The keys and values of a token lie side by side, so that one scatter writes both and one gather reads
//! both. A text's keys are numbered from 0, which is what the spans speak of.

use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Backend, Dispatch, ExtensionType, TensorMetadata};
use burn::tensor::{DType, FloatDType, IndexingUpdateOp, Int, IntDType, Shape, Slice, Tensor};

use crate::extension::Kernels;
use crate::rotation::assert_angles;

/// Where the tokens of some texts are.
#[derive(Debug, Clone)]
pub struct BlockTables {
    /// `[rows * queries]`: the slot of each new token; a pad has one that no text has.
    pub slots: Tensor<1, Int>,
    /// `[rows, blocks]`: the blocks of each text, in order, and anything behind its last.
    pub blocks: Tensor<2, Int>,
    /// `[rows, queries, 2]`: the first and the last token of its text that each new token sees; see
    /// [`Visible`](crate::Visible).
    pub spans: Tensor<3, Int>,
}

/// Queries, keys and values as the products made them.
#[derive(Debug, Clone)]
pub struct Heads {
    /// `[rows, queries, heads, head_dim]`.
    pub q: Tensor<4>,
    /// `[rows, queries, kv_heads, head_dim]`.
    pub k: Tensor<4>,
    /// As `k`.
    pub v: Tensor<4>,
    /// What is added to each of them, `[heads * head_dim]` and twice `[kv_heads * head_dim]`.
    pub biases: Option<[Tensor<1>; 3]>,
    /// Cosines and sines by which queries and keys are then [turned](crate::rotate_half),
    /// `[rows or 1, queries, 1, head_dim / 2]`.
    pub angles: [Tensor<4>; 2],
}

/// What is added to heads, if anything is.
#[derive(Debug, Clone, ExtensionType)]
#[extension_type(fusion: cfg(feature = "fusion"))]
pub(crate) enum Bias<B: Backend> {
    None,
    Of(FloatTensor<B>),
}

impl<B: Backend> Bias<B> {
    pub(crate) fn tensor(self) -> Option<FloatTensor<B>> {
        match self {
            Self::None => None,
            Self::Of(tensor) => Some(tensor),
        }
    }
}

/// Takes new keys and values into a pool, and attends to those of each text.
///
/// # Shapes
///
/// - `pool`: `[blocks, tokens of a block, 2 * kv_heads * head_dim]`
/// - output: as the queries
///
/// # Panics
///
/// If the shapes do not fit.
pub fn attention_in_blocks(
    heads: Heads,
    pool: &mut Tensor<3>,
    tables: &BlockTables,
    scale: f64,
) -> Tensor<4> {
    let Heads {
        q,
        k,
        v,
        biases,
        angles,
    } = heads;
    let ([rows, queries, heads, width], [_, _, kv_heads, _]) = (q.dims(), k.dims());
    assert!(
        k.dims() == [rows, queries, kv_heads, width] && heads.is_multiple_of(kv_heads),
        "queries of {:?} and keys of {:?}",
        q.dims(),
        k.dims()
    );
    assert_eq!(k.dims(), v.dims(), "a value for each key");
    assert_eq!(pool.dims()[2], 2 * kv_heads * width, "numbers of a slot");
    let BlockTables {
        slots,
        blocks,
        spans,
    } = tables;
    assert_eq!(
        (slots.dims(), blocks.dims()[0], spans.dims()),
        ([rows * queries], rows, [rows, queries, 2]),
        "tables of {rows} rows of {queries} new tokens"
    );
    assert_angles(&q, &angles);
    let [of_q, of_k, of_v] = match biases {
        Some(biases) => biases.map(|bias| Bias::Of(bias.into_dispatch())),
        None => [Bias::None, Bias::None, Bias::None],
    };
    let [cos, sin] = angles.map(Tensor::into_dispatch);
    let mut mixed = None;
    pool.inplace(|pool| {
        let (found, pool) = Dispatch::attention_of_blocks(
            q.into_dispatch(),
            k.into_dispatch(),
            v.into_dispatch(),
            of_q,
            of_k,
            of_v,
            cos,
            sin,
            pool.into_dispatch(),
            slots.clone().into_dispatch(),
            blocks.clone().into_dispatch(),
            spans.clone().into_dispatch(),
            scale as f32,
        );
        mixed = Some(Tensor::from_dispatch(found));
        Tensor::from_dispatch(pool)
    });
    mixed.expect("it was just made")
}

/// What is new is written first, so that each query meets its own key.
#[expect(clippy::too_many_arguments, reason = "what attention in blocks needs")]
pub(crate) fn plain_in_blocks<B: Kernels>(
    q: FloatTensor<B>,
    k: FloatTensor<B>,
    v: FloatTensor<B>,
    [of_q, of_k, of_v]: [Bias<B>; 3],
    cos: FloatTensor<B>,
    sin: FloatTensor<B>,
    pool: FloatTensor<B>,
    slots: IntTensor<B>,
    blocks: IntTensor<B>,
    spans: IntTensor<B>,
    scale: f32,
) -> (FloatTensor<B>, FloatTensor<B>) {
    let pool = B::write_in_blocks(k, v, of_k, of_v, cos.clone(), sin.clone(), slots, pool);
    let one_query = q.shape()[1] == 1;
    let attend = match one_query {
        true => B::attention_of_one_query,
        false => plain_attend::<B>,
    };
    let mixed = attend(q, of_q, cos, sin, pool.clone(), blocks, spans, scale);
    (mixed, pool)
}

/// Heads with their bias, in f32 whatever they were made in.
pub(crate) fn shifted<B: Backend>(heads: FloatTensor<B>, bias: Bias<B>) -> FloatTensor<B> {
    let [_, _, count, width] = heads.shape().dims();
    let heads = match heads.dtype() {
        DType::BF16 => B::float_cast(heads, FloatDType::F32),
        _ => heads,
    };
    match bias {
        Bias::Of(bias) => {
            let bias = B::float_reshape(bias, Shape::new([1, 1, count, width]));
            B::float_add(heads, bias)
        }
        Bias::None => heads,
    }
}

/// By one scatter.
#[expect(clippy::too_many_arguments, reason = "what attention in blocks needs")]
pub(crate) fn plain_write<B: Kernels>(
    k: FloatTensor<B>,
    v: FloatTensor<B>,
    of_k: Bias<B>,
    of_v: Bias<B>,
    cos: FloatTensor<B>,
    sin: FloatTensor<B>,
    slots: IntTensor<B>,
    pool: FloatTensor<B>,
) -> FloatTensor<B> {
    let k = B::rotate_half(shifted::<B>(k, of_k), cos, sin, false);
    let v = shifted::<B>(v, of_v);
    let new = k.shape()[0] * k.shape()[1];
    let shape = pool.shape();
    let [count, tokens, width] = shape.dims();
    let both = B::float_cast(B::float_cat(vec![k, v], 2), pool.dtype().into());
    let both = B::float_reshape(both, Shape::new([new, width]));
    let slots = B::int_reshape(slots, Shape::new([new, 1]));
    let pool = B::float_reshape(pool, Shape::new([count * tokens, width]));
    let pool = B::float_scatter_nd(pool, slots, both, IndexingUpdateOp::Assign);
    B::float_reshape(pool, shape)
}

#[expect(clippy::too_many_arguments, reason = "what attention in blocks needs")]
pub(crate) fn plain_attend<B: Kernels>(
    q: FloatTensor<B>,
    of_q: Bias<B>,
    cos: FloatTensor<B>,
    sin: FloatTensor<B>,
    pool: FloatTensor<B>,
    blocks: IntTensor<B>,
    spans: IntTensor<B>,
    scale: f32,
) -> FloatTensor<B> {
    let dtype = q.dtype();
    let q = B::rotate_half(shifted::<B>(q, of_q), cos, sin, false);
    let mixed = gathered::<B>(q, &pool, blocks, spans, scale);
    match mixed.dtype() == dtype {
        true => mixed,
        false => B::float_cast(mixed, dtype.into()),
    }
}

/// Attention to a copy of what is in the blocks.
pub(crate) fn gathered<B: Kernels>(
    q: FloatTensor<B>,
    pool: &FloatTensor<B>,
    blocks: IntTensor<B>,
    spans: IntTensor<B>,
    scale: f32,
) -> FloatTensor<B> {
    let dtype = q.dtype().into();
    let [count, tokens, width] = pool.shape().dims();
    let [rows, each] = blocks.shape().dims();
    let device = blocks.device();
    let pool = B::float_reshape(pool.clone(), Shape::new([count, tokens * width]));
    let blocks = B::int_reshape(blocks, Shape::new([rows * each]));
    let held = B::float_cast(B::float_select(pool, 0, blocks), dtype);
    let kv_heads = width / (2 * q.shape()[3]);
    let shape = [rows, each * tokens, 2 * kv_heads, q.shape()[3]];
    let held = B::float_swap_dims(B::float_reshape(held, Shape::new(shape)), 1, 2);
    let half = |first| {
        let all = || Slice::from(..);
        let heads = (first..first + kv_heads).into();
        B::float_slice(held.clone(), &[all(), heads, all(), all()])
    };
    let numbers = B::int_arange(0..(each * tokens) as i64, &device, IntDType::I32);
    let numbers = B::int_reshape(numbers, Shape::new([1, each * tokens]));
    let q = B::float_swap_dims(q, 1, 2);
    let mixed = B::attention_of_groups(q, half(0), half(kv_heads), numbers, spans, scale);
    B::float_swap_dims(mixed, 1, 2)
}
