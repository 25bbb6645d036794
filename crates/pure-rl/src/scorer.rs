//! From rollouts to scored answers: `rollouts -> steps -> scores`. Training and evaluation do this alike.

use std::path::Path;
use std::rc::Rc;

use pure_core::{Rollout, Scores, StepFormat};
use pure_model::Tokenizer;
use pure_run::Measures;

use crate::answer::Answer;
use crate::error::Error;
use crate::prompts::Prompt;
use crate::rewards::{Outcomes, StepRewards};

/// Splits answers into steps and has them scored.
pub(crate) struct Scorer {
    pub tokenizer: Rc<Tokenizer>,
    pub format: StepFormat,
    pub step_rewards: Option<Box<dyn StepRewards>>,
    pub outcomes: Box<dyn Outcomes>,
}

impl Scorer {
    /// The answers to all prompts with their steps, groups counted from `first`. They have no scores yet.
    pub fn split(
        &self,
        prompts: Vec<Prompt>,
        rollouts: Vec<Vec<Rollout>>,
        first: usize,
    ) -> Vec<Answer> {
        let mut answers = Vec::new();
        for (number, (prompt, rollouts)) in prompts.into_iter().zip(rollouts).enumerate() {
            let prompt = Rc::new(prompt);
            answers.extend(rollouts.into_iter().map(|rollout| Answer {
                group: first + number,
                prompt: prompt.clone(),
                text: self.tokenizer.decode(&rollout.tokens, true),
                steps: self.format.split(&rollout.tokens),
                rollout,
                scores: Scores::default(),
                outcome: None,
                reference: None,
            }));
        }
        answers
    }

    /// Has the steps of all answers rewarded; with 0 where nobody rewards them.
    pub fn reward(&mut self, answers: &mut [Answer]) -> Result<(), Error> {
        let steps = || answers.iter().map(|answer| answer.steps.len());
        let rewards = match &mut self.step_rewards {
            Some(rewards) => rewards.rewards(answers)?,
            None => steps().map(|steps| vec![0.0; steps]).collect(),
        };
        if !rewards.iter().map(Vec::len).eq(steps()) {
            return Err(Error::RewardCount);
        }
        for (answer, rewards) in answers.iter_mut().zip(rewards) {
            answer.scores.process = rewards;
        }
        Ok(())
    }

    /// Has what rewards steps learn from answers, if it does.
    pub fn learn(&mut self, iteration: usize, answers: &[&Answer]) -> Result<Measures, Error> {
        match &mut self.step_rewards {
            Some(rewards) if !answers.is_empty() => rewards.learn(iteration, answers),
            _ => Ok(Measures::default()),
        }
    }

    /// Has what rewards steps leave what it has become.
    pub fn finish(&mut self, run: &Path) -> Result<(), Error> {
        let rewards = self.step_rewards.as_mut();
        rewards.map_or(Ok(()), |rewards| rewards.finish(run))
    }

    /// Has all answers verified.
    pub fn verify(&self, answers: &mut [Answer]) {
        for answer in answers {
            answer.outcome = self.outcomes.outcome(answer);
            answer.scores.outcome = answer.outcome.filter(|_| answer.prompt.pays_outcome);
        }
    }
}
