//! The gradients of a step, measured and clipped as one vector.
//!
//! ```text
//! norm = sqrt(sum over all parameters of |g|^2)        g <- g min(1, limit / (norm + 1e-6))
//! ```
//!
//! Departures: Burn clips each parameter by itself, which turns the step; this shortens it.

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::{DType, Tensor};

/// Gradients clipped, and their norm before that; a norm that is not finite tells that they are of no use.
pub(crate) fn clipped<M: Module>(
    module: &M,
    mut gradients: GradientsParams,
    limit: f64,
) -> (GradientsParams, f64) {
    let mut squares = Squares {
        gradients: &gradients,
        sum: None,
    };
    module.visit(&mut squares);
    let squares = squares.sum.map_or(0.0, |sum| sum.into_scalar::<f32>());
    let norm = f64::from(squares).sqrt();
    let scale = limit / (norm + 1e-6);
    if scale < 1.0 {
        module.visit(&mut Scale {
            gradients: &mut gradients,
            scale,
        });
    }
    (gradients, norm)
}

struct Squares<'a> {
    gradients: &'a GradientsParams,
    sum: Option<Tensor<1>>,
}

impl ModuleVisitor for Squares<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.get::<D>(param.id) {
            let squares = gradient.cast(DType::F32).square().sum();
            self.sum = Some(match self.sum.take() {
                Some(sum) => sum + squares,
                None => squares,
            });
        }
    }
}

struct Scale<'a> {
    gradients: &'a mut GradientsParams,
    scale: f64,
}

impl ModuleVisitor for Scale<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.remove::<D>(param.id) {
            self.gradients.register(param.id, gradient * self.scale);
        }
    }
}
