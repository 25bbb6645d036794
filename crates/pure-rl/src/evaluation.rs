//! How good a policy is on prompts that it is not trained on.

use std::collections::HashSet;

use pure_core::metrics::{GREEDY_ACCURACY, TOKENS_PER_ANSWER, UNUSABLE};
use pure_core::{Method, Signals};
use pure_model::CausalLm;
use pure_run::Measures;

use crate::answer::{Answer, credit, paid};
use crate::error::Error;
use crate::judgement::{OF_PAID, put_judgement};
use crate::prompts::Prompt;
use crate::reference::ReferencePolicy;
use crate::reference_answers;
use crate::rollouts::Rollouts;
use crate::samples::{Drawn, Samples};
use crate::scorer::Scorer;
use crate::signals::{mean_tokens, put_signals};

/// Evaluations of a run, all on the same prompts with the same random numbers.
pub(crate) struct Evaluation {
    pub prompts: Vec<Prompt>,
    /// Sampled answers to each prompt; may be 0.
    pub answers: usize,
    pub greedy: bool,
    /// What the reference policy answers, where rewards are compared with it, and how often it is asked.
    pub references: Vec<Answer>,
    pub references_each: usize,
    /// Some of what was answered last, to look at.
    pub seen: Vec<String>,
}

/// Answers of each kind that are shown.
const SHOWN: usize = 3;

/// Keeps the random numbers of evaluations apart from those of training.
const STREAM: u64 = 1 << 62;

impl Evaluation {
    /// Has the reference policy answer, once, and what it answered rewarded, each time.
    pub fn ask_reference(
        &mut self,
        reference: &mut dyn ReferencePolicy,
        rollouts: &mut Rollouts,
        scorer: &mut Scorer,
    ) -> Result<(), Error> {
        if !self.references.is_empty() {
            return scorer.reward(&mut self.references);
        }
        let (prompts, each) = (&self.prompts, self.references_each);
        self.references =
            reference_answers::sample(reference, rollouts, scorer, prompts, each, [STREAM, 0])?;
        Ok(())
    }

    /// Measures a policy after so many steps, and writes down all that it answered.
    pub fn measure(
        &mut self,
        policy: &CausalLm,
        step: usize,
        rollouts: &mut Rollouts,
        scorer: &mut Scorer,
        method: &Method,
        samples: &mut Samples,
    ) -> Result<Measures, Error> {
        let mut measures = Measures::default();
        let (mut unusable, mut is_measured) = (0, false);
        let not_finite = self.references.iter();
        let not_finite = not_finite.filter(|answer| !answer.has_finite_rewards());
        let unusable_groups: HashSet<usize> = not_finite.map(|answer| answer.group).collect();
        let temperature = rollouts.sampling.temperature;
        for (drawn, each, temperature) in [
            (Drawn::Sampled, self.answers, temperature),
            (Drawn::Greedy, usize::from(self.greedy), 0.0),
        ] {
            if each == 0 {
                continue;
            }
            let (policy, prompts) = (policy.clone(), self.prompts.clone());
            let (asked, _) = rollouts.sample(policy, &prompts, each, temperature, STREAM)?;
            let mut answers = scorer.split(prompts, asked, 0);
            scorer.reward(&mut answers)?;
            scorer.verify(&mut answers);
            let asked = answers.len();
            answers.retain(|answer| !unusable_groups.contains(&answer.group));
            answers.retain(Answer::has_finite_rewards);
            unusable += asked - answers.len();
            if answers.is_empty() {
                continue;
            }
            let paid = paid(&credit(method, &answers, &self.references)?);
            let signals = Signals::measure(answers.iter().zip(&paid));
            // Greedy answers are measured in full only where none are sampled.
            if !is_measured {
                is_measured = true;
                put_signals(&mut measures, &signals, scorer.step_rewards.is_some());
                if scorer.step_rewards.is_some() {
                    let judged = answers.iter().map(|a| (a, a.scores.process.as_slice()));
                    put_judgement(&mut measures, OF_PAID, judged);
                }
                measures.put(TOKENS_PER_ANSWER.name, mean_tokens(answers.iter()));
            }
            if let (Drawn::Greedy, Some(accuracy)) = (drawn, signals.accuracy) {
                measures.put(GREEDY_ACCURACY.name, accuracy);
            }
            let some = answers.iter().take(SHOWN);
            self.seen.extend(some.map(|answer| picture(scorer, answer)));
            let rest = paid.iter().map(|paid| (paid.process as f32, None));
            let decode = |tokens: &[u32]| scorer.tokenizer.decode(tokens, true);
            samples.write(step, "valid", drawn, &answers, rest, decode)?;
        }
        measures.put(UNUSABLE.name, unusable as f64);
        Ok(measures)
    }
}

/// A question, its answer and what was thought of it, as TensorBoard shows texts.
fn picture(scorer: &Scorer, answer: &Answer) -> String {
    let prompt = scorer.tokenizer.decode(&answer.prompt.tokens, true);
    let outcome = match answer.outcome {
        Some(outcome) if outcome >= 0.5 => "right",
        Some(_) => "wrong",
        None => "not known",
    };
    let rewards = answer.scores.process.iter().map(|r| format!("{r:.2}"));
    let rewards: Vec<String> = rewards.collect();
    let (text, rewards) = (&answer.text, rewards.join(" "));
    format!("**{prompt}**\n\n```\n{text}\n```\n\n{outcome}; steps {rewards}")
}
