//! The gradients of some batches, added up where they lie: beside the sum there are never more than those of a
//! part of the model, such as one block.

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Gradients as Tape, IndexingUpdateOp, Int, Tensor};

/// The sum of the gradients of some batches.
///
/// ```
/// use burn::nn::LinearConfig;
/// use burn::tensor::{Device, Tensor};
/// use pure_model::Gradients;
///
/// let device = Device::flex().autodiff();
/// let layer = LinearConfig::new(2, 1).with_bias(false).init(&device);
/// let mut sum = Gradients::default();
/// for batch in [[[1.0, 2.0]], [[3.0, 4.0]]] {
///     let loss = layer.forward(Tensor::<2>::from_floats(batch, &device)).sum();
///     sum.add(&layer, &mut loss.backward());
/// }
/// let gradient = sum.into_params().get::<2>(layer.weight.id).unwrap();
/// assert_eq!(gradient.into_data().try_into_vec::<f32>().unwrap(), [4.0, 6.0]);
/// ```
#[derive(Default)]
pub struct Gradients(GradientsParams);

impl Gradients {
    /// Adds the gradients of a module's parameters, which are taken from those of a backward pass.
    pub fn add<M: Module>(&mut self, module: &M, tape: &mut Tape) {
        struct FromTape<'a> {
            tape: &'a mut Tape,
            sum: &'a mut Gradients,
        }

        impl ModuleVisitor for FromTape<'_> {
            fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
                if param.is_require_grad()
                    && let Some(gradient) = param.val().grad_remove(self.tape)
                {
                    self.sum.add_to(param, gradient);
                }
            }
        }

        module.visit(&mut FromTape { tape, sum: self });
    }

    /// Adds another sum of gradients of the same module.
    pub fn merge<M: Module>(&mut self, module: &M, other: Self) {
        struct FromSum<'a> {
            other: Gradients,
            sum: &'a mut Gradients,
        }

        impl ModuleVisitor for FromSum<'_> {
            fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
                if let Some(gradient) = self.other.0.remove(param.id) {
                    self.sum.add_to(param, gradient);
                }
            }
        }

        module.visit(&mut FromSum { other, sum: self });
    }

    /// As Burn's optimizers take them.
    pub fn into_params(self) -> GradientsParams {
        self.0
    }

    /// Into the gradient that an embedding may have as a head already: a second of its size would be the largest
    /// tensor of all. `upstream` is `[tokens, hidden]`.
    pub(crate) fn add_to_embedding(
        &mut self,
        weight: &Param<Tensor<2>>,
        tokens: Tensor<1, Int>,
        upstream: Tensor<2>,
    ) {
        if weight.is_require_grad() {
            let sum = self.0.remove(weight.id);
            let zeros =
                || Tensor::zeros(weight.val().dims(), (&upstream.device(), upstream.dtype()));
            let sum = sum.unwrap_or_else(zeros);
            let sum = sum.select_assign(0, tokens, upstream, IndexingUpdateOp::Add);
            self.0.register(weight.id, sum);
        }
    }

    fn add_to<const D: usize>(&mut self, param: &Param<Tensor<D>>, gradient: Tensor<D>) {
        let gradient = match self.0.remove(param.id) {
            Some(sum) => sum + gradient,
            None => gradient,
        };
        self.0.register(param.id, gradient);
    }
}
