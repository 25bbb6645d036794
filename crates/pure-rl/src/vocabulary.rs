//! Models that read the policy's own tokens must mean the same by them.

use pure_core::StepFormat;
use pure_model::{Checkpoint, Tokenizer};
use pure_prm::StepTokens;

use crate::error::Error;

/// Whether another model reads the policy's tokens as the policy means them: it may know more, but
/// none of them by another number.
pub(crate) fn fits(
    tokenizer: &Tokenizer,
    policy: &Checkpoint,
    other: &Checkpoint,
) -> Result<(), Error> {
    let differs = |reason: String| Error::OtherVocabulary {
        policy: policy.folder().to_owned(),
        other: other.folder().to_owned(),
        reason,
    };
    let (known, needed) = (other.config().vocab_size, tokenizer.vocab_size());
    if known < needed {
        return Err(differs(format!("it knows {known} tokens of {needed}")));
    }
    // A model without a tokenizer is taken at its number of tokens.
    let Ok(others) = other.tokenizer() else {
        return Ok(());
    };
    let others = others.inner().get_vocab(true);
    let ours = tokenizer.inner().get_vocab(true).into_iter();
    let apart = ours.filter(|(token, number)| others.get(token) != Some(number));
    let Some((token, number)) = apart.min_by_key(|(_, number)| *number) else {
        return Ok(());
    };
    Err(differs(match others.get(&token) {
        Some(other) => format!("token {token:?} is {other} there and {number} here"),
        None => format!("it does not know token {token:?}"),
    }))
}

/// Where the steps of a policy end that no reward model reads.
pub(crate) fn steps_end(policy: &Checkpoint) -> Result<StepFormat, Error> {
    let tokenizer = policy.tokenizer().map_err(|error| error.to_string());
    let ends = StepTokens::default().ends(&tokenizer, policy.config().vocab_size);
    Ok(ends?)
}
