//! Everything that can go wrong around training, in words for a person.

use std::path::{Path, PathBuf};

use crate::StepReadError;

/// What went wrong, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A model's folder, a device or a text.
    #[error(transparent)]
    Model(#[from] pure_model::Error),
    /// A data file as a whole.
    #[error(transparent)]
    Data(#[from] pure_data::Error),
    /// A record of a data file.
    #[error(transparent)]
    Record(#[from] pure_data::BadRecord),
    /// What a reward model says, or a threshold, that has no meaning.
    #[error(transparent)]
    Judgement(#[from] pure_core::judgement::JudgementError),
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
    /// A run's folder is that of a run with other settings.
    #[error(
        "{} holds a run with other settings ({difference}): choose another `output`, or remove it",
        path.display()
    )]
    OtherSettings {
        /// The run's folder.
        path: PathBuf,
        /// The first line that differs.
        difference: String,
    },
    /// Another process works in the run's folder.
    #[error("{} is in use by another process", path.display())]
    InUse {
        /// The run's folder.
        path: PathBuf,
    },
    /// The folder that a run is to be made in is something else.
    #[error("{} is not empty and holds no run: choose another `output`", path.display())]
    NotARun {
        /// The folder.
        path: PathBuf,
    },
    /// A model's folder does not say which token ends an answer.
    #[error("{} names no token that ends a text (`eos_token`)", path.display())]
    NoEndToken {
        /// The folder.
        path: PathBuf,
    },
    /// The tokens of steps cannot be found.
    #[error(transparent)]
    Steps(#[from] StepReadError),
    /// The data hold nothing to learn from.
    #[error("{}: {reason}", path.display())]
    NothingToLearn {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// An example that cannot be used.
    #[error("{}, {id}: {reason}", path.display())]
    Example {
        /// The file.
        path: PathBuf,
        /// Its name, or its place in the file.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Too many steps in a row had gradients that are not finite.
    #[error(
        "{count} steps in a row had gradients that are not finite, the last of them step {step}: \
         lower the learning rate"
    )]
    Diverged {
        /// How many.
        count: usize,
        /// The last of them.
        step: usize,
    },
    /// Sampling failed.
    #[error(transparent)]
    Rollout(#[from] pure_rollout::Error),
    /// A setting of the method, or what was to be credited, has no meaning.
    #[error(transparent)]
    Method(#[from] pure_core::Error),
    /// There is nothing to ask.
    #[error("there are no prompts: `prompts.file` names them")]
    NoPrompts,
    /// Answers leave no room for prompts.
    #[error(
        "{} knows texts of {limit} tokens, and answers may have {answer} (`rollouts.max_new_tokens`): \
         nothing is left for prompts",
        path.display()
    )]
    NoRoom {
        /// The model's folder.
        path: PathBuf,
        /// Its longest text.
        limit: usize,
        /// The longest answer.
        answer: usize,
    },
    /// Steps are to be paid, and nobody says how good they are.
    #[error(
        "steps are to be paid (`method.reward.source`), but there is no `reward_model`: name one, or \
         set the source to \"vr\""
    )]
    NoStepRewards,
    /// A reward model or a reference reads other tokens than the policy writes.
    #[error(
        "{} does not read the tokens of {}: {reason}; they must share a tokenizer",
        other.display(),
        policy.display()
    )]
    OtherVocabulary {
        /// The policy's folder.
        policy: PathBuf,
        /// The other's folder.
        other: PathBuf,
        /// The first difference.
        reason: String,
    },
    /// Step rewards did not give a number to each step.
    #[error("the step rewards are not one a step of each answer")]
    RewardCount,
    /// No group of an iteration could be used.
    #[error("iteration {iteration}: every group has a reward that is not a number")]
    NoUsableRewards {
        /// The iteration, counted from 1.
        iteration: usize,
    },
    /// What a checkpoint knows of the work cannot be read.
    #[error("the state in the checkpoint is of no use: {0}")]
    State(String),
    /// Burn's training loop stopped.
    #[error("training stopped: {0}")]
    Training(String),
}

impl Error {
    pub(crate) fn read(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Read { path, source }
    }

    pub(crate) fn write(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Write { path, source }
    }
}
