//! What an answer, or the tokens of its steps, are refused for.

use std::path::PathBuf;

/// Why an answer cannot be read, or the tokens of steps cannot be found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StepReadError {
    /// There is no tokenizer, or none that can be used.
    #[error("{what} needs the model's tokenizer, but {reason}")]
    NoTokenizer {
        /// What needs one.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// What the model's folder says of its marker cannot be read.
    #[error("{}: {reason}", path.display())]
    Taught {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The text of the marker is no token, or several where it must be one.
    #[error("{expected}, but {text:?} is {tokens} tokens")]
    MarkerText {
        /// The text.
        text: String,
        /// How many tokens it is.
        tokens: usize,
        /// What it must be.
        expected: &'static str,
    },
    /// The model has no such token as the marker.
    #[error("the marker, token {marker}, is outside the model's vocabulary of {vocab_size}")]
    MarkerOutOfRange {
        /// The token.
        marker: u32,
        /// The number of tokens that the model knows.
        vocab_size: usize,
    },
    /// The text does not split into the steps that it was put together from.
    #[error(
        "the text splits into {found} at its separator tokens, but {given} were given as steps: \
         one that is empty, or begins with or holds a blank line, cannot be told apart"
    )]
    StepCount {
        /// Steps found.
        found: usize,
        /// Steps given.
        given: usize,
    },
    /// A text that cannot be turned into tokens, or a token that the model does not know.
    #[error(transparent)]
    Model(#[from] pure_model::Error),
}
