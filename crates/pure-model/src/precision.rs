//! The three floating-point formats of language-model weights.

use std::fmt;
use std::str::FromStr;

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{DType, Device, Tensor};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A floating-point format of weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 32 bits: what every device computes, and the reference for all others.
    #[default]
    F32,
    /// 16 bits with five of exponent: read from files, not computed in (it overflows at 65,504).
    F16,
    /// 16 bits with the exponent of [`F32`](Self::F32).
    Bf16,
}

impl Precision {
    /// Bytes of one number.
    pub fn bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
        }
    }

    /// Why nothing is computed in it, if nothing is.
    pub fn fault(self) -> Option<&'static str> {
        (self == Self::F16).then_some("must be f32 or bf16: f16 overflows at 65,504")
    }

    /// Burn's name of the format.
    pub fn dtype(self) -> DType {
        match self {
            Self::F32 => DType::F32,
            Self::F16 => DType::F16,
            Self::Bf16 => DType::BF16,
        }
    }

    /// The name in `config.json`, which is PyTorch's.
    pub(crate) fn torch_name(self) -> &'static str {
        match self {
            Self::F32 => "float32",
            Self::F16 => "float16",
            Self::Bf16 => "bfloat16",
        }
    }

    pub(crate) fn from_torch_name(name: &str) -> Option<Self> {
        match name.trim_start_matches("torch.") {
            "float32" => Some(Self::F32),
            "float16" => Some(Self::F16),
            "bfloat16" => Some(Self::Bf16),
            _ => None,
        }
    }
}

/// A copy of a model whose matrices are in that precision, on that device. It is trained where the model is.
pub fn copied<M: Module>(model: &M, precision: Precision, device: &Device) -> M {
    struct Copy<'a>(Precision, &'a Device);

    impl ModuleMapper for Copy<'_> {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            let Self(precision, device) = *self;
            param.map(|tensor| {
                let is_trained = tensor.is_require_grad();
                let tensor = match D {
                    1 => tensor.without_autodiff(),
                    _ => tensor.without_autodiff().cast(precision.dtype()),
                };
                let tensor = tensor.to_device(&device.clone().inner());
                match device.is_autodiff() {
                    true => Tensor::from_inner(tensor).set_require_grad(is_trained),
                    false => tensor,
                }
            })
        }
    }

    model.clone().map(&mut Copy(precision, device))
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
        })
    }
}

/// Reads what `--dtype` takes: the formats that models are computed in.
impl FromStr for Precision {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "f32" => Ok(Self::F32),
            "bf16" => Ok(Self::Bf16),
            _ => Err(format!("`{name}` is neither f32 nor bf16")),
        }
    }
}
