//! Writing the parameters of a module as safetensors, in shards where they are many.
//!
//! Every file is written whole or not at all: under another name first, then synced and renamed.
//! Tensors are made one at a time, so writing takes little memory beside the model.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::{self, File};
use std::path::Path;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{DType, Tensor};
use half::{bf16, f16};
use safetensors::{Dtype, View};
use serde_json::json;

use super::names::NameTracker;
use super::{INDEX, SINGLE};
use crate::{Error, Precision};

/// The size of a shard at most, as in transformers, unless one tensor alone is larger.
const SHARD: usize = 5_000_000_000;

/// Writes `module` to `folder` in `precision`, and removes weights of an earlier save.
pub(crate) fn save<M: Module>(
    module: &M,
    folder: &Path,
    precision: Precision,
) -> Result<(), Error> {
    save_in_shards(module, folder, precision, SHARD)
}

fn save_in_shards<M: Module>(
    module: &M,
    folder: &Path,
    precision: Precision,
    limit: usize,
) -> Result<(), Error> {
    let mut collect = Collect {
        names: NameTracker::default(),
        precision,
        tensors: Vec::new(),
    };
    module.visit(&mut collect);
    let total: usize = collect.tensors.iter().map(Parameter::data_len).sum();
    let shards = shard(collect.tensors, limit);

    let mut written = HashSet::new();
    if let [tensors] = shards.as_slice() {
        write_shard(tensors, &folder.join(SINGLE))?;
        written.insert(SINGLE.to_owned());
    } else {
        let mut weight_map = BTreeMap::new();
        for (number, tensors) in shards.iter().enumerate() {
            let name = format!("model-{:05}-of-{:05}.safetensors", number + 1, shards.len());
            write_shard(tensors, &folder.join(&name))?;
            weight_map.extend(tensors.iter().map(|tensor| (&tensor.name, name.clone())));
            written.insert(name);
        }
        let index = json!({"metadata": {"total_size": total}, "weight_map": weight_map});
        write_whole(&folder.join(INDEX), format!("{index:#}\n").as_bytes())?;
        written.insert(INDEX.to_owned());
    }
    remove_others(folder, &written)
}

/// Writes a file under a passing name, syncs it and gives it its own name.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    replace(path, |partial| fs::write(partial, bytes))
}

fn replace(path: &Path, write: impl FnOnce(&Path) -> std::io::Result<()>) -> Result<(), Error> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = Path::new(&partial);
    write(partial)
        .and_then(|()| File::open(partial)?.sync_all())
        .and_then(|()| fs::rename(partial, path))
        .map_err(Error::write(path))
}

fn write_shard(tensors: &[Parameter], path: &Path) -> Result<(), Error> {
    let about = HashMap::from([("format".to_owned(), "pt".to_owned())]);
    replace(path, |partial| {
        let named = tensors.iter().map(|tensor| (&tensor.name, tensor));
        safetensors::serialize_to_file(named, Some(about), partial).map_err(|error| match error {
            safetensors::SafeTensorError::IoError(error) => error,
            other => std::io::Error::other(other),
        })
    })
}

fn remove_others(folder: &Path, written: &HashSet<String>) -> Result<(), Error> {
    for entry in fs::read_dir(folder).map_err(Error::read(folder))? {
        let entry = entry.map_err(Error::read(folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let of_weights = name.starts_with("model")
            && (name.ends_with(".safetensors") || name.ends_with(".safetensors.index.json"));
        if of_weights && !written.contains(&name) {
            fs::remove_file(entry.path()).map_err(Error::write(&entry.path()))?;
        }
    }
    Ok(())
}

/// Splits tensors, in order, into runs of at most `limit` bytes.
fn shard(tensors: Vec<Parameter>, limit: usize) -> Vec<Vec<Parameter>> {
    let mut shards = vec![Vec::new()];
    let mut size = 0;
    for tensor in tensors {
        if size > 0 && size + tensor.data_len() > limit {
            shards.push(Vec::new());
            size = 0;
        }
        size += tensor.data_len();
        shards.last_mut().expect("never empty").push(tensor);
    }
    shards
}

/// A parameter that is turned into bytes when it is written.
struct Parameter {
    name: String,
    shape: Vec<usize>,
    precision: Precision,
    numbers: Box<dyn Fn() -> Vec<f32>>,
}

impl View for &Parameter {
    fn dtype(&self) -> Dtype {
        match self.precision {
            Precision::F32 => Dtype::F32,
            Precision::F16 => Dtype::F16,
            Precision::Bf16 => Dtype::BF16,
        }
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        let numbers = (self.numbers)().into_iter();
        Cow::Owned(match self.precision {
            Precision::F32 => numbers.flat_map(f32::to_le_bytes).collect(),
            Precision::F16 => numbers
                .flat_map(|n| f16::from_f32(n).to_le_bytes())
                .collect(),
            Precision::Bf16 => numbers
                .flat_map(|n| bf16::from_f32(n).to_le_bytes())
                .collect(),
        })
    }

    fn data_len(&self) -> usize {
        Parameter::data_len(self)
    }
}

impl Parameter {
    fn data_len(&self) -> usize {
        self.shape.iter().product::<usize>() * self.precision.bytes()
    }
}

struct Collect {
    names: NameTracker,
    precision: Precision,
    tensors: Vec<Parameter>,
}

impl ModuleVisitor for Collect {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.names.enter(name, container);
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.names.exit();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val();
        let transposed = self.names.is_transposed();
        self.tensors.push(Parameter {
            name: self.names.tensor_name(),
            shape: self.names.file_shape(&value.dims()),
            precision: self.precision,
            numbers: Box::new(move || {
                let value = value.clone().cast(DType::F32);
                let value = if transposed { value.transpose() } else { value };
                value
                    .into_data()
                    .try_into_vec()
                    .expect("cast to f32 just before")
            }),
        });
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::ModelConfig;
    use crate::weights::Weights;

    #[test]
    fn shards_hold_every_tensor_once_and_none_is_over_the_limit() {
        let config = ModelConfig::from_json(
            r#"{
                "model_type": "qwen3", "vocab_size": 90, "hidden_size": 16,
                "intermediate_size": 40, "num_hidden_layers": 3, "num_attention_heads": 2,
                "num_key_value_heads": 1, "max_position_embeddings": 64, "rope_theta": 10000.0
            }"#,
        )
        .unwrap();
        let model = config.init(&Device::flex());
        let folder = tempfile::tempdir().unwrap();
        let limit = 8_000;
        save_in_shards(&model, folder.path(), Precision::F32, limit).unwrap();

        let weights = Weights::open(folder.path()).unwrap();
        assert!(weights.files.len() > 2);
        let mut total = 0;
        for file in &weights.files {
            let sizes = file.names().into_iter().map(|name| {
                let (start, end) = file.info(&name).unwrap().data_offsets;
                end - start
            });
            let size: usize = sizes.sum();
            assert!(size <= limit, "{} holds {size}", file.path().display());
            total += size;
        }
        assert_eq!(total as u64, 4 * config.parameters());
        let names = |name: &String| weights.find(name).is_some();
        assert!(weights.places.keys().all(names));
    }
}
