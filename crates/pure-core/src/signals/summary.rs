//! All signals of a batch of answers, each defined where it stands.

use serde::Serialize;

use super::{agreement, rank_correlation, reflection_words, repetition};
use crate::numeric::ratio;
use crate::rollout::Finish;

/// What is known of one answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation<'a> {
    /// The number of its group; numbers should be small.
    pub group: usize,
    /// Its text.
    pub text: &'a str,
    /// Its number of tokens.
    pub tokens: usize,
    /// Its number of steps.
    pub steps: usize,
    /// Why it ended.
    pub finish: Finish,
    /// The sum of what credit pays it.
    pub process: f32,
    /// Whether it verified, if its prompt has an answer.
    pub outcome: Option<f32>,
    /// Everything it is paid, KL penalty left out.
    pub reward: f32,
}

/// The signals of a batch, `p_i` the process reward and `o_i` the outcome of answer `i`. What cannot be
/// told, because no answer counts, is absent.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Signals {
    /// The mean [repetition score](repetition) of the texts' characters:
    /// `mean_i (1 - distinct substrings / all substrings)`.
    pub repetition: Option<f64>,
    /// The mean number of [words of reflection](reflection_words) in an answer: `words / answers`.
    pub reflection_words: Option<f64>,
    /// The mean number of steps of an answer: `steps / answers`.
    pub steps_per_answer: Option<f64>,
    /// The mean number of tokens of a step, over all steps of the batch: `tokens / steps`. Large under the hack of one giant step, small under that of filler.
    pub tokens_per_step: Option<f64>,
    /// The share of answers that the limit on their length cut: `cut / answers`.
    pub truncated: Option<f64>,
    /// The share of answers with an outcome that are right: `right / (right + wrong)`.
    pub accuracy: Option<f64>,
    /// The mean process reward of an answer: `mean_i p_i`. The tell-tale of a hack is that it rises while
    /// [`accuracy`](Self::accuracy) falls.
    pub process: Option<f64>,
    /// The mean process reward of the answers that are right: `mean p_i over o_i >= 1/2`.
    pub process_of_right: Option<f64>,
    /// The mean process reward of the answers that are wrong: `mean p_i over o_i < 1/2`.
    pub process_of_wrong: Option<f64>,
    /// The share of answers with an outcome for which the process reward is above 0 exactly if they
    /// are [right](agreement): `mean_i [(p_i > 0) = (o_i >= 1/2)]`.
    pub agreement: Option<f64>,
    /// Spearman's [rank correlation](rank_correlation) of process reward and outcome, over the answers
    /// that have one: `cov(rank p, rank o) / (sd(rank p) sd(rank o))`.
    pub rank_correlation: Option<f64>,
    /// The share of groups with an outcome in which at least one answer is right: with `n` answers a
    /// group, pass@n: `solved groups / groups with an outcome`.
    pub pass_at_n: Option<f64>,
    /// The share of groups of several answers whose rewards are all equal within 1e-6, so that
    /// comparing them says nothing: `equal groups / groups of two or more`.
    pub groups_without_signal: Option<f64>,
}

/// Rewards this close are equal.
const SAME_REWARD: f32 = 1e-6;

