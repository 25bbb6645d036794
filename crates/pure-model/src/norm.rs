//! Root-mean-square norm, as Burn's module holds it and the fused kernels compute it, and the residual stream that each
//! layer reads through one.

use burn::nn::RmsNorm;
use burn::tensor::{DType, Tensor};
use pure_kernels::{add_rms_norm, rms_norm};

/// The norm of every row.
pub(crate) fn normed(norm: &RmsNorm, x: Tensor<2>) -> Tensor<2> {
    rms_norm(x, norm.gamma.val(), norm.epsilon)
}

/// The residual stream. What a layer adds waits until the next one reads: it is added where that is normed.
#[derive(Clone)]
pub(crate) struct Residual {
    sum: Tensor<2>,
    added: Option<Tensor<2>>,
}

impl Residual {
    pub(crate) fn new(sum: Tensor<2>) -> Self {
        let added = None;
        Self { sum, added }
    }

    /// What the next layer reads: the norm of every row, in `dtype`.
    pub(crate) fn normed(&mut self, norm: &RmsNorm, dtype: DType) -> Tensor<2> {
        let gain = norm.gamma.val();
        let Some(added) = self.added.take() else {
            return rms_norm(self.sum.clone(), gain, norm.epsilon).cast(dtype);
        };
        let mut normed = None;
        self.sum.inplace(|sum| {
            let [sum, of_sum] = add_rms_norm(sum, added, gain, norm.epsilon, dtype);
            normed = Some(of_sum);
            sum
        });
        normed.expect("it was just made")
    }

    /// Adds what a layer made of it.
    pub(crate) fn add(&mut self, added: Tensor<2>) {
        let waiting = self.added.replace(added);
        assert!(waiting.is_none(), "a layer reads before it adds");
    }

    pub(crate) fn into_sum(self) -> Tensor<2> {
        match self.added {
            Some(added) => {
                let dtype = self.sum.dtype();
                self.sum + added.cast(dtype)
            }
            None => self.sum,
        }
    }
}
