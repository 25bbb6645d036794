//! A model's folder in the layout of Hugging Face: `config.json`, safetensors, tokenizer files.

use std::path::{Path, PathBuf};

use burn::module::Module;
use burn::tensor::Device;
use serde_json::{Map, Value, json};

use crate::companions::{COMPANIONS, Companions, GENERATION_CONFIG};
use crate::config::token_ids;
use crate::init::check_memory;
use crate::prm::OwnCode;
use crate::weights::{Weights, save};
use crate::{CausalLm, Error, ModelConfig, Precision, Tokenizer};

pub(crate) const CONFIG: &str = "config.json";

/// A folder whose `config.json` is understood and whose weight files are in order.
///
/// Opening reads headers only; [`load`](Self::load) reads the weights.
#[derive(Debug)]
pub struct Checkpoint {
    folder: PathBuf,
    config: ModelConfig,
    weights: Weights,
    kept: Option<Kept>,
}

/// What a saved model takes along from its folder, beside the tokenizer and generation files the class that
/// transformers opens it as.
#[derive(Debug)]
pub(crate) struct Kept {
    pub companions: Companions,
    pub own_code: OwnCode,
}

impl Checkpoint {
    /// Opens a folder.
    ///
    /// # Errors
    ///
    /// Names the file that is missing, broken, or not of a model that can be computed.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, Error> {
        let folder = folder.as_ref().to_owned();
        let config = read_config(&folder.join(CONFIG))?;
        let weights = Weights::open(&folder)?;
        Ok(Self {
            folder,
            config,
            weights,
            kept: None,
        })
    }

    /// Reads now what saving a model takes along from the folder, so that it does not matter what becomes of the
    /// folder until then.
    ///
    /// # Errors
    ///
    /// Names the file that cannot be read.
    pub fn keep_companions(mut self) -> Result<Self, Error> {
        self.kept = Some(Kept::read(&self.folder)?);
        Ok(self)
    }

    /// The shape of the model.
    pub fn config(&self) -> &ModelConfig {
        &self.config
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The precision that the weights are stored in.
    pub fn precision(&self) -> Precision {
        self.weights.precision()
    }

    /// Loads the language model onto a device. It is ready to be trained if the device tracks
    /// gradients.
    ///
    /// # Errors
    ///
    /// [`Error::NotALanguageModel`] if the folder holds a reward model, which
    /// [`load_prm`](Self::load_prm) reads; names the file and tensor that is missing, unexpected, of
    /// another shape or unreadable.
    pub fn load(&self, device: &Device, precision: Precision) -> Result<CausalLm, Error> {
        self.refuse_reward_model()?;
        self.load_into(self.config.init(device), precision)
    }

    /// Fills a module of another kind, whose parameters' paths are the tensors' names. (Variants of
    /// an enum are not part of a path.)
    ///
    /// # Errors
    ///
    /// Names the file and tensor that is missing, unexpected, of another shape or unreadable.
    pub fn load_into<M: Module>(&self, module: M, precision: Precision) -> Result<M, Error> {
        // Some tied models store their head all the same.
        self.load_without_head(module, precision, self.config.tie_word_embeddings)
    }

    /// Fills a module that has no place for the output head of a language model.
    pub(crate) fn load_trunk_into<M: Module>(
        &self,
        module: M,
        precision: Precision,
    ) -> Result<M, Error> {
        self.load_without_head(module, precision, true)
    }

    fn load_without_head<M: Module>(
        &self,
        module: M,
        precision: Precision,
        may_ignore_head: bool,
    ) -> Result<M, Error> {
        self.weights.load_into(module, precision, |tensor| {
            // Old Llamas store their frequencies.
            (may_ignore_head && tensor == "lm_head.weight")
                || tensor.ends_with("rotary_emb.inv_freq")
        })
    }

    /// Names and shapes of the tensors whose names begin with `prefix`.
    pub(crate) fn tensors(&self, prefix: &str) -> Vec<(String, Vec<usize>)> {
        self.weights.tensors(prefix)
    }

    /// The tokenizer of the folder.
    ///
    /// # Errors
    ///
    /// As [`Tokenizer::load`].
    pub fn tokenizer(&self) -> Result<Tokenizer, Error> {
        Tokenizer::load(&self.folder)
    }

    /// Writes a model that came from this folder, perhaps trained since, to another (or the same):
    /// weights, `config.json`, and copies of the tokenizer and generation files.
    ///
    /// # Errors
    ///
    /// Names what cannot be written.
    pub fn save_as(
        &self,
        folder: impl AsRef<Path>,
        model: &CausalLm,
        precision: Precision,
    ) -> Result<(), Error> {
        let folder = folder.as_ref();
        self.with_kept(|kept| self.save_module_as(folder, model, Map::new(), precision, kept))
    }

    /// As [`save_as`](Self::save_as), for a module of another kind. `keys` of `config.json` are
    /// put in place of those of a language model.
    pub(crate) fn save_module_as<M: Module>(
        &self,
        folder: &Path,
        module: &M,
        keys: Map<String, Value>,
        precision: Precision,
        kept: &Kept,
    ) -> Result<(), Error> {
        write(folder, &self.config, module, keys, precision)?;
        kept.companions.write(folder)
    }

    /// Does something with what was kept, or else with what is in the folder now.
    pub(crate) fn with_kept<R>(
        &self,
        then: impl FnOnce(&Kept) -> Result<R, Error>,
    ) -> Result<R, Error> {
        match &self.kept {
            Some(kept) => then(kept),
            None => then(&Kept::read(&self.folder)?),
        }
    }

    /// Writes a model that came from no folder.
    ///
    /// # Errors
    ///
    /// [`Error::NoMemory`] if a model that is as yet undrawn has no room, or names what cannot be written.
    pub fn create(
        folder: impl AsRef<Path>,
        config: &ModelConfig,
        model: &CausalLm,
        precision: Precision,
    ) -> Result<(), Error> {
        create_module(folder.as_ref(), config, model, Map::new(), precision)
    }
}

