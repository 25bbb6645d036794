//! One answer on its way along the line.
//!
//! ```text
//! prompts -> rollouts -> steps -> scores -> credit -> advantages -> update
//!            rollout     steps    scores,
//!            text                 outcome, reference
//! ```
//!
//! It is one type from the rollout to the update, and what is known of it grows. Credit sees it as a
//! [`Response`], the update as a [`Sequence`](pure_model::Sequence) of tokens to learn from.

use std::rc::Rc;

use pure_core::signals::Observed;
use pure_core::{CreditedBatch, Method, Paid, Response, Rollout, Scores, StepSpan};
use pure_model::{Error as ModelError, MarkedAnswer};
use pure_prm::{StepReadError, StepReader};

use crate::error::Error;
use crate::prompts::Prompt;

/// One answer of the policy, with all that is known of it so far.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The number of its group: answers to the same prompt are compared with each other.
    pub group: usize,
    /// What was asked.
    pub prompt: Rc<Prompt>,
    /// The sampled tokens, the end token included, with their log-probabilities.
    pub rollout: Rollout,
    /// Its text, without special tokens.
    pub text: String,
    /// Its steps.
    pub steps: Vec<StepSpan>,
    /// What credit knows: the rewards of its steps, and an outcome only where rewards may use it.
    pub scores: Scores,
    /// Whether it is right, wherever that is known.
    pub outcome: Option<f32>,
    /// The log-probabilities of its tokens under the reference model, if that was asked.
    pub reference: Option<Vec<f32>>,
}

impl Answer {
    /// What credit sees of it.
    pub fn response(&self) -> Response<'_> {
        let (rollout, steps, scores) = (&self.rollout, &self.steps, &self.scores);
        Response::of_rollout(
            self.group,
            rollout,
            steps,
            scores,
            self.reference.as_deref(),
        )
    }

    /// What a reward model reads of it; nothing where it cannot read the text of a step again.
    pub(crate) fn marked(&self, reader: &StepReader) -> Result<Option<MarkedAnswer>, Error> {
        let judged = self.prompt.judged_tokens.as_ref();
        let prompt = judged.unwrap_or(&self.prompt.tokens).clone();
        match reader.marked(prompt, &self.rollout.tokens, &self.steps) {
            Ok(marked) => Ok(Some(marked)),
            Err(StepReadError::Model(ModelError::Encode { .. })) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether all rewards of its steps are numbers.
    pub(crate) fn has_finite_rewards(&self) -> bool {
        let mut rewards = self.scores.process.iter();
        rewards.all(|reward| reward.is_finite())
    }
}

impl Observed for Answer {
    fn response(&self) -> Response<'_> {
        self.response()
    }

    fn text(&self) -> &str {
        &self.text
    }

    fn outcome(&self) -> Option<f32> {
        self.outcome
    }
}

/// From scores to advantages; `references` are answers of the reference policy, where rewards are compared with them.
pub(crate) fn credit(
    method: &Method,
    answers: &[Answer],
    references: &[Answer],
) -> Result<CreditedBatch, Error> {
    let [responses, references] = [answers, references]
        .map(|answers| answers.iter().map(Answer::response).collect::<Vec<_>>());
    Ok(method.run_against(&responses, &references)?)
}

/// What each answer is paid.
pub(crate) fn paid(credited: &CreditedBatch) -> Vec<Paid> {
    credited.responses().map(|response| response.paid).collect()
}