impl Signals {
    /// Measures a batch.
    pub fn measure(answers: &[Observation<'_>]) -> Self {
        let mean = |of: &dyn Fn(&Observation<'_>) -> Option<f64>| {
            let values: Vec<f64> = answers.iter().filter_map(of).collect();
            (!values.is_empty()).then(|| ratio(values.iter().sum(), values.len() as f64))
        };
        let share = |is: bool| Some(f64::from(u8::from(is)));
        let right = |answer: &Observation<'_>| answer.outcome.map(|outcome| outcome >= 0.5);
        let process_where =
            |wanted: bool| mean(&|a| (right(a) == Some(wanted)).then(|| f64::from(a.process)));
        let judged = answers.iter().filter_map(|a| Some((a.process, a.outcome?)));
        let (process, outcomes): (Vec<f32>, Vec<f32>) = judged.unzip();
        let steps: usize = answers.iter().map(|answer| answer.steps).sum();
        let tokens: usize = answers.iter().map(|answer| answer.tokens).sum();
        let groups = Groups::of(answers);
        Self {
            repetition: mean(&|a| Some(repetition(a.text.chars()))),
            reflection_words: mean(&|a| Some(reflection_words(a.text) as f64)),
            steps_per_answer: mean(&|a| Some(a.steps as f64)),
            tokens_per_step: (steps > 0).then(|| tokens as f64 / steps as f64),
            truncated: mean(&|a| share(a.finish == Finish::Length)),
            accuracy: mean(&|a| share(right(a)?)),
            process: mean(&|a| Some(f64::from(a.process))),
            process_of_right: process_where(true),
            process_of_wrong: process_where(false),
            agreement: agreement(answers.iter().map(|a| (a.process, a.outcome))),
            rank_correlation: rank_correlation(&process, &outcomes),
            pass_at_n: groups.pass_at_n(),
            groups_without_signal: groups.without_signal(),
        }
    }
}

/// The number of steps of a text: the pieces between its blank lines, empty ones included. Counts as
/// the verl branch's metric does, on text; [`StepFormat::split`](crate::StepFormat::split) counts on
/// tokens.
pub fn steps_in_text(text: &str) -> usize {
    text.split("\n\n").count()
}

/// What is asked of each group.
#[derive(Clone, Copy, Default)]
struct GroupFacts {
    answers: usize,
    judged: bool,
    solved: bool,
    lowest: f32,
    highest: f32,
}

struct Groups(Vec<GroupFacts>);

impl Groups {
    fn of(answers: &[Observation<'_>]) -> Self {
        let count = answers
            .iter()
            .map(|answer| answer.group + 1)
            .max()
            .unwrap_or(0);
        let empty = GroupFacts {
            lowest: f32::INFINITY,
            highest: f32::NEG_INFINITY,
            ..GroupFacts::default()
        };
        let mut groups = vec![empty; count];
        for answer in answers {
            let group = &mut groups[answer.group];
            group.answers += 1;
            group.judged |= answer.outcome.is_some();
            group.solved |= answer.outcome.is_some_and(|outcome| outcome >= 0.5);
            group.lowest = group.lowest.min(answer.reward);
            group.highest = group.highest.max(answer.reward);
        }
        Self(groups)
    }

    fn pass_at_n(&self) -> Option<f64> {
        self.share(|group| group.judged, |group| group.solved)
    }

    fn without_signal(&self) -> Option<f64> {
        self.share(
            |group| group.answers > 1,
            |group| group.highest - group.lowest <= SAME_REWARD,
        )
    }

    fn share(
        &self,
        counts: impl Fn(&GroupFacts) -> bool,
        is: impl Fn(&GroupFacts) -> bool,
    ) -> Option<f64> {
        let counted = self.0.iter().filter(|group| counts(group));
        let all = counted.clone().count();
        (all > 0).then(|| counted.filter(|group| is(group)).count() as f64 / all as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: Observation<'_> = Observation {
        group: 0,
        text: "ab",
        tokens: 6,
        steps: 2,
        finish: Finish::End,
        process: 0.5,
        outcome: Some(1.0),
        reward: 1.5,
    };

    #[test]
    fn nothing_measured_is_absent_not_zero() {
        assert_eq!(Signals::measure(&[]), Signals::default());
        let unjudged = Signals::measure(&[Observation {
            outcome: None,
            ..ANSWER
        }]);
        assert_eq!(
            (unjudged.accuracy, unjudged.agreement, unjudged.pass_at_n),
            (None, None, None)
        );
        assert_eq!(unjudged.groups_without_signal, None);
    }

    #[test]
    fn each_signal_follows_its_formula() {
        let answers = [
            ANSWER,
            Observation {
                outcome: Some(0.0),
                process: 0.3,
                steps: 4,
                ..ANSWER
            },
            Observation {
                group: 2,
                outcome: Some(0.0),
                process: -0.1,
                text: "aa",
                ..ANSWER
            },
            Observation {
                group: 2,
                outcome: None,
                finish: Finish::Length,
                reward: 0.0,
                ..ANSWER
            },
        ];
        let signals = Signals::measure(&answers);
        assert!((signals.repetition.unwrap() - 1.0 / 12.0).abs() < 1e-12);
        assert_eq!(signals.steps_per_answer, Some(2.5));
        assert_eq!(signals.tokens_per_step, Some(2.4));
        assert_eq!(signals.truncated, Some(0.25));
        assert_eq!(signals.accuracy, Some(1.0 / 3.0));
        assert_eq!(signals.process_of_right, Some(0.5));
        assert!((signals.process_of_wrong.unwrap() - 0.1).abs() < 1e-7);
        assert_eq!(signals.agreement, Some(2.0 / 3.0));
        assert_eq!(signals.pass_at_n, Some(0.5));
        assert_eq!(signals.groups_without_signal, Some(0.5));
    }

    #[test]
    fn blank_lines_separate_the_steps_of_a_text() {
        assert_eq!(steps_in_text(""), 1);
        assert_eq!(steps_in_text("a\n\nb\n\n"), 3);
        assert_eq!(steps_in_text("a\n\n\nb"), 2);
    }
}
