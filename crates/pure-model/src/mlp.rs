//! The gated feed-forward block, SwiGLU (arXiv 2002.05202):
//! `down(silu(gate(x)) * up(x))` with `silu(z) = z / (1 + e^-z)`.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::{Device, Tensor};
use pure_kernels::swiglu;

use crate::lora::Noise;
use crate::product::{project, project_two};
use crate::{ModelConfig, Projection, init};

/// Feed-forward part of one block; fields are named as in the Hugging Face checkpoint.
#[derive(Module, Debug)]
pub struct Mlp {
    gate_proj: Linear,
    up_proj: Linear,
    down_proj: Linear,
}

impl Mlp {
    pub(crate) fn new(config: &ModelConfig, device: &Device) -> Self {
        let deviation = config.initializer_range;
        let layer = |from, to| init::linear([from, to], false, deviation, device);
        let (outer, inner) = (config.hidden_size, config.intermediate_size);
        Self {
            gate_proj: layer(outer, inner),
            up_proj: layer(outer, inner),
            down_proj: layer(inner, outer),
        }
    }

    /// `[tokens, hidden]` to the same.
    pub(crate) fn forward(&self, x: Tensor<2>, noise: Option<Noise>) -> Tensor<2> {
        let inputs = [
            (&self.gate_proj, Projection::GateProj),
            (&self.up_proj, Projection::UpProj),
        ];
        let [gate, up] = project_two(inputs, x, noise);
        project(
            &self.down_proj,
            Projection::DownProj,
            swiglu(gate, up),
            noise,
        )
    }
}
