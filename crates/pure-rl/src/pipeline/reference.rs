//! What an iteration asks the reference model: what it answers itself, and what it thinks of the policy's answers.

use super::Pipeline;
use super::choice::Answers;
use crate::answer::Answer;
use crate::error::Error;
use crate::prompts::Prompt;
use crate::reference_answers;

impl Pipeline {
    /// Has the reference model answer the prompts asked last, if rewards are compared with that.
    pub(crate) fn ask_reference(
        &mut self,
        prompts: &[Prompt],
        answers: &mut Answers,
    ) -> Result<(), Error> {
        let shaped = self.config.is_shaped();
        let Some(reference) = self.reference.as_deref_mut().filter(|_| shaped) else {
            return Ok(());
        };
        let each = self.config.reference.num_generations;
        let numbers = [self.asked - prompts.len() as u64, answers.numbered() as u64];
        let (rollouts, scorer) = (&mut self.rollouts, &mut self.scorer);
        let sampled =
            reference_answers::sample(reference, rollouts, scorer, prompts, each, numbers)?;
        let lengths = sampled.iter().map(|answer| answer.rollout.tokens.len());
        answers.tokens_sampled += lengths.sum::<usize>();
        answers.references.extend(sampled);
        Ok(())
    }

    /// Asks the reference model what it thinks of answers, if it has a say.
    pub(crate) fn refer(&mut self, answers: &mut [Answer]) -> Result<(), Error> {
        let has_kl = self.config.has_kl();
        let Some(reference) = self.reference.as_mut().filter(|_| has_kl) else {
            return Ok(());
        };
        let temperature = self.config.rollouts.temperature;
        let log_probs = reference.log_probs(answers, temperature)?;
        for (answer, log_probs) in answers.iter_mut().zip(log_probs) {
            answer.reference = Some(log_probs);
        }
        Ok(())
    }
}
