//! Everything that can be wrong with a model's folder, a device or a text, in words for a person.

use std::path::PathBuf;

use crate::brief::brief;
use crate::config::ConfigError;

/// What went wrong, where, and what was expected instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file cannot be read or written, is none, or is too large.
    #[error(transparent)]
    File(#[from] pure_files::Error),
    /// A file is a link out of the model's folder, so it is not copied with the model.
    #[error(
        "{} is not saved with the model: it is a link to {}, outside of the model's folder. Put the \
         file itself there, if it may be copied",
        path.display(), target.display()
    )]
    LinkedFile {
        /// The link.
        path: PathBuf,
        /// Where it leads.
        target: PathBuf,
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
    #[error("{} is not a safetensors file: {}", path.display(), brief(source))]
    Header {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: safetensors::SafeTensorError,
    },
    /// A safetensors file ends before its tensors do, or goes on after them.
    #[error(
        "{} is {found} bytes long, but its header describes {expected}, the last of them for `{}`: \
         the file was cut or is still being written",
        path.display(), brief(tensor)
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
    #[error("{}: {}", path.display(), brief(reason))]
    Index {
        /// The index.
        path: PathBuf,
        /// What contradicts what.
        reason: String,
    },
    /// A tensor that the model needs is in no file.
    #[error(
        "{} has no tensor `{}`, which the model needs with shape {expected:?}",
        path.display(), brief(tensor)
    )]
    MissingTensor {
        /// The file, or the index of several.
        path: PathBuf,
        /// The tensor.
        tensor: String,
        /// Its shape in the file.
        expected: Vec<usize>,
    },
    /// A file holds a tensor that the model has no place for.
    #[error(
        "{} holds `{}` {}, which this model has no place for: is config.json of another model?",
        path.display(), brief(tensor), brief(format_args!("{found:?}"))
    )]
    UnexpectedTensor {
        /// The file.
        path: PathBuf,
        /// The tensor.
        tensor: String,
        /// Its shape.
        found: Vec<usize>,
    },
    /// A tensor has another shape than the model's.
    #[error(
        "{}: `{}` has shape {}, but config.json asks for {expected:?}",
        path.display(), brief(tensor), brief(format_args!("{found:?}"))
    )]
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
    #[error(
        "{}: `{}` is stored as {found}; F32, F16 and BF16 are read",
        path.display(), brief(tensor)
    )]
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
         `score.2.weight`, but {}. `Checkpoint::load` reads language models, \
         `Checkpoint::start_prm` makes a reward model of one",
        path.display(), brief(found)
    )]
    NotARewardModel {
        /// The folder.
        path: PathBuf,
        /// What it has instead.
        found: String,
    },
    /// A language model is asked for, and the folder has the head of a reward model.
    #[error(
        "{} holds no language model but a process reward model, with {}. \
         `Checkpoint::load_prm` reads it",
        path.display(), brief(found)
    )]
    NotALanguageModel {
        /// The folder.
        path: PathBuf,
        /// The tensors of its head and their shapes.
        found: String,
    },
    /// A reward model has tensors of both layouts of a head.
    #[error(
        "{} has {}: heads of one layer (`score.weight`) and of two (`score.0.weight`, \
         `score.2.weight`), and nothing tells which is meant",
        path.display(), brief(found)
    )]
    TwoHeads {
        /// The folder.
        path: PathBuf,
        /// The tensors and their shapes.
        found: String,
    },
    /// The head of a reward model tells another number of labels apart than two.
    #[error(
        "{}: `{tensor}` has shape {}, but the head of a process reward model has two rows, \
         for bad and good",
        path.display(), brief(format_args!("{found:?}"))
    )]
    Labels {
        /// The folder.
        path: PathBuf,
        /// The tensor of the last layer.
        tensor: String,
        /// Its shape.
        found: Vec<usize>,
    },
    /// An adapter's folder is not one that can be used here.
    #[error("{} {}", path.display(), brief(reason))]
    Adapter {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, as it follows its name, and what to do.
        reason: String,
    },
    /// The folder has no tokenizer, or a broken one.
    #[error("{}: {}", path.display(), brief(reason))]
    Tokenizer {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A text cannot be turned into tokens.
    #[error("{} cannot turn the text into tokens: {}", path.display(), brief(reason))]
    Encode {
        /// The tokenizer's file.
        path: PathBuf,
        /// What the tokenizer said.
        reason: String,
    },
    /// The tokenizer comes without a chat template.
    #[error("{} has no `chat_template`: give the prompt as plain text, which the setting `raw` does", path.display())]
    NoChatTemplate {
        /// The folder's `tokenizer_config.json`.
        path: PathBuf,
    },
    /// The chat template is broken, or refuses these messages.
    #[error(
        "the chat template of {}: {}. Mend it, or give the prompt as plain text",
        path.display(), brief(reason)
    )]
    ChatTemplate {
        /// The file that it came from.
        path: PathBuf,
        /// What the template engine said.
        reason: String,
    },
    /// The text that prompts are put into has no place for one, or several.
    #[error(
        "the template of prompts has `{{prompt}}` {found} times: it stands for the prompt, once"
    )]
    PromptTemplate {
        /// How often.
        found: usize,
    },
    /// Nothing names the token that ends an answer.
    #[error(
        "{} names no token that ends an answer: put `eos_token` into tokenizer_config.json, or \
         `eos_token_id` into config.json",
        path.display()
    )]
    NoEndToken {
        /// The model's folder.
        path: PathBuf,
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
    /// A device does not compute what it should.
    #[error(
        "{device} is there but does not compute as it should: {}. {advice}",
        brief(reason)
    )]
    DeviceFails {
        /// The device.
        device: String,
        /// What was seen.
        reason: String,
        /// What to do about it.
        advice: &'static str,
    },
    /// The device cannot compute in the asked format.
    #[error("{device} does not compute in {precision}; use f32")]
    PrecisionUnsupported {
        /// The device.
        device: String,
        /// The format.
        precision: crate::Precision,
    },
    /// There is no memory for a new model.
    #[error(
        "{parameters} parameters take {bytes} bytes, and there is no memory for them: make the model smaller"
    )]
    NoMemory {
        /// How many there are.
        parameters: u64,
        /// Bytes of them in f32.
        bytes: u64,
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
