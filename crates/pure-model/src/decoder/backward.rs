//! Gradients a block at a time.
//!
//! ```text
//! h_0 .. h_n                each block apart from the next on the tape
//! g_n = dloss/dh_n          the last norm, the head, the loss
//! g_i = (dh_{i+1}/dh_i)ᵀ g_{i+1}, for i = n-1 .. 0: the gradient of sum(h_{i+1} g_{i+1})
//! ```
//!
//! So beside the sum of gradients there are those of one block, and a block's activations are gone when its
//! gradients are there. With gradient checkpointing (arXiv 1604.06174, a checkpoint a block) they come only
//! then, from a second forward pass: exact, for a third of the time more. Burn's own checkpointing makes single
//! operations again, and keeps what is between the others.

use std::cell::LazyCell;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{DType, Gradients as Tape, Int, Tensor};

use super::Decoder;
use crate::norm::normed;
use crate::pass::Pass;
use crate::{Dropout, Gradients, Positions};

/// How a pass with a backward pass is computed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Recording {
    /// Whether activations are computed again in the backward pass, block by block, in place of being kept.
    pub gradient_checkpointing: bool,
    /// What is dropped in front of adapters.
    pub dropout: Option<Dropout>,
}

/// What is kept of a block.
struct Kept {
    input: Tensor<2>,
    /// The end of its part of the tape, which begins with the input; `None` if that is made again.
    output: Option<Tensor<2>>,
}

impl Decoder {
    /// Adds the gradients of a loss of the hidden states to a sum, and gives the loss.
    ///
    /// `whole` is what the decoder is a part of, to whose parameters the gradients belong: `loss` may
    /// use any of them. It gets what [`forward`](Self::forward) gives. With gradient checkpointing, activations are
    /// those of one block, and of all others their inputs.
    ///
    /// # Panics
    ///
    /// As [`forward`](Self::forward), and if the loss does not depend on the hidden states.
    pub fn add_gradients<M: Module>(
        &self,
        sum: &mut Gradients,
        whole: &M,
        tokens: Tensor<2, Int>,
        positions: &Positions,
        recording: Recording,
        loss: impl FnOnce(Tensor<3>) -> Tensor<1>,
    ) -> Tensor<1> {
        let pass_of = |tokens: &Tensor<2, Int>| {
            Pass::new(&self.frequencies, tokens, positions, recording.dropout)
        };
        let pass = pass_of(&tokens);
        let tokens = tokens.inner();
        // The same without a tape, if any block goes without.
        let frozen = LazyCell::new(|| (self.valid(), pass_of(&tokens)));
        let flat = tokens.clone().flatten(0, 1);
        let embedding = self.embedding().inner();
        let mut hidden = embedding.select(0, flat.clone()).cast(DType::F32);
        let mut kept = Vec::new();
        // What is below all that is trained has no gradient to pass on.
        let mut is_trained = self.embed_tokens.weight.is_require_grad();
        for (index, block) in self.layers.iter().enumerate() {
            is_trained |= has_trained(block);
            let noise = pass.noise(index);
            if is_trained && !recording.gradient_checkpointing {
                let input = leaf(hidden, true);
                let output = block.forward(input.clone(), &pass, noise);
                hidden = output.clone().inner();
                let output = Some(output);
                kept.push((index, Kept { input, output }));
            } else {
                let (input, (frozen, pass)) = (hidden.clone(), &*frozen);
                hidden = frozen.layers[index].forward(hidden, pass, noise);
                if is_trained {
                    let output = None;
                    kept.push((index, Kept { input, output }));
                }
            }
        }

        let last = leaf(hidden, is_trained);
        let [batch, length] = pass.shape;
        let states = normed(&self.norm, last.clone());
        let width = states.dims()[1];
        let loss = loss(states.reshape([batch, length, width]));
        let mut tape = loss.backward();
        sum.add(whole, &mut tape);
        if is_trained {
            let mut upstream = of_leaf(&last, &mut tape);
            for (index, kept) in kept.into_iter().rev() {
                upstream = self.through(index, kept, upstream, &pass, sum);
            }
            sum.add_to_embedding(&self.embed_tokens.weight, flat, upstream);
        }
        loss.detach()
    }

