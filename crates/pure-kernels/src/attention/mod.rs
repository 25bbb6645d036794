//! Grouped-query attention (arXiv 2305.13245) without a score for each pair of tokens (arXiv 2112.05682,
//! arXiv 2205.14135): keys and values of a group of heads are shared and never repeated.
//!
//! ```text
//! S  = scale q kᵀ, -inf where a key is not seen        L = log sum_k exp S
//! P  = exp(S - L)                                      y = P v
//! dv = Pᵀ dy      dS = P (dy vᵀ - sum_k(dy y))         dq = scale dS k      dk = scale dSᵀ q
//! ```
//!
//! Scores are made for some queries at a time, and made again in the backward pass, for which `y` and `L`
//! are kept. So memory grows with the length of a text and not with its square. The products are in the
//! type of the model, all else in f32.

mod blocks;
mod plain;
mod recorded;

use burn::backend::Dispatch;
use burn::tensor::{Int, Tensor};

use crate::extension::Kernels as _;
pub(crate) use blocks::{Bias, gathered, plain_attend, plain_in_blocks, plain_write, shifted};
pub use blocks::{BlockTables, Heads, attention_in_blocks};
pub(crate) use plain::{plain, plain_backward};
pub(crate) use recorded::recorded;

/// Which keys each query sees: those between two numbers.
///
/// For a causal text a key's number is its position `p`, and a query sees `0 ..= p`. For several texts one
/// behind the other it is the column, and a query sees from the column in which its text begins to its own.
/// A query whose second number is below its first sees nothing, and gets zeros.
#[derive(Debug, Clone)]
pub struct Visible {
    /// `[batch or 1, keys]`: the number of each key.
    pub keys: Tensor<2, Int>,
    /// `[batch or 1, queries, 2]`: the least and the greatest number that each query sees.
    pub spans: Tensor<3, Int>,
}

/// Attention of every query to every key that it sees.
///
/// # Shapes
///
/// - `q`: `[batch, heads, queries, head_dim]`
/// - `k`, `v`: `[batch, kv_heads, keys, head_dim]`, `heads` being a multiple of `kv_heads`
/// - output: as `q`
///
/// # Panics
///
/// If the shapes do not fit.
pub fn attention(
    q: Tensor<4>,
    k: Tensor<4>,
    v: Tensor<4>,
    visible: &Visible,
    scale: f64,
) -> Tensor<4> {
    let ([batch, heads, queries, width], [rows, kv_heads, keys, key_width]) = (q.dims(), k.dims());
    assert!(
        batch == rows && width == key_width && heads.is_multiple_of(kv_heads),
        "queries of {:?} for keys of {:?}",
        q.dims(),
        k.dims()
    );
    assert_eq!(k.dims(), v.dims(), "a value for each key");
    let (numbers, spans) = (visible.keys.dims(), visible.spans.dims());
    assert!(
        [[1, keys], [batch, keys]].contains(&numbers)
            && [[1, queries, 2], [batch, queries, 2]].contains(&spans),
        "numbers of {numbers:?} and spans of {spans:?} for {queries} queries and {keys} keys in {batch} rows"
    );
    Tensor::from_dispatch(Dispatch::attention_of_groups(
        q.into_dispatch(),
        k.into_dispatch(),
        v.into_dispatch(),
        visible.keys.clone().into_dispatch(),
        visible.spans.clone().into_dispatch(),
        scale as f32,
    ))
}
