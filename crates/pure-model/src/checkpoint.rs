//! A model's folder in the layout of Hugging Face: `config.json`, safetensors, tokenizer files; or that of an adapter
//! in the layout of PEFT, which names the folder of its base.

use std::path::{Path, PathBuf};

use burn::module::Module;
use burn::tensor::Device;
use serde_json::{Map, Value, json};

use crate::companions::{COMPANIONS, Companions, GENERATION_CONFIG};
use crate::config::token_ids;
use crate::init::check_memory;
use crate::lora::{ADAPTER, Adapter, write_config};
use crate::prm::OwnCode;
use crate::weights::{Weights, save, save_adapter};
use crate::{CausalLm, Error, LoraConfig, ModelConfig, Precision, Tokenizer};

pub(crate) const CONFIG: &str = "config.json";

/// A folder whose `config.json` is understood and whose weight files are in order.
///
/// Opening reads headers only; [`load`](Self::load) reads the weights.
#[derive(Debug)]
pub struct Checkpoint {
    folder: PathBuf,
    config: ModelConfig,
    weights: Weights,
    adapter: Option<Adapter>,
    /// Whether what is loaded keeps the adapter beside the weights.
    is_apart: bool,
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
        let adapter = Adapter::read(&folder)?;
        let base = adapter.as_ref().map_or(&folder, |adapter| &adapter.base);
        let config = read_config(&base.join(CONFIG))?;
        let mut weights = Weights::open(base)?;
        if adapter.is_some() {
            weights = weights.with_adapter(&folder.join(ADAPTER))?;
        }
        Ok(Self {
            folder,
            config,
            weights,
            adapter,
            is_apart: false,
            kept: None,
        })
    }

    /// Opens a folder to train its model, or adapters beside it. What saving takes along is read now, so that it does
    /// not matter what becomes of the folder until then.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), and if adapters are to be trained beside those of the folder.
    pub fn open_to_train(
        folder: impl AsRef<Path>,
        lora: Option<&LoraConfig>,
    ) -> Result<Self, Error> {
        let checkpoint = Self::open(folder)?;
        if checkpoint.adapter.is_some() && lora.is_some() {
            return Err(Error::Adapter {
                path: checkpoint.folder,
                reason: "holds an adapter, beside which no other is trained: merge it first, with `pure merge`".into(),
            });
        }
        let kept = Some(checkpoint.read_kept()?);
        Ok(Self { kept, ..checkpoint })
    }

    /// The same, but loading it keeps the adapter beside the weights, to be trained; else it becomes part of them.
    pub fn with_adapter_apart(self) -> Self {
        Self {
            is_apart: true,
            ..self
        }
    }

    /// The shape of the model.
    pub fn config(&self) -> &ModelConfig {
        &self.config
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of the model that an adapter belongs to; none if the folder holds a model.
    pub fn base(&self) -> Option<&Path> {
        self.adapter.as_ref().map(|adapter| adapter.base.as_path())
    }

    /// All folders that are read: its own, and that of an adapter's base.
    pub fn folders(&self) -> impl Iterator<Item = &Path> {
        [self.folder()].into_iter().chain(self.base())
    }

    /// Where a file of the folder is: those that an adapter's has not are its base's.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        let own = self.folder.join(name);
        match self.base() {
            Some(base) if !own.exists() => base.join(name),
            _ => own,
        }
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
        let module = match &self.adapter {
            Some(adapter) => adapter.attach(module, &self.weights),
            None => module,
        };
        // Factors that are trained are exact; others become part of weights that are not.
        let of_factors = match self.is_apart {
            true => Precision::F32,
            false => precision,
        };
        let precisions = [precision, of_factors];
        let module = self.weights.load_into(module, precisions, |tensor| {
            // Old Llamas store their frequencies.
            (may_ignore_head && tensor == "lm_head.weight")
                || tensor.ends_with("rotary_emb.inv_freq")
        })?;
        Ok(match self.is_apart {
            true => module,
            false => module.materialize(),
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
        let file = self.file("tokenizer.json");
        Tokenizer::load(file.parent().unwrap_or(&self.folder))
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
            None => then(&self.read_kept()?),
        }
    }

    fn read_kept(&self) -> Result<Kept, Error> {
        Ok(Kept {
            companions: Companions::read(&COMPANIONS, |name| self.file(name))?,
            own_code: OwnCode::read(self.base().unwrap_or(&self.folder))?,
        })
    }

    /// Writes the adapters of a model that began from this folder, and a reward model's head, to another one in the
    /// layout of PEFT, with copies of the tokenizer and generation files.
    ///
    /// # Errors
    ///
    /// Names what cannot be written.
    pub fn save_adapter_as<M: Module>(
        &self,
        folder: impl AsRef<Path>,
        model: &M,
        lora: &LoraConfig,
    ) -> Result<(), Error> {
        let folder = folder.as_ref();
        make(folder)?;
        let has_head = save_adapter(model, &folder.join(ADAPTER))?;
        write_config(folder, self.base().unwrap_or(&self.folder), lora, has_head)?;
        self.with_kept(|kept| kept.companions.write(folder))
    }

    /// Writes what was trained of a model that began from this folder: its adapters, if it has some, else all of it.
    ///
    /// # Errors
    ///
    /// Names what cannot be written.
    pub fn save_trained_as(
        &self,
        folder: &Path,
        model: &CausalLm,
        lora: Option<&LoraConfig>,
    ) -> Result<(), Error> {
        match lora {
            Some(lora) => self.save_adapter_as(folder, model, lora),
            None => self.save_as(folder, model, Precision::F32),
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
    make(folder)?;
    // A folder of a model has no place for adapters.
    save(&module.clone().materialize(), folder, precision)?;
    let mut json = config.to_json(precision);
    for (key, value) in keys {
        json[key] = value;
    }
    let text = format!("{json:#}\n");
    Ok(pure_files::write(folder.join(CONFIG), text)?)
}

fn make(folder: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(folder).map_err(|source| {
        let path = folder.to_owned();
        pure_files::Error::Write { path, source }.into()
    })
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
