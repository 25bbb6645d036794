//! Products of one matrix with several others, side by side.
//!
//! ```text
//! y_i = x w_i
//! ```
//!
//! The matrix library of flex works with all threads on one product at a time, and with one thread
//! where the product is small: the queries, keys and values of a step of generation are. Side by
//! side, each on a thread of its own, they keep the machine busy.

use burn::backend::Dispatch;
use burn::backend::tensor::FloatTensor;
use burn::tensor::Tensor;

use crate::extension::Kernels;

/// `x a` and `x b`.
///
/// # Panics
///
/// If the shapes do not fit.
pub fn two_products(x: Tensor<2>, a: Tensor<2>, b: Tensor<2>) -> [Tensor<2>; 2] {
    let (x, a, b) = (x.into_dispatch(), a.into_dispatch(), b.into_dispatch());
    let (a, b) = Dispatch::two_products(x, a, b);
    [a, b].map(Tensor::from_dispatch)
}

/// `x a`, `x b` and `x c`.
///
/// # Panics
///
/// If the shapes do not fit.
pub fn three_products(x: Tensor<2>, a: Tensor<2>, b: Tensor<2>, c: Tensor<2>) -> [Tensor<2>; 3] {
    let (x, a) = (x.into_dispatch(), a.into_dispatch());
    let (a, b, c) = Dispatch::three_products(x, a, b.into_dispatch(), c.into_dispatch());
    [a, b, c].map(Tensor::from_dispatch)
}

pub(crate) fn plain_two<B: Kernels>(
    x: FloatTensor<B>,
    a: FloatTensor<B>,
    b: FloatTensor<B>,
) -> (FloatTensor<B>, FloatTensor<B>) {
    (B::product(x.clone(), a, false), B::product(x, b, false))
}

pub(crate) fn plain_three<B: Kernels>(
    x: FloatTensor<B>,
    a: FloatTensor<B>,
    b: FloatTensor<B>,
    c: FloatTensor<B>,
) -> (FloatTensor<B>, FloatTensor<B>, FloatTensor<B>) {
    let (b, c) = plain_two::<B>(x.clone(), b, c);
    (B::product(x, a, false), b, c)
}
