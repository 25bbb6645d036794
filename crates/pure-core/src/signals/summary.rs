//! All signals of a batch of answers, each defined where it stands.

use serde::Serialize;

use super::agreement::{agreement, rank_correlation};
use super::reflection::reflection_words;
use super::repetition::repetition;
use crate::answer::Finish;
use crate::groups::{GroupRewards, Groups};
use crate::numeric::to_f32;
use crate::response::{Paid, Response};

/// An answer that signals are measured on.
pub trait Observed {
    /// Its group, length, steps, and why it ended.
    fn response(&self) -> Response<'_>;

    /// Its text.
    fn text(&self) -> &str;

    /// Whether it verified, wherever that is known: also where its reward does not depend on it.
    fn outcome(&self) -> Option<f32> {
        self.response().scores.outcome
    }
}

/// The signals of a batch, `p_i` the process reward and `o_i` the outcome of answer `i`. A signal that no
/// answer has a say in is absent.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Signals {
    /// The mean [repetition score](repetition) of the texts' characters:
    /// `mean_i (1 - distinct substrings / all substrings)`.
    pub repetition: Option<f64>,
    /// The mean number of [words of reflection](reflection_words) in an answer: `words / answers`.
    pub reflection_words: Option<f64>,
    /// The mean number of steps of an answer: `steps / answers`.
    pub steps_per_answer: Option<f64>,
    /// The mean number of tokens of a step, over all steps of the batch: `tokens / steps`. Large where
    /// the policy hacks by one giant step, small where it hacks by filler.
    pub tokens_per_step: Option<f64>,
    /// The fraction of answers that the limit on their length cut: `cut / answers`.
    pub truncated: Option<f64>,
    /// The fraction of answers with an outcome that are right: `right / (right + wrong)`.
    pub accuracy: Option<f64>,
    /// The mean process reward of an answer: `mean_i p_i`. While a reward is being hacked it rises and
    /// [`accuracy`](Self::accuracy) falls.
    pub process: Option<f64>,
    /// The mean process reward of the answers that are right: `mean p_i over o_i >= 1/2`.
    pub process_of_right: Option<f64>,
    /// The mean process reward of the answers that are wrong: `mean p_i over o_i < 1/2`.
    pub process_of_wrong: Option<f64>,
    /// The fraction of answers with an outcome for which the process reward is above 0 exactly if they
    /// are [right](agreement): `mean_i [(p_i > 0) = (o_i >= 1/2)]`.
    pub agreement: Option<f64>,
    /// Spearman's [rank correlation](rank_correlation) of process reward and outcome, over the answers
    /// that have one: `cov(rank p, rank o) / (sd(rank p) sd(rank o))`.
    pub rank_correlation: Option<f64>,
    /// The fraction of groups with an outcome in which at least one answer is right: `solved groups /
    /// groups with an outcome`. Every answer of a group counts, however many there are. Where all
    /// groups have exactly `n` answers it is the mean over groups of the unbiased estimate of pass@n,
    /// `1 - C(n - right, k) / C(n, k)`, at `k = n`; it is no estimate of pass@k for a smaller `k`.
    pub pass_at_n: Option<f64>,
    /// The fraction of groups of several answers whose rewards, KL penalty left out, are all equal
    /// within 1e-6, so that comparing them says nothing: `equal groups / groups of two or more`. The
    /// same groups as in [`Report::groups_without_signal`](crate::Report::groups_without_signal).
    pub groups_without_signal: Option<f64>,
}

impl Signals {
    /// Measures a batch of answers, each with what it was paid.
    pub fn measure<'a, A: Observed + 'a>(
        answers: impl IntoIterator<Item = (&'a A, &'a Paid)>,
    ) -> Self {
        let answers: Vec<(&A, &Paid)> = answers.into_iter().collect();
        let mean_of = |of: &dyn Fn(&A, &Paid) -> Option<f64>| {
            mean(answers.iter().filter_map(|(answer, paid)| of(answer, paid)))
        };
        // In f32, as `samples.jsonl` has it: so every number can be found again there.
        let process = |paid: &Paid| f64::from(to_f32(paid.process));
        let is = |is: bool| f64::from(u8::from(is));
        let right = |answer: &A| Some(answer.outcome()? >= 0.5);
        let process_where =
            |wanted: bool| mean_of(&|a, paid| (right(a)? == wanted).then_some(process(paid)));
        let judged = answers.iter();
        let judged = judged.filter_map(|(a, paid)| Some((paid.process as f32, a.outcome()?)));
        let (processes, outcomes): (Vec<f32>, Vec<f32>) = judged.unzip();
        let judged = processes.iter().zip(&outcomes);
        let responses = || answers.iter().map(|(answer, _)| answer.response());
        let steps: usize = responses().map(|response| response.steps.len()).sum();
        let tokens: usize = responses().map(|response| response.length).sum();
        let groups = Groups::of(responses().map(|response| response.group));
        let mut facts = vec![GroupFacts::default(); groups.count()];
        for (index, (answer, paid)) in answers.iter().enumerate() {
            let (group, right) = (&mut facts[groups.place(index)], right(answer));
            group.judged |= right.is_some();
            group.solved |= right == Some(true);
            group.rewards.add(paid.total());
        }
        let solved = facts.iter().filter(|group| group.judged);
        let solved = solved.map(|group| is(group.solved));
        let compared = facts.iter().filter(|group| group.rewards.answers > 1);
        let equal = compared.map(|group| is(group.rewards.are_equal()));
        Self {
            repetition: mean_of(&|a, _| Some(repetition(a.text().chars()))),
            reflection_words: mean_of(&|a, _| Some(reflection_words(a.text()) as f64)),
            steps_per_answer: mean_of(&|a, _| Some(a.response().steps.len() as f64)),
            tokens_per_step: (steps > 0).then(|| tokens as f64 / steps as f64),
            truncated: mean_of(&|a, _| Some(is(a.response().finish == Finish::Length))),
            accuracy: mean_of(&|a, _| Some(is(right(a)?))),
            process: mean_of(&|_, paid| Some(process(paid))),
            process_of_right: process_where(true),
            process_of_wrong: process_where(false),
            agreement: agreement(judged.map(|(p, o)| (*p, Some(*o)))),
            rank_correlation: rank_correlation(&processes, &outcomes),
            pass_at_n: mean(solved),
            groups_without_signal: mean(equal),
        }
    }
}

