//! Reward models in folders: which head a folder holds is told by its tensors.

use std::collections::BTreeSet;
use std::path::Path;

use burn::module::Module;
use burn::tensor::Device;
use serde_json::{Map, Value, json};

use super::head::LABELS;
use super::{PrmHead, ProcessRewardModel};
use crate::brief::brief;
use crate::checkpoint::{CONFIG, create_module};
use crate::companions::Companions;
use crate::json::read_json_if_there;
use crate::weights::HEAD;
use crate::{Checkpoint, Decoder, Error, ModelConfig, Precision};

/// A language model without its output head.
#[derive(Module, Debug)]
struct Trunk {
    model: Decoder,
}

impl Checkpoint {
    /// The head of the folder's reward model.
    ///
    /// # Errors
    ///
    /// [`Error::NotARewardModel`] if there is none, [`Error::TwoHeads`] if there are both,
    /// [`Error::Labels`] if it tells more than good from bad.
    pub fn prm_head(&self) -> Result<PrmHead, Error> {
        let found = self.head_tensors();
        let has = |prefix: &str| found.iter().any(|(name, _)| name.starts_with(prefix));
        let one = has("score.weight") || has("score.bias");
        let two = has("score.0.") || has("score.2.");
        let (head, last) = match (one, two) {
            (true, false) => {
                let bias = has("score.bias");
                (PrmHead::TokenClassification { bias }, "score.weight")
            }
            (false, true) => (PrmHead::TwoLayers, "score.2.weight"),
            (true, true) => {
                return Err(Error::TwoHeads {
                    path: self.folder().to_owned(),
                    found: listed(&found),
                });
            }
            (false, false) => return Err(self.not_a_reward_model()),
        };
        match found.iter().find(|(name, _)| name == last) {
            Some((tensor, shape)) if shape.first() != Some(&LABELS) => Err(Error::Labels {
                path: self.folder().to_owned(),
                tensor: tensor.clone(),
                found: shape.clone(),
            }),
            _ => Ok(head),
        }
    }

    /// Loads the reward model onto a device. An output head of a language model, where the folder
    /// holds one as well, is not read.
    ///
    /// # Errors
    ///
    /// As [`prm_head`](Self::prm_head), and names the file and tensor that is missing, unexpected,
    /// of another shape or unreadable.
    pub fn load_prm(
        &self,
        device: &Device,
        precision: Precision,
    ) -> Result<ProcessRewardModel, Error> {
        let head = self.prm_head()?;
        self.load_trunk_into(self.config().init_prm(head, device), precision)
    }

    /// Makes a reward model of the folder's language model: its decoder under a fresh head, whose
    /// weights are normal with deviation `initializer_range` and whose biases are zero. The head is f32, whatever
    /// the decoder's `precision`: it is to be trained.
    ///
    /// # Errors
    ///
    /// [`Error::NotALanguageModel`] if the folder holds a reward model, else as
    /// [`load`](Self::load).
    pub fn start_prm(
        &self,
        head: PrmHead,
        device: &Device,
        precision: Precision,
    ) -> Result<ProcessRewardModel, Error> {
        self.refuse_reward_model()?;
        let model = self.config().init_decoder(device);
        let Trunk { model } = self.load_trunk_into(Trunk { model }, precision)?;
        let score = head.init(self.config(), device);
        Ok(ProcessRewardModel::new(model, score))
    }

    /// Writes a reward model that came from this folder, perhaps trained since, to another (or the
    /// same): weights, `config.json`, and copies of the tokenizer and generation files.
    ///
    /// # Errors
    ///
    /// Names what cannot be written.
    pub fn save_prm_as(
        &self,
        folder: impl AsRef<Path>,
        prm: &ProcessRewardModel,
        precision: Precision,
    ) -> Result<(), Error> {
        let folder = folder.as_ref();
        let class = prm.head().class(self.config().family);
        self.with_kept(|kept| {
            let mut keys = architecture(&class);
            let is_own = kept.own_code.is_of(&class);
            if is_own {
                keys.extend(kept.own_code.keys.clone());
            }
            self.save_module_as(folder, prm, keys, precision, kept)?;
            match is_own {
                true => kept.own_code.files.write(folder),
                false => Ok(()),
            }
        })
    }

    /// Writes a reward model that came from no folder.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    pub fn create_prm(
        folder: impl AsRef<Path>,
        config: &ModelConfig,
        prm: &ProcessRewardModel,
        precision: Precision,
    ) -> Result<(), Error> {
        let keys = architecture(&prm.head().class(config.family));
        create_module(folder.as_ref(), config, prm, keys, precision)
    }

    /// Refuses a folder whose tensors are those of a reward model, where a language model is asked
    /// for.
    pub(crate) fn refuse_reward_model(&self) -> Result<(), Error> {
        let found = self.head_tensors();
        if found.is_empty() {
            return Ok(());
        }
        Err(Error::NotALanguageModel {
            path: self.folder().to_owned(),
            found: listed(&found),
        })
    }

    fn not_a_reward_model(&self) -> Error {
        let output = self.tensors("lm_head.");
        let found = if output.is_empty() {
            "no head at all, like a language model whose head is its embedding".to_owned()
        } else {
            format!("{}, the head of a language model", listed(&output))
        };
        let path = self.folder().to_owned();
        Error::NotARewardModel { path, found }
    }

    fn head_tensors(&self) -> Vec<(String, Vec<usize>)> {
        self.tensors(HEAD)
    }
}

fn architecture(class: &str) -> Map<String, Value> {
    Map::from_iter([("architectures".to_owned(), json!([class]))])
}

/// The Python code that a folder brings for a class that is not part of transformers, as that of
/// Qwen2.5-Math-PRM is not. A saved model takes it along, so that transformers opens it as before.
#[derive(Debug, Default)]
pub(crate) struct OwnCode {
    /// `architectures` of `config.json`.
    architectures: Value,
    /// Its `auto_map`.
    keys: Map<String, Value>,
    files: Companions,
}

impl OwnCode {
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let mut config = read_json_if_there(&folder.join(CONFIG), 16 << 20)?;
        let Some(classes) = config["auto_map"].as_object() else {
            return Ok(Self::default());
        };
        // Each class is named `module.Class`; a module is a file of the folder.
        let modules = classes.values().filter_map(Value::as_str);
        let files: BTreeSet<_> = modules
            .filter_map(|class| class.split_once('.'))
            .map(|(module, _)| format!("{module}.py"))
            .filter(|file| Path::new(file).file_name() == Some(file.as_ref()))
            .collect();
        let files: Vec<String> = files.into_iter().collect();
        Ok(Self {
            keys: Map::from_iter([("auto_map".to_owned(), json!(classes))]),
            architectures: config["architectures"].take(),
            files: Companions::read(&files, |name| folder.join(name))?,
        })
    }

    /// Whether it is that of a class.
    fn is_of(&self, class: &str) -> bool {
        self.architectures == json!([class])
    }
}

/// Names and shapes, for a person.
fn listed(tensors: &[(String, Vec<usize>)]) -> String {
    let each = tensors
        .iter()
        .map(|(name, shape)| format!("`{}` {shape:?}", brief(name)));
    each.collect::<Vec<_>>().join(", ")
}
