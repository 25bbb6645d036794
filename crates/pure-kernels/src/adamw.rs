//! A step of AdamW (arXiv 1711.05101) in one pass over memory:
//!
//! ```text
//! m = b1 m + (1 - b1) g       v = b2 v + (1 - b2) g²
//! w = w (1 - lr decay) - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)
//! ```
//!
//! The plain body is what Burn's `AdamW` does, in its order, some fourteen passes; the fused one rounds as it does, so
//! all bits are the same.

use burn::backend::Dispatch;
use burn::backend::tensor::FloatTensor;
use burn::tensor::Tensor;

use crate::extension::Kernels;

/// The numbers of a step that all parameters share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdamW {
    /// Decay rates of the two moments.
    pub betas: [f32; 2],
    /// Added to the root of the second moment.
    pub epsilon: f32,
    /// Step size.
    pub learning_rate: f64,
    /// Weight decay, times the step size.
    pub weight_decay: f32,
    /// Steps so far, this one included.
    pub time: usize,
}

/// What follows from them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Factors {
    pub betas: [f32; 2],
    /// One less the betas.
    pub rest: [f32; 2],
    /// What the moments are divided by.
    pub corrections: [f32; 2],
    pub epsilon: f32,
    pub learning_rate: f32,
    /// What is left of a weight that decays; `None` if none does.
    pub kept: Option<f32>,
}

impl AdamW {
    /// The parameter and its two moments after the step.
    ///
    /// # Panics
    ///
    /// If the shapes differ.
    pub fn step<const D: usize>(
        &self,
        param: Tensor<D>,
        gradient: Tensor<D>,
        [first, second]: [Tensor<D>; 2],
    ) -> (Tensor<D>, [Tensor<D>; 2]) {
        for other in [&gradient, &first, &second] {
            assert_eq!(other.dims(), param.dims(), "one number for each parameter");
        }
        let (param, first, second) = Dispatch::adamw(
            param.into_dispatch(),
            gradient.into_dispatch(),
            first.into_dispatch(),
            second.into_dispatch(),
            self.factors(),
        );
        let [param, first, second] = [param, first, second].map(Tensor::from_dispatch);
        (param, [first, second])
    }

    fn factors(&self) -> Factors {
        let decay = self.learning_rate * f64::from(self.weight_decay);
        Factors {
            betas: self.betas,
            rest: self.betas.map(|beta| 1.0 - beta),
            corrections: self.betas.map(|beta| 1.0 - beta.powi(self.time as i32)),
            epsilon: self.epsilon,
            learning_rate: self.learning_rate as f32,
            kept: (decay != 0.0).then_some((1.0 - decay) as f32),
        }
    }
}

pub(crate) fn plain<B: Kernels>(
    param: FloatTensor<B>,
    gradient: FloatTensor<B>,
    first: FloatTensor<B>,
    second: FloatTensor<B>,
    factors: Factors,
) -> (FloatTensor<B>, FloatTensor<B>, FloatTensor<B>) {
    let times = |tensor, factor: f32| B::float_mul_scalar(tensor, factor.into());
    let [b1, b2] = factors.betas;
    let [rest1, rest2] = factors.rest;
    let first = B::float_add(times(first, b1), times(gradient.clone(), rest1));
    let squares = B::float_mul(gradient.clone(), gradient);
    let second = B::float_add(times(second, b2), times(squares, rest2));

    let [c1, c2] = factors.corrections;
    let mean = B::float_div_scalar(first.clone(), c1.into());
    let root = B::float_sqrt(B::float_div_scalar(second.clone(), c2.into()));
    let delta = B::float_div(mean, B::float_add_scalar(root, factors.epsilon.into()));
    let param = match factors.kept {
        Some(kept) => times(param, kept),
        None => param,
    };
    let param = B::float_sub(param, times(delta, factors.learning_rate));
    (param, first, second)
}
