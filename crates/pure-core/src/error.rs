//! Everything that can be wrong with settings or data, in words for a person.

use crate::label::Label;

/// What went wrong, where, and what was expected instead.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting has a value that has no meaning.
    #[error("`{key}` is {found}, but must be {expected}")]
    Setting {
        /// The setting.
        key: &'static str,
        /// Its value.
        found: String,
        /// What would be right.
        expected: &'static str,
    },
    /// A name is none of those that there are.
    #[error("there is no {what} `{found}`; there are {known}")]
    UnknownName {
        /// What was named.
        what: &'static str,
        /// The name.
        found: String,
        /// Every name, in words.
        known: String,
    },
    /// A response of a batch contradicts itself, or holds infinities or NaN.
    #[error("response {index}: {source}")]
    Response {
        /// Its place in the batch, counted from 0.
        index: usize,
        /// What is wrong with it.
        source: Fault,
    },
    /// A record contradicts itself, or holds infinities or NaN.
    #[error("record {index} (group {}, id {}): {source}", group.shortened(), id.shortened())]
    Record {
        /// Its place among the records, counted from 0.
        index: usize,
        /// The record's group.
        group: Label,
        /// The record's name.
        id: Label,
        /// What is wrong with it.
        source: Fault,
    },
    /// There is nothing to compare.
    #[error("there are no responses")]
    NoResponses,
}

/// What is wrong with one response.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The group has no name, so that it cannot be told which responses to compare.
    #[error("the name of the group is empty")]
    EmptyGroupName,
    /// A step ends outside the response.
    #[error("step {step} ends at token {found}, but there are only {length} tokens")]
    StepEndOutOfRange {
        /// The step, counted from 0.
        step: usize,
        /// Where it ends.
        found: usize,
        /// Tokens of the response.
        length: usize,
    },
    /// A step ends where or before the one before it does.
    #[error(
        "step {step} ends at token {found}, not after {previous}, where the step before it ends"
    )]
    StepEndsOutOfOrder {
        /// The step, counted from 0.
        step: usize,
        /// Where it ends.
        found: usize,
        /// Where the step before it ends.
        previous: usize,
    },
    /// Steps overlap, or one is empty that is not a second count of the last token.
    #[error(
        "step {step} covers tokens {start}..{end}, which overlaps the one before it or is empty"
    )]
    StepsOverlap {
        /// The step, counted from 0.
        step: usize,
        /// Its first token.
        start: usize,
        /// One past its last token.
        end: usize,
    },
    /// A list has another length than it must have.
    #[error("{what} are {found}, but must be {expected}, one for each {each}")]
    Count {
        /// The list.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length it must have.
        expected: usize,
        /// What each entry belongs to.
        each: &'static str,
    },
    /// The last token ends two steps that have different rewards.
    #[error("the last token ends two steps, with rewards {first} and {second}")]
    ClosingRewardsDiffer {
        /// One reward.
        first: f32,
        /// The other.
        second: f32,
    },
    /// A number is infinite or not a number.
    #[error("{what} {index} is {found}")]
    NotFinite {
        /// Of which list.
        what: &'static str,
        /// Its index there.
        index: usize,
        /// Its value.
        found: f32,
    },
    /// The verdict is outside 0 to 1.
    #[error("the outcome is {found}, but must be 0 (wrong), 1 (right) or absent")]
    Outcome {
        /// Its value.
        found: f32,
    },
    /// Log-probabilities of one model came without those of the other.
    #[error("{present} came without {absent}: the KL penalty needs both")]
    OneLogProbsOnly {
        /// The list that is there.
        present: &'static str,
        /// The list that is not.
        absent: &'static str,
    },
    /// The response is longer than any that a model writes.
    #[error("{length} tokens are more than the {most} that an answer may have; check its length")]
    TooLong {
        /// Its length.
        length: usize,
        /// The most tokens that an answer may have.
        most: usize,
    },
    /// With the response the batch is longer than can be credited at once.
    #[error(
        "with it the answers have {tokens} tokens together, more than the {most} that are credited at \
         once; credit fewer groups at a time"
    )]
    BatchTooLong {
        /// Tokens up to the response's last.
        tokens: usize,
        /// The most tokens that a batch may have.
        most: usize,
    },
    /// The response is longer than any that can be generated.
    #[error("{length} tokens are more than the generation limit of {limit}")]
    LongerThanLimit {
        /// Its length.
        length: usize,
        /// The limit.
        limit: usize,
    },
    /// A form of credit paid a token an infinite amount or NaN.
    #[error("the form of credit paid token {token} {found}")]
    Payment {
        /// The token.
        token: usize,
        /// What it was paid.
        found: f32,
    },
}

/// Refuses the value of a setting that is not `valid`.
pub(crate) fn check_setting(
    valid: bool,
    key: &'static str,
    found: impl std::fmt::Display,
    expected: &'static str,
) -> Result<(), Error> {
    if valid {
        return Ok(());
    }
    Err(Error::Setting {
        key,
        found: found.to_string(),
        expected,
    })
}
