//! Answers of the reference policy, which rewards are compared with where they are shaped.
//!
//! PAR, preference as reward (arXiv 2502.18770): an answer is paid how likely it is preferred to reference answers to
//! the same prompt, see [`RewardShaping`](pure_core::RewardShaping). Published there are ten, of the policy that the
//! training began with, at the temperature of training; `reference.num_generations` says how many.
//!
//! Departure: there they are sampled once and kept; here anew whenever a prompt is asked, which is the same where each
//! is asked once, and what rewards them may learn.

use crate::answer::Answer;
use crate::error::Error;
use crate::prompts::Prompt;
use crate::reference::ReferencePolicy;
use crate::rollouts::Rollouts;
use crate::scorer::Scorer;

/// Keeps the random numbers of reference answers apart from the policy's, which may be the same model.
pub(crate) const STREAM: u64 = 1 << 61;

/// So many answers of the reference policy to each prompt with the rewards of their steps. The random streams of the
/// prompts have the numbers from `first` on, their groups those from `group` on.
pub(crate) fn sample(
    reference: &mut dyn ReferencePolicy,
    rollouts: &mut Rollouts,
    scorer: &mut Scorer,
    prompts: &[Prompt],
    each: usize,
    [first, group]: [u64; 2],
) -> Result<Vec<Answer>, Error> {
    let policy = reference.policy().ok_or(Error::NoReferenceAnswers)?;
    let temperature = rollouts.sampling.temperature;
    let (sampled, _) = rollouts.sample(policy, prompts, each, temperature, STREAM + first)?;
    let mut answers = scorer.split(prompts.to_vec(), sampled, group as usize);
    scorer.reward(&mut answers)?;
    Ok(answers)
}