/// What is known of a group.
#[derive(Clone, Copy, Default)]
struct GroupFacts {
    judged: bool,
    solved: bool,
    rewards: GroupRewards,
}

/// The mean of some numbers, if there is any.
fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let values: Vec<f64> = values.collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::{Scores, StepSpan};

    /// An answer of six tokens, with what it was paid.
    #[derive(Clone)]
    struct Made {
        group: usize,
        text: &'static str,
        steps: Vec<StepSpan>,
        finish: Finish,
        scores: Scores,
        paid: Paid,
    }

    impl Observed for Made {
        fn response(&self) -> Response<'_> {
            Response {
                group: self.group,
                length: 6,
                steps: &self.steps,
                scores: &self.scores,
                log_probs: None,
                finish: self.finish,
            }
        }

        fn text(&self) -> &str {
            self.text
        }
    }

    fn made(group: usize, steps: usize, process: f64, outcome: Option<f32>) -> Made {
        let ends: Vec<usize> = (0..steps).collect();
        let scores = Scores {
            process: vec![0.0; steps],
            outcome,
        };
        Made {
            group,
            text: "ab",
            steps: StepSpan::from_ends(&ends, 6).unwrap(),
            finish: Finish::End,
            scores,
            paid: Paid {
                process,
                outcome: 1.0,
            },
        }
    }

    fn measure(answers: &[Made]) -> Signals {
        Signals::measure(answers.iter().map(|answer| (answer, &answer.paid)))
    }

    #[test]
    fn nothing_measured_is_absent_not_zero() {
        assert_eq!(measure(&[]), Signals::default());
        let unjudged = measure(&[made(0, 2, 0.5, None)]);
        assert_eq!(
            (unjudged.accuracy, unjudged.agreement, unjudged.pass_at_n),
            (None, None, None)
        );
        assert_eq!(unjudged.groups_without_signal, None);
    }

    #[test]
    fn each_signal_follows_its_formula() {
        let mut answers = [
            made(0, 2, 0.5, Some(1.0)),
            made(0, 4, 0.5, Some(0.0)),
            made(usize::MAX, 2, -0.125, Some(0.0)),
            made(usize::MAX, 2, 0.5, None),
        ];
        answers[2].text = "aa";
        answers[3].finish = Finish::Length;
        let signals = measure(&answers);
        assert!((signals.repetition.unwrap() - 1.0 / 12.0).abs() < 1e-12);
        assert_eq!(signals.steps_per_answer, Some(2.5));
        assert_eq!(signals.tokens_per_step, Some(2.4));
        assert_eq!(signals.truncated, Some(0.25));
        assert_eq!(signals.accuracy, Some(1.0 / 3.0));
        assert_eq!(signals.process_of_right, Some(0.5));
        assert_eq!(signals.process_of_wrong, Some(0.1875));
        assert_eq!(signals.agreement, Some(2.0 / 3.0));
        assert_eq!(signals.pass_at_n, Some(0.5));
        assert_eq!(signals.groups_without_signal, Some(0.5));
    }

    #[test]
    fn an_outcome_that_is_not_paid_is_measured_all_the_same() {
        struct Held(Made);
        impl Observed for Held {
            fn response(&self) -> Response<'_> {
                self.0.response()
            }
            fn text(&self) -> &str {
                self.0.text
            }
            fn outcome(&self) -> Option<f32> {
                Some(1.0)
            }
        }
        let held = Held(made(0, 2, 0.5, None));
        let signals = Signals::measure([(&held, &held.0.paid)]);
        assert_eq!(
            (signals.accuracy, signals.pass_at_n),
            (Some(1.0), Some(1.0))
        );
    }
}