    /// Adds a block's gradients, and gives that of its input.
    fn through(
        &self,
        index: usize,
        Kept { input, output }: Kept,
        upstream: Tensor<2>,
        pass: &Pass,
        sum: &mut Gradients,
    ) -> Tensor<2> {
        let block = &self.layers[index];
        let (input, output) = match output {
            Some(output) => (input, output),
            None => {
                let input = leaf(input, true);
                let output = block.forward(input.clone(), pass, pass.noise(index));
                (input, output)
            }
        };
        let mut tape = (output * upstream.autodiff()).sum().backward();
        sum.add(block, &mut tape);
        of_leaf(&input, &mut tape)
    }
}

/// A residual stream from where a part of the tape begins.
fn leaf(residual: Tensor<2>, is_trained: bool) -> Tensor<2> {
    let residual = residual.autodiff();
    match is_trained {
        true => residual.require_grad(),
        false => residual,
    }
}

fn of_leaf(leaf: &Tensor<2>, tape: &mut Tape) -> Tensor<2> {
    leaf.grad_remove(tape)
        .expect("the loss depends on the hidden states")
}

/// Whether any parameter of a module is trained.
fn has_trained<M: Module>(module: &M) -> bool {
    struct Trained(bool);

    impl ModuleVisitor for Trained {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.0 |= param.is_require_grad();
        }
    }

    let mut trained = Trained(false);
    module.visit(&mut trained);
    trained.0
}

#[cfg(test)]
mod tests {
    use burn::optim::GradientsParams;
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

    fn recording(gradient_checkpointing: bool) -> Recording {
        Recording {
            gradient_checkpointing,
            dropout: None,
        }
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
        let real: Vec<bool> = (0..24).map(|place| !(12..17).contains(&place)).collect();
        let padded = Positions::from_mask(&real, 2, 12);
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
                for (checkpointing, batches) in [(false, 1), (true, 1), (true, 2)] {
                    let mut sum = Gradients::default();
                    for _ in 0..batches {
                        let loss = |hidden| loss(hidden) / batches;
                        let value = decoder.add_gradients(
                            &mut sum,
                            &model,
                            tokens.clone(),
                            &positions,
                            recording(checkpointing),
                            loss,
                        );
                        let gap = value.inner() * batches - all_at_once.clone().inner();
                        assert!(gap.abs().into_scalar::<f32>() < 1e-4);
                    }
                    let found = sum.into_params();
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
    }

    /// How many parameters of a decoder get a gradient, and whether that of each block's first norm is there.
    fn gradients_of(decoder: &Decoder) -> (usize, Vec<bool>) {
        let tokens = Tensor::<2, Int>::from_ints([[1, 2, 3, 4, 5]], &decoder.device());
        let positions = Positions::sequential(0, 5);
        let mut counts = Vec::new();
        for checkpointing in [false, true] {
            let mut sum = Gradients::default();
            decoder.add_gradients(
                &mut sum,
                decoder,
                tokens.clone(),
                &positions,
                recording(checkpointing),
                |hidden| hidden.square().sum(),
            );
            let found = sum.into_params();
            let norms = decoder
                .layers
                .iter()
                .map(|layer| layer.input_layernorm.gamma.id);
            let norms = norms.map(|id| found.get::<1>(id).is_some()).collect();
            counts.push((found.len(), norms));
        }
        assert_eq!(counts[0], counts[1]);
        counts.swap_remove(0)
    }

    #[test]
    fn what_is_frozen_gets_no_gradient() {
        let mut decoder = model("qwen2", true).model;
        let (all, of_norms) = gradients_of(&decoder);
        assert_eq!(of_norms, [true; 3]);
        decoder.layers[1] = decoder.layers[1].clone().no_grad();
        let (without_one, of_norms) = gradients_of(&decoder);
        assert_eq!(of_norms, [true, false, true]);
        decoder.embed_tokens = decoder.embed_tokens.no_grad();
        decoder.layers[0] = decoder.layers[0].clone().no_grad();
        let (of_last, of_norms) = gradients_of(&decoder);
        assert_eq!(of_norms, [false, false, true]);
        assert_eq!(2 * (all - without_one) + 1 + of_last, all);
        let decoder = Decoder {
            norm: decoder.norm.clone(),
            ..decoder.no_grad()
        };
        assert_eq!(gradients_of(&decoder), (1, vec![false; 3]));
    }
}
