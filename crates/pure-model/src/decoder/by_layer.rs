//! Gradients with one block's activations in memory at a time (arXiv 1604.06174, a checkpoint a
//! block): exact, for a second forward pass.
//!
//! ```text
//! h_0 .. h_n                without autodiff, kept
//! g_n = dloss/dh_n          the last norm, the head, the loss
//! g_i = (dh_{i+1}/dh_i)ᵀ g_{i+1}, for i = n-1 .. 0: block i again, the gradient of sum(h_{i+1} g_{i+1})
//! ```
//!
//! Burn's own checkpointing makes single operations again, and keeps what is between the others.

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Gradients, IndexingUpdateOp, Int, Tensor};

use super::{Decoder, normed};
use crate::Positions;

impl Decoder {
    /// The gradients of a loss of the hidden states, and the loss. For a text that is long enough they
    /// take as much memory as its tokens' hidden states after each block, and the activations of one
    /// block; by autodiff alone they take those of all.
    ///
    /// `whole` is what the decoder is a part of, to whose parameters the gradients belong: `loss` may
    /// use any of them. It gets what [`forward`](Self::forward) gives.
    ///
    /// # Panics
    ///
    /// As [`forward`](Self::forward), and if the loss does not depend on the hidden states.
    pub fn gradients_by_layer<M: Module>(
        &self,
        whole: &M,
        tokens: Tensor<2, Int>,
        positions: &Positions,
        loss: impl FnOnce(Tensor<3>) -> Tensor<1>,
    ) -> (GradientsParams, Tensor<1>) {
        let pass = self.pass(&tokens, positions, positions.keys(&tokens.device()));
        let mut residuals = self.valid().residuals(tokens.clone().inner(), positions);
        let last = residuals.pop().expect("there is one before any block");
        let shape = last.dims();

        let last = leaf(last);
        let loss = loss(normed(&self.norm, last.clone()).reshape(shape));
        let mut grads = loss.backward();
        let mut upstream = of_leaf(&last, &mut grads);
        let mut gradients = GradientsParams::from_grads(grads, whole);

        for (block, input) in self.layers.iter().zip(residuals).rev() {
            let input = leaf(input);
            let output = block.forward(input.clone(), &pass, None);
            let mut grads = (output * upstream.autodiff()).sum().backward();
            upstream = of_leaf(&input, &mut grads);
            block.visit(&mut Take {
                from: &mut grads,
                into: &mut gradients,
            });
        }
        self.add_gradient_of_embedding(tokens.inner(), upstream, &mut gradients);
        (gradients, loss.detach())
    }

    /// Into the gradient that the embedding may have as a head: a second of its size would be the
    /// largest tensor of all.
    fn add_gradient_of_embedding(
        &self,
        tokens: Tensor<2, Int>,
        upstream: Tensor<2>,
        gradients: &mut GradientsParams,
    ) {
        let weight = &self.embed_tokens.weight;
        if weight.is_require_grad() {
            let gradient = gradients
                .remove(weight.id)
                .unwrap_or_else(|| self.embedding().inner().zeros_like());
            let tokens = tokens.flatten(0, 1);
            let gradient = gradient.select_assign(0, tokens, upstream, IndexingUpdateOp::Add);
            gradients.register(weight.id, gradient);
        }
    }
}

/// A residual stream from where autodiff begins.
fn leaf(residual: Tensor<3>) -> Tensor<2> {
    residual.flatten(0, 1).autodiff().require_grad()
}

fn of_leaf(leaf: &Tensor<2>, grads: &mut Gradients) -> Tensor<2> {
    leaf.grad_remove(grads)
        .expect("the loss depends on the hidden states")
}

/// Adds a module's gradients, taken from those of a backward pass.
struct Take<'a> {
    from: &'a mut Gradients,
    into: &'a mut GradientsParams,
}

