//! Everything that can be wrong with a model's folder, a device or a text, in words for a person.

use serde_json::Value;
use std::path::{Path, PathBuf};

use crate::config::ConfigError;

/// What went wrong, where, and what was expected instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file or folder cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file that is small by nature is not.
    #[error("{} is {found} bytes long, which no such file is (at most {limit})", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        found: u64,
        /// The largest size that is read.
        limit: u64,
    },
    /// `config.json` describes no model that can be computed here.
    #[error("{}: {source}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ConfigError,
    },
    /// A JSON file is not what it must be.
    #[error("{}: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The folder has a `config.json` but no weights.
    #[error("{} has neither model.safetensors nor model.safetensors.index.json", path.display())]
    NoWeights {
        /// The folder.
        path: PathBuf,
    },
    /// The header of a safetensors file is broken.
    #[error("{} is not a safetensors file: {source}", path.display())]
    Header {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: safetensors::SafeTensorError,
    },
    /// A safetensors file ends before its tensors do, or goes on after them.
    #[error(
        "{} is {found} bytes long, but its header describes {expected}, the last of them for `{tensor}`: \
         the file was cut or is still being written",
        path.display()
    )]
    Truncated {
        /// The file.
        path: PathBuf,
        /// The tensor that ends last.
        tensor: String,
        /// Bytes that the header describes.
        expected: u64,
        /// Bytes of the file.
        found: u64,
    },
    /// The index of a sharded checkpoint contradicts its shards.
    #[error("{}: {reason}", path.display())]
    Index {
        /// The index.
        path: PathBuf,
        /// What contradicts what.
        reason: String,
    },
    /// A tensor that the model needs is in no file.
    #[error("{} has no tensor `{tensor}`, which the model needs with shape {expected:?}", path.display())]
    MissingTensor {
        /// The file, or the index of several.
        path: PathBuf,
        /// The tensor.
        tensor: String,
        /// Its shape in the file.
        expected: Vec<usize>,
    },
    /// A file holds a tensor that the model has no place for.
    #[error("{} holds `{tensor}` {found:?}, which this model has no place for: is config.json of another model?", path.display())]
    UnexpectedTensor {
        /// The file.
        path: PathBuf,
        /// The tensor.
        tensor: String,
        /// Its shape.
        found: Vec<usize>,
    },
    /// A tensor has another shape than the model's.
    #[error("{}: `{tensor}` has shape {found:?}, but config.json asks for {expected:?}", path.display())]
    TensorShape {
        /// The file.
        path: PathBuf,
        /// The tensor.
        tensor: String,
        /// Shape that the model needs.
        expected: Vec<usize>,
        /// Shape in the file.
        found: Vec<usize>,
    },
    /// A tensor is stored in a format that is not read.
    #[error("{}: `{tensor}` is stored as {found}; F32, F16 and BF16 are read", path.display())]
    TensorFormat {
        /// The file.
        path: PathBuf,
        /// The tensor.
        tensor: String,
        /// Its format.
        found: String,
    },
    /// A reward model is asked for, and the folder has no head of one.
    #[error(
        "{} holds no process reward model: it has neither `score.weight` nor `score.0.weight` and \
         `score.2.weight`, but {found}. `Checkpoint::load` reads language models, \
         `Checkpoint::start_prm` makes a reward model of one",
        path.display()
    )]
    NotARewardModel {
        /// The folder.
        path: PathBuf,
        /// What it has instead.
        found: String,
    },
    /// A language model is asked for, and the folder has the head of a reward model.
    #[error(
        "{} holds no language model but a process reward model, with {found}. \
         `Checkpoint::load_prm` reads it",
        path.display()
    )]
    NotALanguageModel {
        /// The folder.
        path: PathBuf,
        /// The tensors of its head and their shapes.
        found: String,
    },
    /// A reward model has tensors of both layouts of a head.
    #[error(
        "{} has {found}: heads of one layer (`score.weight`) and of two (`score.0.weight`, \
         `score.2.weight`), and nothing tells which is meant",
        path.display()
    )]
    TwoHeads {
        /// The folder.
        path: PathBuf,
        /// The tensors and their shapes.
        found: String,
    },
    /// The head of a reward model tells another number of labels apart than two.
    #[error(
        "{}: `{tensor}` has shape {found:?}, but the head of a process reward model has two rows, \
         for bad and good",
        path.display()
    )]
    Labels {
        /// The folder.
        path: PathBuf,
        /// The tensor of the last layer.
        tensor: String,
        /// Its shape.
        found: Vec<usize>,
    },
    /// The folder has no tokenizer, or a broken one.
    #[error("{}: {reason}", path.display())]
    Tokenizer {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A text cannot be turned into tokens.
    #[error("the text cannot be tokenized: {reason}")]
    Encode {
        /// What the tokenizer said.
        reason: String,
    },
    /// The tokenizer comes without a chat template.
    #[error("{} has no `chat_template`: give the prompt as plain text", path.display())]
    NoChatTemplate {
        /// The folder's `tokenizer_config.json`.
        path: PathBuf,
    },
    /// The chat template is broken, or refuses these messages.
    #[error("the chat template of {}: {reason}", path.display())]
    ChatTemplate {
        /// The file that it came from.
        path: PathBuf,
        /// What the template engine said.
        reason: String,
    },
    /// The asked device is of a kind that this binary was built without.
    #[error("this binary was built without {asked}; build it with `--features {asked}`")]
    DeviceNotBuilt {
        /// The kind of device.
        asked: String,
    },
    /// The asked device is not there.
    #[error("there is no device `{asked}` here; present: {present}")]
    DeviceAbsent {
        /// What was asked for.
        asked: String,
        /// What there is.
        present: String,
    },
    /// The device cannot compute in the asked format.
    #[error("{device} does not compute in {precision}; use f32")]
    PrecisionUnsupported {
        /// The device.
        device: String,
        /// The format.
        precision: crate::Precision,
    },
    /// A token is not in the model's vocabulary.
    #[error("token {token} is outside the model's vocabulary of {vocab_size}")]
    TokenOutOfRange {
        /// The token.
        token: u32,
        /// How many there are.
        vocab_size: usize,
    },
    /// Nothing precedes the first token to be scored.
    #[error("the prompt is empty: the first token of a response needs one before it")]
    EmptyPrompt,
    /// A text is longer than the model can read.
    #[error("{found} tokens are more than the {limit} that the model was made for")]
    TooLong {
        /// Tokens of the text.
        found: usize,
        /// `max_position_embeddings`.
        limit: usize,
    },
}

impl Error {
    pub(crate) fn read(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Read { path, source }
    }

    pub(crate) fn write(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Write { path, source }
    }
}

/// Reads a small text file whole, without trusting its size.
pub(crate) fn read_text(path: &Path, limit: u64) -> Result<String, Error> {
    let found = std::fs::metadata(path).map_err(Error::read(path))?.len();
    if found > limit {
        return Err(Error::TooLarge {
            path: path.to_owned(),
            found,
            limit,
        });
    }
    std::fs::read_to_string(path).map_err(Error::read(path))
}

/// The JSON of a small file; null if there is none.
pub(crate) fn read_json_if_there(path: &Path, limit: u64) -> Result<Value, Error> {
    if !path.exists() {
        return Ok(Value::Null);
    }
    serde_json::from_str(&read_text(path, limit)?).map_err(|source| Error::Json {
        path: path.to_owned(),
        source,
    })
}
