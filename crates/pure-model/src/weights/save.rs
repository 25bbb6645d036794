//! Writing the parameters of a module as safetensors, in shards where they are many.
//!
//! Every file is written whole or not at all. Tensors are made one at a time, so writing takes little
//! memory beside the model.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{DType, Tensor};
use half::{bf16, f16};
use safetensors::Dtype;
use safetensors::tensor::{Metadata, TensorInfo};
use serde_json::json;

use super::names::NameTracker;
use super::{HEAD, INDEX, OF_PEFT, SINGLE};
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
    let tensors = collect(module, precision);
    let total: usize = tensors.iter().map(Parameter::data_len).sum();
    let shards = shard(tensors, limit);

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
        pure_files::write(folder.join(INDEX), format!("{index:#}\n"))?;
        written.insert(INDEX.to_owned());
    }
    remove_others(folder, &written)
}

/// Writes the adapters of a module, and a reward model's head, to a file in the layout of PEFT, and tells whether
/// there was a head.
pub(crate) fn save_adapter<M: Module>(module: &M, path: &Path) -> Result<bool, Error> {
    let is_of_head = |tensor: &Parameter| tensor.name.starts_with(HEAD);
    let mut tensors = collect(module, Precision::F32);
    tensors.retain(|tensor| tensor.name.contains(".lora_") || is_of_head(tensor));
    let has_head = tensors.iter().any(is_of_head);
    for tensor in &mut tensors {
        tensor.name.insert_str(0, OF_PEFT);
    }
    write_shard(&tensors, path)?;
    Ok(has_head)
}

/// The parameters of a module as they will be written.
fn collect<M: Module>(module: &M, precision: Precision) -> Vec<Parameter> {
    let mut collect = Collect {
        names: NameTracker::default(),
        precision,
        tensors: Vec::new(),
    };
    module.visit(&mut collect);
    collect.tensors
}

/// ```text
/// length of the header (8 bytes, little-endian) | header (JSON, spaces up to a multiple of 8) | data
/// ```
///
/// with tensors in the order of their names, as the safetensors crate writes them: it writes only to
/// files that it names itself.
fn write_shard(tensors: &[Parameter], path: &Path) -> Result<(), Error> {
    let mut tensors: Vec<&Parameter> = tensors.iter().collect();
    tensors.sort_by_key(|tensor| &tensor.name);
    let mut end = 0;
    let infos = tensors.iter().map(|tensor| {
        let start = end;
        end += tensor.data_len();
        let info = TensorInfo {
            dtype: tensor.dtype(),
            shape: tensor.shape.clone(),
            data_offsets: (start, end),
        };
        (tensor.name.clone(), info)
    });
    let about = HashMap::from([("format".to_owned(), "pt".to_owned())]);
    let metadata =
        Metadata::new(Some(about), infos.collect()).expect("one tensor ends where the next begins");
    let mut header = serde_json::to_vec(&metadata).expect("names and numbers are JSON");
    header.resize(header.len().next_multiple_of(8), b' ');
    Ok(pure_files::write_with(path, |file| {
        file.write_all(&(header.len() as u64).to_le_bytes())?;
        file.write_all(&header)?;
        tensors.iter().try_for_each(|tensor| tensor.write_to(file))
    })?)
}

fn remove_others(folder: &Path, written: &HashSet<String>) -> Result<(), Error> {
    let unreadable = |source| pure_files::Error::Read {
        path: folder.to_owned(),
        source,
    };
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let of_weights = name.starts_with("model")
            && (name.ends_with(".safetensors") || name.ends_with(".safetensors.index.json"));
        if of_weights && !written.contains(&name) {
            pure_files::remove(entry.path())?;
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

impl Parameter {
    fn dtype(&self) -> Dtype {
        match self.precision {
            Precision::F32 => Dtype::F32,
            Precision::F16 => Dtype::F16,
            Precision::Bf16 => Dtype::BF16,
        }
    }

    fn data_len(&self) -> usize {
        self.shape.iter().product::<usize>() * self.precision.bytes()
    }

    fn write_to(&self, file: &mut impl Write) -> io::Result<()> {
        let mut bytes = Vec::new();
        for numbers in (self.numbers)().chunks(1 << 16) {
            bytes.clear();
            let numbers = numbers.iter().copied();
            match self.precision {
                Precision::F32 => bytes.extend(numbers.flat_map(f32::to_le_bytes)),
                Precision::F16 => {
                    bytes.extend(numbers.flat_map(|n| f16::from_f32(n).to_le_bytes()))
                }
                Precision::Bf16 => {
                    bytes.extend(numbers.flat_map(|n| bf16::from_f32(n).to_le_bytes()))
                }
            }
            file.write_all(&bytes)?;
        }
        Ok(())
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

    #[test]
    fn a_shard_is_what_the_safetensors_crate_writes() {
        use safetensors::tensor::TensorView;

        let numbers: Vec<f32> = (0..100_000).map(|n| n as f32 / 7.0).collect();
        for precision in [Precision::F32, Precision::F16, Precision::Bf16] {
            let parameter = |name: &str, shape: &[usize]| {
                let numbers = numbers[..shape.iter().product()].to_vec();
                Parameter {
                    name: name.to_owned(),
                    shape: shape.to_vec(),
                    precision,
                    numbers: Box::new(move || numbers.clone()),
                }
            };
            let parameters = [
                parameter("model.norm.weight", &[7]),
                parameter("lm_head.weight", &[400, 250]),
                parameter("model.embed", &[3, 5]),
            ];
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("model.safetensors");
            write_shard(&parameters, &path).unwrap();

            let data = parameters.each_ref().map(|parameter| {
                let mut bytes = Vec::new();
                parameter.write_to(&mut bytes).unwrap();
                bytes
            });
            let views = parameters.iter().zip(&data).map(|(parameter, bytes)| {
                let view = TensorView::new(parameter.dtype(), parameter.shape.clone(), bytes);
                (parameter.name.clone(), view.unwrap())
            });
            let about = HashMap::from([("format".to_owned(), "pt".to_owned())]);
            let theirs = safetensors::serialize(views, Some(about)).unwrap();
            assert!(fs::read(&path).unwrap() == theirs, "{precision}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn no_link_is_followed_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let outside = tempfile::NamedTempFile::new().unwrap();
        fs::write(outside.path(), "precious").unwrap();
        for name in ["model.safetensors", "model.safetensors.partial"] {
            std::os::unix::fs::symlink(outside.path(), folder.path().join(name)).unwrap();
        }
        let model = ModelConfig::small().init(&Device::flex());
        save(&model, folder.path(), Precision::F32).unwrap();
        assert_eq!(fs::read(outside.path()).unwrap(), b"precious");
        Weights::open(folder.path()).unwrap();
    }
}