impl ModuleVisitor for Take<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if param.is_require_grad()
            && let Some(gradient) = param.val().grad_remove(self.from)
        {
            // The loss may have used the parameter too.
            let gradient = match self.into.remove(param.id) {
                Some(other) => gradient + other,
                None => gradient,
            };
            self.into.register(param.id, gradient);
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;
    use serde_json::json;

    use super::*;
    use crate::{CausalLm, ModelConfig};

    fn model(family: &str, tied: bool) -> CausalLm {
        let json = json!({
            "model_type": family, "tie_word_embeddings": tied,
            "vocab_size": 50, "hidden_size": 16, "intermediate_size": 24, "head_dim": 6,
            "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2,
            "max_position_embeddings": 64, "rope_theta": 1e4, "initializer_range": 0.3
        });
        let device = Device::flex().autodiff();
        device.seed(3);
        let config = ModelConfig::from_json(&json.to_string()).unwrap();
        config.init(&device)
    }

    /// How far each gradient is from the right one, relative to its largest number.
    struct Compare<'a> {
        found: &'a GradientsParams,
        right: &'a GradientsParams,
        compared: usize,
    }

    impl ModuleVisitor for Compare<'_> {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let [found, right] = [self.found, self.right].map(|all| all.get::<D>(param.id));
            let (found, right) = (found.unwrap(), right.unwrap());
            let scale: f32 = right.clone().abs().max().into_scalar();
            let gap: f32 = (found - right).abs().max().into_scalar();
            assert!(scale > 0.0 && gap <= 1e-6 * scale, "{gap} of {scale}");
            self.compared += 1;
        }
    }

    #[test]
    fn gradients_are_those_of_an_ordinary_backward_pass() {
        let padded = Positions::left_padded(&[12, 7], 12);
        let packed = Positions::packed(&[vec![5, 7], vec![3, 1, 6]], 12);
        for (family, tied) in [
            ("qwen2", true),
            ("qwen2", false),
            ("qwen3", true),
            ("qwen3", false),
        ] {
            let model = model(family, tied);
            let device = model.model.device();
            let tokens = Tensor::<1, Int>::arange(0..24, &device).reshape([2, 12]) * 7 % 50;
            for positions in [Positions::sequential(0, 12), padded.clone(), packed.clone()] {
                let loss = |hidden: Tensor<3>| {
                    let scores = model.score_tokens(hidden, tokens.clone().flip([1]), 0.8);
                    let gain = model.model.layers[1].input_layernorm.gamma.val();
                    (scores.log_probs + scores.entropies * 0.3).sum() + gain.square().sum()
                };
                let decoder = &model.model;
                let all_at_once = loss(decoder.forward(tokens.clone(), &positions));
                let right = GradientsParams::from_grads(all_at_once.backward(), &model);
                let (found, value) =
                    decoder.gradients_by_layer(&model, tokens.clone(), &positions, loss);
                let gap = value.inner() - all_at_once.inner();
                assert!(gap.abs().into_scalar::<f32>() < 1e-4);
                assert_eq!(found.len(), right.len());
                let mut compare = Compare {
                    found: &found,
                    right: &right,
                    compared: 0,
                };
                model.visit(&mut compare);
                assert_eq!(compare.compared, right.len());
            }
        }
    }

    #[test]
    fn what_is_frozen_gets_no_gradient() {
        let model = model("qwen2", true);
        let mut decoder = model.model.clone();
        decoder.embed_tokens = decoder.embed_tokens.no_grad();
        decoder.layers[0] = decoder.layers[0].clone().no_grad();
        let tokens = Tensor::<2, Int>::from_ints([[1, 2, 3, 4, 5]], &decoder.device());
        let positions = Positions::sequential(0, 5);
        let (found, _) = decoder
            .gradients_by_layer(&decoder, tokens, &positions, |hidden| hidden.square().sum());
        assert!(found.get::<2>(decoder.embed_tokens.weight.id).is_none());
        let gain = |layer: usize| decoder.layers[layer].input_layernorm.gamma.id;
        assert!(found.get::<1>(gain(0)).is_none());
        assert!(found.get::<1>(gain(1)).is_some());
    }
}
