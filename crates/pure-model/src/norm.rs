//! Root-mean-square norm, as Burn's module holds it and the fused kernel computes it.

use burn::nn::RmsNorm;
use burn::tensor::Tensor;

/// The norm of every row.
pub(crate) fn normed(norm: &RmsNorm, x: Tensor<2>) -> Tensor<2> {
    pure_kernels::rms_norm(x, norm.gamma.val(), norm.epsilon)
}
