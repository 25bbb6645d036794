//! What can be wrong with a request or a budget.

/// Why nothing was sampled.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The sampler was given no policy, or has let go of it.
    #[error("there is no policy to sample from: load one first")]
    NoPolicy,
    /// A prompt without a token: there is nothing to continue.
    #[error("the prompt of request {request} is empty: give at least one token")]
    EmptyPrompt {
        /// Place of the request among those given.
        request: usize,
    },
    /// A token that the model does not know.
    #[error("request {request} holds token {token}, but the model knows only {vocab_size}")]
    TokenOutOfRange {
        /// Place of the request among those given.
        request: usize,
        /// The token.
        token: u32,
        /// Number of tokens that the model tells apart.
        vocab_size: usize,
    },
    /// Prompt and answer together are longer than the model was made for.
    #[error(
        "request {request} has a prompt of {prompt} tokens and asks for up to {new} more, but the \
         model was made for {limit}: shorten the prompt or ask for fewer"
    )]
    TooLong {
        /// Place of the request among those given.
        request: usize,
        /// Tokens of the prompt.
        prompt: usize,
        /// Tokens that were asked for.
        new: usize,
        /// The longest text of the model.
        limit: usize,
    },
    /// A setting that makes no sense.
    #[error("request {request} has {setting} = {found}: it must be {expected}")]
    Setting {
        /// Place of the request among those given.
        request: usize,
        /// Name of the setting.
        setting: &'static str,
        /// What it was.
        found: f64,
        /// What it may be.
        expected: &'static str,
    },
    /// The budget does not hold even one text.
    #[error(
        "a budget of {found} bytes for keys and values is too small: one text of {length} tokens \
         needs at least {least} bytes"
    )]
    Budget {
        /// The budget.
        found: u64,
        /// The smallest that would do.
        least: u64,
        /// Tokens of the longest text that was asked for.
        length: usize,
    },
    /// The model computed something that is not a number.
    #[error(
        "the model gave no finite probabilities for token {position} of sample {sample} of request \
         {request}: its weights are broken, or its numbers too large for their type"
    )]
    NotFinite {
        /// Place of the request among those given.
        request: usize,
        /// The sample.
        sample: usize,
        /// The token of its answer, from 0.
        position: usize,
    },
}
