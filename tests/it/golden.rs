//! Finding and reading golden data.
//!
//! `PURE_GOLDEN` may name another folder of the same layout as tests/golden.

use std::path::{Path, PathBuf};

use burn::tensor::{DType, Device, Int, Tensor, TensorData};
use safetensors::{Dtype, SafeTensors};

/// A folder of golden data: the first of `names` that exists, in what `PURE_GOLDEN` names or else
/// among what is committed.
pub fn folder(names: &[&str]) -> PathBuf {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let other = std::env::var_os("PURE_GOLDEN").map(PathBuf::from);
    let is_there = other.as_ref().is_none_or(|other| other.is_dir());
    assert!(is_there, "PURE_GOLDEN names no folder: {other:?}");
    let roots = other.into_iter().chain([committed]);
    roots
        .flat_map(|root| names.iter().map(move |name| root.join(name)))
        .find(|path| path.is_dir())
        .unwrap_or_else(|| panic!("there is no golden data of the names {names:?}"))
}

/// Arrays by name, from a safetensors file.
pub struct Arrays {
    bytes: Vec<u8>,
}

impl Arrays {
    pub fn read(path: &Path) -> Self {
        let bytes =
            std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { bytes }
    }

    pub fn names(&self) -> Vec<String> {
        let file = self.open();
        file.names().into_iter().map(str::to_owned).collect()
    }

    pub fn has(&self, name: &str) -> bool {
        self.open().tensor(name).is_ok()
    }

    /// Numbers of either integer or float type, as f32.
    pub fn floats(&self, name: &str) -> (Vec<f32>, Vec<usize>) {
        let file = self.open();
        let view = file
            .tensor(name)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let bytes = view.data();
        let values = match view.dtype() {
            Dtype::F32 => bytes
                .as_chunks()
                .0
                .iter()
                .map(|b| f32::from_le_bytes(*b))
                .collect(),
            Dtype::F64 => bytes
                .as_chunks()
                .0
                .iter()
                .map(|b| f64::from_le_bytes(*b) as f32)
                .collect(),
            Dtype::I64 => bytes
                .as_chunks()
                .0
                .iter()
                .map(|b| i64::from_le_bytes(*b) as f32)
                .collect(),
            Dtype::U8 => bytes.iter().map(|byte| f32::from(*byte)).collect(),
            other => panic!("{name} is {other}"),
        };
        (values, view.shape().to_vec())
    }

    pub fn rows<T>(&self, name: &str, from: impl Fn(f32) -> T) -> Vec<Vec<T>> {
        let (values, shape) = self.floats(name);
        values
            .chunks(shape[1])
            .map(|row| row.iter().map(|&value| from(value)).collect())
            .collect()
    }

    pub fn tensor<const D: usize>(&self, name: &str, device: &Device) -> Tensor<D> {
        let (values, shape) = self.floats(name);
        Tensor::from_data(TensorData::new(values, shape), (device, DType::F32))
    }

    pub fn int<const D: usize>(&self, name: &str, device: &Device) -> Tensor<D, Int> {
        let (values, shape) = self.floats(name);
        let values: Vec<i32> = values.into_iter().map(|value| value as i32).collect();
        Tensor::from_data(TensorData::new(values, shape), (device, DType::I32))
    }

    fn open(&self) -> SafeTensors<'_> {
        SafeTensors::deserialize(&self.bytes).expect("golden data is well-formed")
    }
}

/// The largest difference of two tensors of one shape.
pub fn gap<const D: usize>(a: Tensor<D>, b: Tensor<D>) -> f32 {
    assert_eq!(a.dims(), b.dims());
    (a - b).abs().max().into_scalar()
}
