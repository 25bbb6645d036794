//! Weights of a checkpoint: safetensors files in, safetensors files out.

mod file;
mod load;
mod names;
mod save;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use safetensors::tensor::TensorInfo;
use serde::Deserialize;

use self::file::WeightFile;
pub(crate) use self::save::{save, save_adapter};
use crate::brief::brief;
use crate::json::brief_json;
use crate::{Error, Precision};

const SINGLE: &str = "model.safetensors";
const INDEX: &str = "model.safetensors.index.json";
/// What stands before the names of all tensors in an adapter's file.
const OF_PEFT: &str = "base_model.model.";
/// What stands before the names of the tensors of a reward model's head.
pub(crate) const HEAD: &str = "score.";

/// The weight files of a folder, their headers read and checked against each other.
#[derive(Debug)]
pub(crate) struct Weights {
    /// The single file, or the index.
    entry: PathBuf,
    files: Vec<WeightFile>,
    /// Which file holds a tensor.
    places: BTreeMap<String, usize>,
}

#[derive(Deserialize)]
struct IndexFile {
    weight_map: BTreeMap<String, String>,
}

impl Weights {
    pub(crate) fn open(folder: &Path) -> Result<Self, Error> {
        let (single, index) = (folder.join(SINGLE), folder.join(INDEX));
        if single.exists() {
            Self::open_single(single)
        } else if index.exists() {
            Self::open_sharded(folder, index)
        } else {
            Err(Error::NoWeights {
                path: folder.to_owned(),
            })
        }
    }

    fn open_single(path: PathBuf) -> Result<Self, Error> {
        let file = WeightFile::open(&path)?;
        let places = file.names().into_iter().map(|name| (name, 0)).collect();
        Ok(Self {
            entry: path,
            files: vec![file],
            places,
        })
    }

    fn open_sharded(folder: &Path, index: PathBuf) -> Result<Self, Error> {
        let text = pure_files::read_to_string(&index, 16 << 20)?;
        let wrong = |reason| Error::Index {
            path: index.clone(),
            reason,
        };
        let IndexFile { weight_map } =
            serde_json::from_str(&text).map_err(|error| Error::Json {
                path: index.clone(),
                source: brief_json(error),
            })?;

        let mut numbers = BTreeMap::<&str, usize>::new();
        let mut files = Vec::<WeightFile>::new();
        let mut places = BTreeMap::new();
        for (tensor, name) in &weight_map {
            let number = match numbers.get(name.as_str()) {
                Some(number) => *number,
                None => {
                    if Path::new(name).file_name() != Some(name.as_ref()) {
                        return Err(wrong(format!(
                            "`{}` is said to be in `{}`, which is no name of a file in the folder",
                            brief(tensor),
                            brief(name)
                        )));
                    }
                    files.push(WeightFile::open(&folder.join(name))?);
                    numbers.insert(name, files.len() - 1);
                    files.len() - 1
                }
            };
            if files[number].info(tensor).is_none() {
                return Err(wrong(format!(
                    "`{}` is said to be in {name}, which does not hold it",
                    brief(tensor)
                )));
            }
            places.insert(tensor.clone(), number);
        }
        for file in &files {
            if let Some(tensor) = file
                .names()
                .into_iter()
                .find(|name| !places.contains_key(name))
            {
                let name = file.path().display();
                return Err(wrong(format!(
                    "{name} holds `{}`, which it does not list",
                    brief(tensor)
                )));
            }
        }
        Ok(Self {
            entry: index,
            files,
            places,
        })
    }

    /// The widest precision among the tensors.
    pub(crate) fn precision(&self) -> Precision {
        let base = self.places.keys().filter(|name| !name.contains(".lora_"));
        let formats = base.filter_map(|tensor| {
            let (file, info) = self.find(tensor)?;
            file.precision(tensor, info).ok()
        });
        formats
            .max_by_key(|precision| precision.bytes())
            .unwrap_or_default()
    }

    /// The same with the tensors of an adapter's file, whose whole ones are in place of those of their layer.
    pub(crate) fn with_adapter(mut self, path: &Path) -> Result<Self, Error> {
        let file = WeightFile::open(path)?;
        let Some(file) = file.without(OF_PEFT) else {
            return Err(Error::Adapter {
                path: path.to_owned(),
                reason: format!(
                    "is not of PEFT: the name of a tensor does not begin with `{OF_PEFT}`"
                ),
            });
        };
        let names = file.names();
        if names.iter().any(|name| name.starts_with(HEAD)) {
            self.places.retain(|name, _| !name.starts_with(HEAD));
        }
        let number = self.files.len();
        self.places
            .extend(names.into_iter().map(|name| (name, number)));
        self.files.push(file);
        Ok(self)
    }

    pub(crate) fn has(&self, tensor: &str) -> bool {
        self.places.contains_key(tensor)
    }

    /// Names and shapes of the tensors whose names begin with `prefix`.
    pub(crate) fn tensors(&self, prefix: &str) -> Vec<(String, Vec<usize>)> {
        let names = self.places.keys().filter(|name| name.starts_with(prefix));
        names
            .filter_map(|name| Some((name.clone(), self.find(name)?.1.shape.clone())))
            .collect()
    }

    fn find(&self, tensor: &str) -> Option<(&WeightFile, &TensorInfo)> {
        let file = &self.files[*self.places.get(tensor)?];
        Some((file, file.info(tensor)?))
    }
}