impl Kept {
    fn read(folder: &Path) -> Result<Self, Error> {
        Ok(Self {
            companions: Companions::read(folder, &COMPANIONS)?,
            own_code: OwnCode::read(folder)?,
        })
    }
}

/// As [`Checkpoint::create`], for a module of another kind.
pub(crate) fn create_module<M: Module>(
    folder: &Path,
    config: &ModelConfig,
    module: &M,
    keys: Map<String, Value>,
    precision: Precision,
) -> Result<(), Error> {
    check_memory(module)?;
    write(folder, config, module, keys, precision)?;
    let generation = json!({
        "bos_token_id": config.bos_token_id,
        "eos_token_id": token_ids(&config.eos_token_ids),
        "pad_token_id": config.pad_token_id,
    });
    let text = format!("{generation:#}\n");
    Ok(pure_files::write(folder.join(GENERATION_CONFIG), text)?)
}

/// Reads a `config.json`.
///
/// # Errors
///
/// Names the file and the key at fault.
pub fn read_config(path: &Path) -> Result<ModelConfig, Error> {
    let text = pure_files::read_to_string(path, 16 << 20)?;
    ModelConfig::from_json(&text).map_err(|source| Error::Config {
        path: path.to_owned(),
        source,
    })
}

fn write<M: Module>(
    folder: &Path,
    config: &ModelConfig,
    module: &M,
    keys: Map<String, Value>,
    precision: Precision,
) -> Result<(), Error> {
    std::fs::create_dir_all(folder).map_err(|source| pure_files::Error::Write {
        path: folder.to_owned(),
        source,
    })?;
    save(module, folder, precision)?;
    let mut json = config.to_json(precision);
    for (key, value) in keys {
        json[key] = value;
    }
    let text = format!("{json:#}\n");
    Ok(pure_files::write(folder.join(CONFIG), text)?)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_no_config() {
        let error = read_config(Path::new("/dev/zero")).unwrap_err().to_string();
        assert!(error.contains("/dev/zero is a device"), "{error}");
    }
}
