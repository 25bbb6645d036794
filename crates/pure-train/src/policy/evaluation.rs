//! How good a policy is on prompts that it is not trained on.

use pure_core::{Method, metrics};
use pure_model::CausalLm;

use super::answers::{Judge, Rollouts, Scored, mean_tokens, paid, signals};
use super::prompts::Prompt;
use super::samples::{Drawn, Origin, Samples};
use super::signals::put_signals;
use crate::{Error, Measures};

/// Evaluations of a run, all on the same prompts with the same random numbers.
pub(super) struct Evaluation {
    pub prompts: Vec<Prompt>,
    /// Sampled answers to each prompt; may be 0.
    pub answers: usize,
    pub greedy: bool,
    /// Some of what was answered last, to look at.
    pub seen: Vec<String>,
}

/// Answers of each kind that are shown.
const SHOWN: usize = 3;

/// Keeps the random numbers of evaluations apart from those of training.
const STREAM: u64 = 1 << 62;

impl Evaluation {
    /// Measures a policy after so many steps, and writes down all that it answered.
    pub fn measure(
        &mut self,
        policy: &CausalLm,
        step: usize,
        rollouts: &mut Rollouts,
        judge: &mut Judge,
        method: &Method,
        samples: &mut Samples,
    ) -> Result<Measures, Error> {
        let mut measures = Measures::default();
        let mut unusable = 0;
        // Greedy answers are measured in full only where none are sampled.
        let mut is_measured = false;
        let temperature = rollouts.sampling.temperature;
        let draws = [
            (Drawn::Sampled, self.answers, temperature),
            (Drawn::Greedy, usize::from(self.greedy), 0.0),
        ];
        for (drawn, answers, temperature) in draws.into_iter().filter(|(_, n, _)| *n > 0) {
            let stream = |place: usize| STREAM | place as u64;
            let prompts = self.prompts.clone();
            let asked = rollouts.sample(policy.clone(), prompts, answers, temperature, stream);
            let (groups, _) = asked?;
            let answers = judge.split(groups, 0);
            let rewards = judge.rewards(&answers)?;
            let answers = judge.scored(answers, rewards);
            let asked = answers.len();
            let answers: Vec<Scored> = answers.into_iter().filter(is_usable).collect();
            unusable += asked - answers.len();
            if answers.is_empty() {
                continue;
            }
            let paid = paid(method, &answers)?;
            let signals = signals(answers.iter().zip(&paid));
            if !is_measured {
                is_measured = true;
                put_signals(&mut measures, &signals, judge.step_rewards.is_some());
                measures.put(metrics::TOKENS_PER_ANSWER.name, mean_tokens(answers.iter()));
            }
            if let (Drawn::Greedy, Some(accuracy)) = (drawn, signals.accuracy) {
                measures.put(metrics::GREEDY_ACCURACY.name, accuracy);
            }
            let some = answers
                .iter()
                .take(SHOWN)
                .map(|scored| picture(judge, scored));
            self.seen.extend(some);
            let origin = Origin {
                step,
                split: "valid",
                drawn,
            };
            let rest = paid.iter().map(|paid| (paid.process, None));
            let decode = |tokens: &[u32]| judge.tokenizer.decode(tokens, true);
            samples.write(origin, &answers, rest, decode)?;
        }
        measures.put(metrics::UNUSABLE.name, unusable as f64);
        Ok(measures)
    }
}

/// A question, its answer and what was thought of it, as TensorBoard shows texts.
fn picture(judge: &Judge, scored: &Scored) -> String {
    let answer = &scored.answer;
    let prompt = judge.tokenizer.decode(&answer.prompt.tokens, true);
    let outcome = match scored.outcome {
        Some(outcome) if outcome >= 0.5 => "right",
        Some(_) => "wrong",
        None => "not known",
    };
    let rewards = scored.scores.process.iter().map(|r| format!("{r:.2}"));
    let rewards: Vec<String> = rewards.collect();
    let (text, rewards) = (&answer.text, rewards.join(" "));
    format!("**{prompt}**\n\n```\n{text}\n```\n\n{outcome}; steps {rewards}")
}

/// Whether all rewards of an answer are numbers.
pub(super) fn is_usable(scored: &Scored) -> bool {
    scored
        .scores
        .process
        .iter()
        .all(|reward| reward.is_finite())
}
