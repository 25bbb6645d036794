//! Everything that can go wrong while a policy is trained, in words for a person.

use std::path::PathBuf;

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
    /// The run.
    #[error(transparent)]
    Run(#[from] pure_run::Error),
    /// A file.
    #[error(transparent)]
    File(#[from] pure_files::Error),
    /// The tokens of steps cannot be found.
    #[error(transparent)]
    Steps(#[from] pure_prm::StepReadError),
    /// Sampling failed.
    #[error(transparent)]
    Rollout(#[from] pure_rollout::Error),
    /// A setting of the method, or what was to be credited, has no meaning.
    #[error(transparent)]
    Method(#[from] pure_core::Error),
    /// There is nothing to ask.
    #[error("there are no prompts: `prompts.file` names them, or `--prompts`")]
    NoPrompts,
    /// Verified answers alone are to be paid, and there are none to compare with.
    #[error(
        "no prompt has a known answer that rewards may use, and nothing else is paid: give a file with answers, or a \
         reward model (`reward_model.model`) with `method.reward.source` \"prm\""
    )]
    NoAnswers,
    /// A prompt that cannot be used.
    #[error("{}, {id}: {reason}", path.display())]
    Example {
        /// The file.
        path: PathBuf,
        /// Its name, or its place in the file.
        id: String,
        /// What is wrong with it.
        reason: String,
    },
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
    /// Rewards are to be compared with answers of a reference that gives none.
    #[error(
        "`method.reward.shaping` compares rewards with answers of the reference policy, and the one that was given cannot be \
         asked for any: give it `ReferencePolicy::policy`, or set the shaping to \"none\""
    )]
    NoReferenceAnswers,
    /// A judge of steps did not give a label to each step.
    #[error("the labels of the step judge are not one a step of an answer")]
    LabelCount,
    /// A reward model that was trained failed to learn, or could not be written.
    #[error(transparent)]
    Prm(#[from] pure_prm::Error),
    /// A reward model is to learn, and nothing would teach it.
    #[error(
        "`reward_model.online` has a reward model learn from verified answers, but rewards may use no true answer: set \
         `prompts.with_answer` over 0, for prompts that have answers"
    )]
    NothingTeaches,
    /// An implicit reward model is to learn from a judge.
    #[error(
        "`reward_model.online.implicit` learns from outcomes alone, and a judge of steps was given: take one of both away"
    )]
    ImplicitJudged,
    /// No group of an iteration could be used.
    #[error("iteration {iteration}: every group has a reward that is not a number")]
    NoUsableRewards {
        /// The iteration, counted from 1.
        iteration: usize,
    },
}
