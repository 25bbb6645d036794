//! Step labels without people: a step is as good as what a policy still makes of it.
//!
//! ```text
//! prefix t = prompt, step 1, ..., step t         each step closed by a blank line
//! share t  = right completions of prefix t / K   completions: samples of the policy
//! ```
//!
//! | method | labels | completions of an answer of n steps | paper |
//! | --- | --- | --- | --- |
//! | [`MonteCarlo`](LabelMethod::MonteCarlo) | each step, by its share | K n | Math-Shepherd, arXiv 2312.08935 |
//! | [`BinarySearch`](LabelMethod::BinarySearch) | up to the first error | K log2 n, none if it is right | OmegaPRM, arXiv 2406.06592 |
//!
//! What both have in common:
//!
//! - **Right** is a completion that the policy ended and whose final answer is the true one. One that
//!   was cut at the largest length is wrong, whatever number it was cut behind.
//! - **Finished** is an answer that states its final answer: in a box, after `####`, or announced. Then
//!   nothing is to be completed after its last step, which is right or wrong. An answer that merely
//!   ends in a number may have been cut off, so its last step is completed as the others are.
//! - **The question can be solved.** The first step of an answer to one that the policy never solves
//!   is called bad, whatever it says. Ask for labels where the policy is sometimes right.
//! - **A mistake that cancels out is none.** What leads to the right answer is good by this measure.
//!
//! # Reproducible
//!
//! The completions of a prefix are drawn with the random stream `2^24 number + t` of the seed, where
//! `number` is the answer's own: neither the other answers of a call nor the method choose them. So
//! answers may be labelled in batches of any size, and a prefix that both methods ask about has the
//! same completions. (Where batches of other sizes round otherwise, on a GPU, a draw that falls
//! between two tokens may turn.)
//!
//! Departures: OmegaPRM grows a tree of the policy's own samples and chooses which of them to search;
//! here the answers are given, and each is searched.

mod agreement;
mod attempt;
mod binary_search;
mod config;
mod error;
mod labeller;
mod monte_carlo;
mod probes;
mod step_labels;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

use pure_rollout::{Event, Sampler};

use self::probes::Probing;
pub use agreement::Agreement;
pub use attempt::Attempt;
pub use config::{LabelConfig, LabelMethod, ShareRule};
pub use error::LabelError;
pub use labeller::Labeller;
pub use step_labels::{Count, StepLabels};

impl Labeller<'_> {
    /// Labels answers, together: the more there are, the fuller is the sampler's batch. They are
    /// labelled as each would be by itself.
    ///
    /// `report` is told what the sampler tells, and may break it off: then there are no labels.
    ///
    /// # Errors
    ///
    /// [`LabelError::Tokens`], or what the sampler says.
    pub fn label(
        &self,
        sampler: &mut dyn Sampler,
        attempts: &[Attempt],
        report: &mut (dyn FnMut(&Event<'_>) -> ControlFlow<()> + Send),
    ) -> Result<Option<Vec<StepLabels>>, LabelError> {
        let probing = Probing {
            labeller: self,
            attempts,
            sampler,
            report,
        };
        match self.config.method {
            LabelMethod::MonteCarlo(rule) => monte_carlo::label(rule, probing),
            LabelMethod::BinarySearch => binary_search::label(probing),
        }
    }
}
