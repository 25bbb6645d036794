//! Adapters in folders, in the layout of PEFT: `adapter_config.json`, `adapter_model.safetensors`.
//!
//! ```text
//! base_model.model.<layer>.lora_A.weight   [rank, in]      base_model.model.score.*   a head, whole
//! base_model.model.<layer>.lora_B.weight   [out, rank]
//! ```
//!
//! What PEFT can and this cannot (DoRA, biases, other ranks for some layers, other layers kept whole) is refused when
//! the folder is opened, and never left out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use burn::module::{LoraAdapter, Module};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{LoraConfig, attach, projection, unread};
use crate::Error;
use crate::json::brief_json;
use crate::weights::{HEAD, Weights};

const CONFIG: &str = "adapter_config.json";
pub(crate) const ADAPTER: &str = "adapter_model.safetensors";

/// What PEFT computes otherwise where it is set, beside all that begins with `use_`.
const ELSE: [&str; 9] = [
    "bias",
    "lora_bias",
    "rank_pattern",
    "alpha_pattern",
    "fan_in_fan_out",
    "layer_replication",
    "trainable_token_indices",
    "target_parameters",
    "alora_invocation_tokens",
];

/// An adapter whose folder is understood.
#[derive(Debug)]
pub(crate) struct Adapter {
    /// Folder of the model that it was trained beside.
    pub base: PathBuf,
    rank: usize,
    scale: f64,
}

/// What is read of `adapter_config.json`.
#[derive(Deserialize)]
struct File {
    peft_type: String,
    base_model_name_or_path: Option<String>,
    r: usize,
    lora_alpha: f64,
    #[serde(default)]
    use_rslora: bool,
    modules_to_save: Option<Vec<String>>,
    /// All the rest, of which some must not be there.
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

impl Adapter {
    /// Reads the description of the adapter in a folder, if there is one.
    pub fn read(folder: &Path) -> Result<Option<Self>, Error> {
        let path = folder.join(CONFIG);
        if !path.exists() {
            return Ok(None);
        }
        let text = pure_files::read_to_string(&path, 1 << 20)?;
        let file: File = serde_json::from_str(&text).map_err(|error| Error::Json {
            path: path.clone(),
            source: brief_json(error),
        })?;
        let wrong = |reason: String| Error::Adapter {
            path: path.clone(),
            reason,
        };
        if let Some(reason) = file.unusable() {
            return Err(wrong(reason));
        }
        let Some(name) = &file.base_model_name_or_path else {
            return Err(wrong("names no `base_model_name_or_path`".to_owned()));
        };
        let places = [PathBuf::from(name), folder.join(name)];
        let Some(base) = places
            .into_iter()
            .find(|place| place.join("config.json").exists())
        else {
            return Err(wrong(format!(
                "says that the adapter belongs to the model `{name}`, and that is no folder of a model: put the \
                 folder's path into `base_model_name_or_path`"
            )));
        };
        if base.join(CONFIG).exists() {
            let reason = format!(
                "belongs to `{name}`, which is an adapter itself: merge that first, with `pure merge`"
            );
            return Err(wrong(reason));
        }
        let rank = file.r as f64;
        Ok(Some(Self {
            base,
            rank: file.r,
            scale: file.lora_alpha / if file.use_rslora { rank.sqrt() } else { rank },
        }))
    }

    /// Puts beside a model's weights the adapters that there are tensors of. They are yet to be loaded.
    pub fn attach<M: Module>(&self, model: M, weights: &Weights) -> M {
        attach(model, |path, [inputs, outputs], device| {
            projection(path)?;
            let layer = path.strip_suffix("weight")?;
            weights
                .has(&format!("{layer}lora_A.weight"))
                .then(|| LoraAdapter {
                    a: unread([inputs, self.rank], device),
                    b: unread([self.rank, outputs], device),
                    scale: self.scale,
                })
        })
    }
}

impl File {
    /// Why it cannot be used, as it follows the file's name.
    fn unusable(&self) -> Option<String> {
        if self.peft_type != "LORA" {
            return Some(format!(
                "is of an adapter of the kind {}; LORA is read",
                self.peft_type
            ));
        }
        if self.r == 0 || !self.lora_alpha.is_finite() {
            return Some("has no meaning: `r` must be 1 or more, `lora_alpha` a number".to_owned());
        }
        // PEFT lists both names that a classifier's head may have.
        let mut whole = self.modules_to_save.iter().flatten();
        if let Some(name) = whole.find(|name| !["score", "classifier"].contains(&name.as_str())) {
            return Some(format!(
                "keeps `{name}` whole (`modules_to_save`); only `score` can be"
            ));
        }
        let is_off = |value: &Value| match value {
            Value::Null | Value::Bool(false) => true,
            Value::String(text) => text == "none",
            Value::Object(map) => map.is_empty(),
            Value::Array(list) => list.is_empty(),
            _ => false,
        };
        let mut set = self.rest.iter().filter(|(_, value)| !is_off(value));
        let on = set.find(|(key, _)| key.starts_with("use_") || ELSE.contains(&key.as_str()));
        on.map(|(key, _)| format!("sets `{key}`, which is not computed here"))
    }
}

/// Writes `adapter_config.json`.
pub(crate) fn write_config(
    folder: &Path,
    base: &Path,
    lora: &LoraConfig,
    keeps_head: bool,
) -> Result<(), Error> {
    let base = base
        .canonicalize()
        .map_err(|source| pure_files::Error::Read {
            path: base.to_owned(),
            source,
        })?;
    let targets: Vec<&str> = lora.targets.iter().map(|target| target.name()).collect();
    let json = json!({
        "peft_type": "LORA",
        "task_type": if keeps_head { "TOKEN_CLS" } else { "CAUSAL_LM" },
        "base_model_name_or_path": base,
        "r": lora.rank,
        "lora_alpha": lora.alpha,
        "lora_dropout": lora.dropout,
        "target_modules": targets,
        "modules_to_save": keeps_head.then(|| [HEAD.trim_end_matches('.')]),
        "bias": "none",
        "fan_in_fan_out": false,
        "inference_mode": true,
    });
    Ok(pure_files::write(
        folder.join(CONFIG),
        format!("{json:#}\n"),
    )?)
}
