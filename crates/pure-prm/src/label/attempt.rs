//! An answer on its way to labels, and its prefixes.
//!
//! ```text
//! prompt | 7+3=0 \n\n | 0*4=1 \n\n | \boxed{1}
//!        |--- prefix 1            |
//!        |--- prefix 2 -----------|
//! ```
//!
//! A prefix is closed by a blank line, since what follows it is to be a new step, and since a reward
//! model judges a step there. Each is turned into tokens for itself: its tokens are those that a
//! policy has written which stands at that place.

use pure_verify::{Rule, Verifier};

const BLANK_LINE: &str = "\n\n";

/// Prefixes of one answer, and so its steps, are told apart by so many bits of a stream's name.
const STEP_BITS: u32 = 24;

/// An answer that is to be labelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Names the answer to the random numbers, below 2^40: its line in its file does well.
    pub number: u64,
    /// Tokens of the prompt, those of a chat template included.
    pub prompt: Vec<u32>,
    /// The steps, without what separates them.
    pub steps: Vec<String>,
    /// The right answer to the question.
    pub truth: String,
}

impl Attempt {
    /// The text of the first `steps` steps, ready for the next one.
    pub(super) fn prefix(&self, steps: usize) -> String {
        let closed = |step: &String| format!("{step}{BLANK_LINE}");
        self.steps[..steps].iter().map(closed).collect()
    }

    /// The random stream of the completions of a prefix.
    pub(super) fn stream(&self, steps: usize) -> u64 {
        (self.number << STEP_BITS) | steps as u64
    }

    /// Whether the final answer is right; nothing, if none is stated.
    pub(super) fn outcome(&self) -> Option<bool> {
        let text = self.steps.join(BLANK_LINE);
        let verdict = Verifier::default().verify(&text, &self.truth);
        let stated = matches!(
            verdict.rule?,
            Rule::Box | Rule::OpenBox | Rule::Hashes | Rule::Announced
        );
        stated.then_some(verdict.correct)
    }

    /// The steps after which the policy may be asked to go on: all of them, but not the last one of
    /// an answer that is finished.
    pub(super) fn open_steps(&self) -> usize {
        self.steps.len() - usize::from(self.outcome().is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(number: u64, steps: &[&str]) -> Attempt {
        Attempt {
            number,
            prompt: vec![1],
            steps: steps.iter().map(|&step| step.to_owned()).collect(),
            truth: "5".to_owned(),
        }
    }

    #[test]
    fn every_step_of_a_prefix_is_closed() {
        let attempt = attempt(1, &["a", "b", "c"]);
        assert_eq!(attempt.prefix(2), "a\n\nb\n\n");
        assert_eq!(attempt.prefix(0), "");
    }

    #[test]
    fn an_answer_is_finished_where_it_states_its_final_answer() {
        for (last, outcome) in [
            ("\\boxed{5}", Some(true)),
            ("\\boxed{4}", Some(false)),
            ("So the answer is 5.", Some(true)),
            ("#### 6", Some(false)),
            // Cut off behind a number, or in a box.
            ("2+3=5", None),
            ("\\boxed{5", None),
            ("Let us see.", None),
        ] {
            let attempt = attempt(1, &["2+3=5", last]);
            assert_eq!(attempt.outcome(), outcome, "{last}");
            let open = if outcome.is_some() { 1 } else { 2 };
            assert_eq!(attempt.open_steps(), open);
        }
    }

    #[test]
    fn no_two_prefixes_share_a_stream() {
        let streams = [(1, 1), (1, 2), (2, 1), (3, 0), ((1 << 40) - 1, 1)];
        let mut names: Vec<u64> = streams
            .iter()
            .map(|&(number, steps)| attempt(number, &["a", "b"]).stream(steps))
            .collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), streams.len());
    }
}
