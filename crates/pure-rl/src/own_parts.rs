//! Where parts of one's own go into a run.

use pure_core::{Credit, StepFormat};
use pure_rollout::Sampler;

use crate::lessons::StepJudge;
use crate::prompts::PromptSource;
use crate::reference::ReferencePolicy;
use crate::rewards::{Outcomes, StepRewards};
use crate::training::PolicyTraining;

impl PolicyTraining {
    /// The same with prompts of one's own; `prompts.file` may then be missing.
    pub fn with_prompts(mut self, prompts: impl PromptSource + 'static) -> Self {
        self.prompts = Some(Box::new(prompts));
        self.with_answer = None;
        self
    }

    /// The same with step rewards of one's own, in place of the reward model's.
    pub fn with_step_rewards(mut self, rewards: impl StepRewards + 'static) -> Self {
        self.step_rewards = Some(Box::new(rewards));
        self
    }

    /// The same with a judge of steps, from whom the reward model learns in place of outcomes; it must be to learn
    /// (`reward_model.online`).
    pub fn with_step_judge(mut self, judge: impl StepJudge + 'static) -> Self {
        self.step_judge = Some(Box::new(judge));
        self
    }

    /// The same with outcomes of one's own, in place of comparing with the true answers.
    pub fn with_outcomes(mut self, outcomes: impl Outcomes + 'static) -> Self {
        self.outcomes = Some(Box::new(outcomes));
        self
    }

    /// The same with a reference of one's own, asked where a KL coefficient wants one.
    pub fn with_reference(mut self, reference: impl ReferencePolicy + 'static) -> Self {
        self.reference_policy = Some(Box::new(reference));
        self
    }

    /// The same with steps that end elsewhere than at blank lines.
    pub fn with_steps(mut self, format: StepFormat) -> Self {
        self.steps = format;
        self
    }

    /// The same with a form of credit of one's own.
    pub fn with_credit(mut self, credit: impl Credit + 'static) -> Self {
        self.change_method = Box::new(|method| method.with_credit(credit));
        self
    }

    /// The same with another sampler than the engine.
    pub fn with_sampler(mut self, sampler: impl Sampler + 'static) -> Self {
        self.sampler = Some(Box::new(sampler));
        self
    }
}
