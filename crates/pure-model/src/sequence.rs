//! A sequence of tokens, and what is asked of the model at some of them.

/// Tokens with targets.
///
/// A target stands at the token whose hidden state is to answer it: a token to be predicted stands at
/// the token before it, the label of a step at the step's last token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence<T> {
    /// The tokens.
    pub tokens: Vec<u32>,
    /// Positions in `tokens`, and what is asked there.
    pub targets: Vec<(usize, T)>,
}

impl<T> Sequence<T> {
    /// A prompt and a response each of whose tokens is to be predicted: `target` makes what is asked of
    /// its place in the response and of the token.
    ///
    /// The last token predicts nothing that is asked for, so it is no part of the sequence.
    ///
    /// # Panics
    ///
    /// If the prompt is empty: nothing would predict the first token.
    pub fn predicting(
        prompt: &[u32],
        response: &[u32],
        mut target: impl FnMut(usize, u32) -> T,
    ) -> Self {
        assert!(!prompt.is_empty(), "the first token needs one before it");
        let mut tokens = [prompt, response].concat();
        tokens.pop();
        let targets = response.iter().enumerate();
        Self {
            tokens,
            targets: targets
                .map(|(place, &token)| (prompt.len() - 1 + place, target(place, token)))
                .collect(),
        }
    }

    /// What a model reads: the tokens up to the last target. Those behind it change nothing before them
    /// in a causal decoder.
    pub fn read(&self) -> &[u32] {
        let ends = self.targets.iter().map(|(position, _)| position + 1);
        &self.tokens[..ends.max().unwrap_or(0)]
    }
}
