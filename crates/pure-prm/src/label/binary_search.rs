//! The first error by binary search: halve the steps that it may be among.
//!
//! ```text
//! good = 0, bad = n              n + 1 where the answer is not finished
//! while bad - good > 1:          the first error is in good+1 ..= bad
//!     m = (good + bad) / 2
//!     if prefix m has a right completion: good = m   else: bad = m
//! labels: good before step `bad`, bad at it, nothing after it
//! ```
//!
//! OmegaPRM, arXiv 2406.06592: log2 n probes, rounded up. It rests on the order of
//! things: what is good is in front of what is bad. After the first error nothing is asked, and
//! nothing is said.
//!
//! The paper searches only samples with a wrong answer, and so does this. An answer that is right is
//! itself a right completion of each of its prefixes, and every step of it is good without a probe:
//! a mistake that cancels out is not found. An answer that is not finished may hold no error at all.
//!
//! Departures: the prompt itself is not probed. The paper drops prompts that are never or always
//! solved before it begins.

use pure_data::StepLabel;

use super::error::LabelError;
use super::probes::{Probe, Probing};
use super::step_labels::StepLabels;

/// What is known of the first error of an answer.
#[derive(Debug, Clone, Copy)]
struct Search {
    /// So many steps are good.
    good: usize,
    /// This step is bad, counted from 1; one more than there are, where there may be no error.
    bad: usize,
}

pub(super) fn label(mut probing: Probing) -> Result<Option<Vec<StepLabels>>, LabelError> {
    let attempts = probing.attempts;
    let search = |attempt: &super::Attempt| Search::new(attempt.steps.len(), attempt.outcome());
    let mut searches: Vec<Search> = attempts.iter().map(search).collect();
    loop {
        let next = |(attempt, search): (usize, &Search)| {
            let steps = search.next()?;
            Some(Probe { attempt, steps })
        };
        let probes: Vec<Probe> = searches.iter().enumerate().filter_map(next).collect();
        if probes.is_empty() {
            break;
        }
        let Some(counts) = probing.ask(&probes)? else {
            return Ok(None);
        };
        for (probe, count) in probes.into_iter().zip(counts) {
            searches[probe.attempt].learn(probe.steps, count.right > 0);
        }
    }
    let labels = attempts.iter().zip(searches);
    let labels = labels.map(|(attempt, search)| StepLabels {
        labels: search.labels(attempt.steps.len()),
        counts: None,
    });
    Ok(Some(labels.collect()))
}

impl Search {
    fn new(steps: usize, outcome: Option<bool>) -> Self {
        let (good, bad) = match outcome {
            Some(true) => (steps, steps + 1),
            Some(false) => (0, steps),
            None => (0, steps + 1),
        };
        Self { good, bad }
    }

    /// How many steps to go on from; nothing if the first error is known.
    fn next(self) -> Option<usize> {
        (self.bad - self.good > 1).then(|| usize::midpoint(self.good, self.bad))
    }

    fn learn(&mut self, steps: usize, can_be_right: bool) {
        match can_be_right {
            true => self.good = steps,
            false => self.bad = steps,
        }
    }

    fn labels(self, steps: usize) -> Vec<StepLabel> {
        let label = |step: usize| match step.cmp(&self.bad) {
            std::cmp::Ordering::Less => StepLabel::Good,
            std::cmp::Ordering::Equal => StepLabel::Bad,
            std::cmp::Ordering::Greater => StepLabel::Ignored,
        };
        (1..=steps).map(label).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Searches with a policy that knows; gives the labels and the number of probes.
    fn search(steps: usize, outcome: Option<bool>, first_error: usize) -> (Vec<StepLabel>, u32) {
        let mut search = Search::new(steps, outcome);
        let mut probes = 0;
        while let Some(steps) = search.next() {
            search.learn(steps, steps < first_error);
            probes += 1;
        }
        (search.labels(steps), probes)
    }

    /// log2, rounded up.
    fn log2(number: usize) -> u32 {
        number.next_power_of_two().ilog2()
    }

    #[test]
    fn every_first_error_is_found_with_as_many_probes_as_halving_takes() {
        for steps in 1..70 {
            for error in 1..=steps {
                let (labels, probes) = search(steps, Some(false), error);
                assert!(probes <= log2(steps), "{probes} for {steps}");
                assert_eq!(labels.iter().position(|l| l.is_bad()), Some(error - 1));
                assert!(labels[..error - 1].iter().all(|l| *l == StepLabel::Good));
                assert!(labels[error..].iter().all(|l| *l == StepLabel::Ignored));
            }
            for error in 1..=steps + 1 {
                let (labels, probes) = search(steps, None, error);
                assert!(probes <= log2(steps + 1), "{probes} for {steps}");
                let found = labels.iter().position(|label| label.is_bad());
                assert_eq!(found, (error <= steps).then_some(error - 1));
            }
        }
    }

    #[test]
    fn a_right_answer_is_good_throughout_and_asks_nothing() {
        let (labels, probes) = search(5, Some(true), 1);
        assert_eq!((labels, probes), (vec![StepLabel::Good; 5], 0));
    }
}
