//! What an iteration leaves behind: measures, samples, the next weight of the KL penalty.

use pure_core::{CreditedBatch, Finish, Signals, metrics};
use pure_run::{Measures, SampledAnswer};

use super::Pipeline;
use super::choice::Answers;
use crate::answer::{Answer, credit, paid};
use crate::error::Error;
use crate::judgement::{OF_PAID, put_judgement};
use crate::learning::Learned;
use crate::samples::Drawn;
use crate::signals::{mean_tokens, put_learned, put_signals};

impl Pipeline {
    /// Tells of an iteration, counted from 0.
    pub(crate) fn report(
        &mut self,
        iteration: usize,
        answers: &Answers,
        credited: Option<&CreditedBatch>,
        learned: &Learned,
    ) -> Result<Measures, Error> {
        let mut measures = Measures::default();
        self.put_answers(&mut measures, answers, credited)?;
        put_learned(&mut measures, learned);
        if let Some(credited) = credited {
            self.steer_kl(&mut measures, credited);
            self.write_samples(iteration + 1, &answers.learned_from, credited)?;
        }
        self.show(iteration, &answers.all());
        let sampling = answers.phases.total().as_secs_f64().max(1e-9);
        let speed = answers.phases.new_tokens as f64 / sampling;
        measures.put_time("tokens_per_second", speed);
        Ok(measures)
    }

    /// What all answers show, those that are not learned from included.
    fn put_answers(
        &self,
        measures: &mut Measures,
        answers: &Answers,
        credited: Option<&CreditedBatch>,
    ) -> Result<(), Error> {
        let (learned_from, dropped) = (&answers.learned_from, &answers.dropped);
        let mut all_paid = credited.map_or_else(Vec::new, paid);
        if !dropped.is_empty() {
            all_paid.extend(paid(&credit(&self.method, dropped, &answers.references)?));
        }
        let all = || learned_from.iter().chain(dropped);
        if self.scorer.step_rewards.is_some() {
            let judged = all().map(|answer| (answer, answer.scores.process.as_slice()));
            put_judgement(measures, OF_PAID, judged);
        }
        let filtered = credited.map_or(0, |credited| credited.report().filtered);
        let signals = Signals::measure(all().zip(&all_paid));
        put_signals(measures, &signals, self.scorer.step_rewards.is_some());
        for (metric, value) in [
            (metrics::TOKENS_PER_ANSWER, mean_tokens(all())),
            (metrics::ANSWERS, (learned_from.len() - filtered) as f64),
            (metrics::TOKENS_SAMPLED, answers.tokens_sampled as f64),
            (metrics::DROPPED, answers.dropped_groups as f64),
            (metrics::UNUSABLE, answers.unusable_groups as f64),
        ] {
            measures.put(metric.name, value);
        }
        Ok(())
    }

    /// Has the weight of the KL penalty follow what was measured.
    fn steer_kl(&mut self, measures: &mut Measures, credited: &CreditedBatch) {
        let Some(kl) = credited.report().mean_kl else {
            return;
        };
        self.kl.observe(kl, credited.len());
        self.method.set_kl_coefficient(self.kl.coefficient());
        measures.put(metrics::KL.name, kl);
        measures.put(metrics::KL_COEFFICIENT.name, self.kl.coefficient());
    }

    /// Keeps an answer to look at, another one in each iteration.
    fn show(&mut self, iteration: usize, answers: &[&Answer]) {
        let Some(answer) = answers.get(iteration % answers.len().max(1)) else {
            return;
        };
        let decode = |tokens: &[u32]| self.scorer.tokenizer.decode(tokens, true);
        let is_judged = self.scorer.step_rewards.is_some();
        let mut begin = 0;
        let steps = answer.steps.iter().zip(&answer.scores.process);
        let steps = steps.map(|(step, reward)| {
            let tokens = &answer.rollout.tokens[begin..=step.last()];
            begin = step.last() + 1;
            (decode(tokens), is_judged.then_some(*reward))
        });
        self.shown = Some(SampledAnswer {
            prompt: decode(&answer.prompt.tokens),
            steps: steps.collect(),
            is_right: answer.outcome.map(|outcome| outcome >= 0.5),
            is_cut: answer.rollout.finish == Finish::Length,
        });
    }

    fn write_samples(
        &mut self,
        step: usize,
        answers: &[Answer],
        credited: &CreditedBatch,
    ) -> Result<(), Error> {
        let some = &answers[..self.config.num_completions_to_log.min(answers.len())];
        let rest = credited.responses();
        let rest = rest.map(|response| (response.paid.process as f32, Some(response.advantages)));
        let decode = |tokens: &[u32]| self.scorer.tokenizer.decode(tokens, true);
        let samples = &mut self.samples;
        samples.write(step, "train", Drawn::Sampled, some, rest, decode)
    }
}
