//! Why answers could not be labelled.

/// What is wrong with a setting, an answer, or the sampling.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LabelError {
    /// A setting that has no meaning.
    #[error("`{setting}` is {found}, but must be {expected}")]
    Setting {
        /// Its name.
        setting: &'static str,
        /// What it was.
        found: f64,
        /// What it may be.
        expected: &'static str,
    },
    /// The tokenizer has no tokens for the steps of an answer.
    #[error("the steps of answer {number} cannot be turned into tokens: {source}")]
    Tokens {
        /// The answer's number.
        number: u64,
        /// What the tokenizer said.
        source: pure_model::Error,
    },
    /// The completions could not be sampled.
    #[error(transparent)]
    Sampling(#[from] pure_rollout::Error),
}
