//! The answers of an iteration: sampled, split into steps, scored.
//!
//! ```text
//! prompts -> rollouts -> steps -> scores
//! ```
//!
//! Training and evaluation do this alike.

use std::rc::Rc;

use pure_core::signals::Observed;
use pure_core::{Method, Paid, Response, Rollout, Scores, StepFormat, StepSpan};
use pure_model::{CausalLm, Tokenizer};
use pure_rollout::{Phases, Request, Sampler, Sampling, sample_all};

use super::prompts::Prompt;
use super::rewards::{Answer, Outcomes, StepRewards};
use crate::Error;

/// An answer with its steps.
#[derive(Debug, Clone)]
pub(super) struct Stepped {
    /// The number of its group.
    pub group: usize,
    pub prompt: Rc<Prompt>,
    pub rollout: Rollout,
    pub text: String,
    pub steps: Vec<StepSpan>,
}

impl Stepped {
    pub fn seen(&self) -> Answer<'_> {
        Answer {
            prompt: &self.prompt,
            tokens: &self.rollout.tokens,
            text: &self.text,
            steps: &self.steps,
            finish: self.rollout.finish,
        }
    }
}

/// An answer with what was thought of it.
#[derive(Debug, Clone)]
pub(super) struct Scored {
    pub answer: Stepped,
    /// What credit knows: an outcome only where rewards may use it.
    pub scores: Scores,
    /// Whether it is right, wherever that is known.
    pub outcome: Option<f32>,
    /// The reference model's log-probabilities.
    pub reference: Option<Vec<f32>>,
}

impl Scored {
    pub fn response(&self) -> Response<'_> {
        let Stepped {
            group,
            rollout,
            steps,
            ..
        } = &self.answer;
        let reference = self.reference.as_deref();
        Response::of_rollout(*group, rollout, steps, &self.scores, reference)
    }
}

impl Observed for Scored {
    fn response(&self) -> Response<'_> {
        self.response()
    }

    fn text(&self) -> &str {
        &self.answer.text
    }

    fn outcome(&self) -> Option<f32> {
        self.outcome
    }
}

/// A prompt with the policy's answers to it.
pub(super) type Answered = (Prompt, Vec<Rollout>);

/// Asks a policy.
pub(super) struct Rollouts {
    pub sampler: Box<dyn Sampler>,
    pub sampling: Sampling,
}

impl Rollouts {
    /// So many answers of the policy to each prompt; `stream` names the random numbers of a prompt by
    /// its place among these.
    pub fn sample(
        &mut self,
        policy: CausalLm,
        prompts: Vec<Prompt>,
        answers: usize,
        temperature: f64,
        stream: impl Fn(usize) -> u64,
    ) -> Result<(Vec<Answered>, Phases), Error> {
        let requests = prompts.iter().enumerate().map(|(place, prompt)| Request {
            prompt: prompt.tokens.clone(),
            samples: 0..answers,
            stream: stream(place),
            sampling: Sampling {
                temperature,
                ..self.sampling.clone()
            },
            stop: None,
        });
        let requests: Vec<Request> = requests.collect();
        self.sampler.load(policy);
        let sampled = sample_all(self.sampler.as_mut(), &requests);
        self.sampler.unload();
        let (rollouts, phases) = sampled?;
        Ok((prompts.into_iter().zip(rollouts).collect(), phases))
    }
}

/// Splits answers and has them judged.
pub(super) struct Judge {
    pub tokenizer: Rc<Tokenizer>,
    pub format: StepFormat,
    pub step_rewards: Option<Box<dyn StepRewards>>,
    pub outcomes: Box<dyn Outcomes>,
}

impl Judge {
    /// The answers of all groups with their steps, the groups counted from `first`.
    pub fn split(&self, groups: Vec<Answered>, first: usize) -> Vec<Stepped> {
        let mut answers = Vec::new();
        for (number, (prompt, rollouts)) in groups.into_iter().enumerate() {
            let prompt = Rc::new(prompt);
            answers.extend(rollouts.into_iter().map(|rollout| Stepped {
                group: first + number,
                prompt: prompt.clone(),
                text: self.tokenizer.decode(&rollout.tokens, true),
                steps: self.format.split(&rollout.tokens),
                rollout,
            }));
        }
        answers
    }

    /// The rewards of the steps of each answer; none where nobody gives them.
    pub fn rewards(&mut self, answers: &[Stepped]) -> Result<Vec<Vec<f32>>, Error> {
        let nothing = || answers.iter().map(|answer| vec![0.0; answer.steps.len()]);
        let Some(rewards) = &mut self.step_rewards else {
            return Ok(nothing().collect());
        };
        let seen: Vec<Answer<'_>> = answers.iter().map(Stepped::seen).collect();
        let rewards = rewards.rewards(&seen)?;
        let found: Vec<usize> = rewards.iter().map(Vec::len).collect();
        let expected: Vec<usize> = answers.iter().map(|answer| answer.steps.len()).collect();
        match found == expected {
            true => Ok(rewards),
            false => Err(Error::RewardCount),
        }
    }

    /// Puts rewards and outcomes beside the answers.
    pub fn scored(&self, answers: Vec<Stepped>, rewards: Vec<Vec<f32>>) -> Vec<Scored> {
        let scored = answers.into_iter().zip(rewards).map(|(answer, process)| {
            let outcome = self.outcomes.outcome(&answer.seen());
            let paid = outcome.filter(|_| answer.prompt.pays_outcome);
            Scored {
                scores: Scores {
                    process,
                    outcome: paid,
                },
                outcome,
                reference: None,
                answer,
            }
        });
        scored.collect()
    }
}

/// The mean number of tokens of an answer.
pub(super) fn mean_tokens<'a>(answers: impl Iterator<Item = &'a Scored>) -> f64 {
    let (mut tokens, mut count) = (0, 0_usize);
    for scored in answers {
        tokens += scored.answer.rollout.tokens.len();
        count += 1;
    }
    tokens as f64 / count.max(1) as f64
}

/// What each answer is paid.
pub(super) fn paid(method: &Method, answers: &[Scored]) -> Result<Vec<Paid>, Error> {
    let responses: Vec<Response<'_>> = answers.iter().map(Scored::response).collect();
    let credited = method.run(&responses)?;
    Ok(credited.responses().map(|response| response.paid).collect())
}
