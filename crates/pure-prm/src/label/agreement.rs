//! How far labels agree with those that somebody knew before.
//!
//! ```text
//! steps compared = those up to the first bad one of the known labels, it included
//! ```
//!
//! Behind the first error people, oracles and completions mean different things by a good step, and
//! a binary search says nothing. Steps of which either says nothing are left out. A soft label counts
//! as bad below one half.

use pure_data::LabelledAnswer;
use serde::Serialize;

/// Counts over answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Agreement {
    /// Answers of which something was known.
    pub answers: u64,
    /// Those of them that have the same first error in both, or none.
    pub same_first_error: u64,
    /// Steps compared.
    pub steps: u64,
    /// Good in both.
    pub good_called_good: u64,
    /// Known to be good, found to be bad.
    pub good_called_bad: u64,
    /// Known to be bad, found to be good.
    pub bad_called_good: u64,
    /// Bad in both.
    pub bad_called_bad: u64,
}

impl Agreement {
    /// Counts an answer in.
    pub fn add(&mut self, known: &LabelledAnswer, found: &LabelledAnswer) {
        if known.labels.iter().all(|label| label.target().is_none()) {
            return;
        }
        let first_error = known.first_error();
        self.answers += 1;
        self.same_first_error += u64::from(first_error == found.first_error());
        let compared = first_error.map_or(known.labels.len(), |step| step + 1);
        for (known, found) in known.labels[..compared].iter().zip(&found.labels) {
            if known.target().is_none() || found.target().is_none() {
                continue;
            }
            self.steps += 1;
            *match (known.is_bad(), found.is_bad()) {
                (false, false) => &mut self.good_called_good,
                (false, true) => &mut self.good_called_bad,
                (true, false) => &mut self.bad_called_good,
                (true, true) => &mut self.bad_called_bad,
            } += 1;
        }
    }

    /// The share of steps that are called what they were known to be; nothing, if none was compared.
    pub fn share(&self) -> Option<f64> {
        let same = self.good_called_good + self.bad_called_bad;
        (self.steps > 0).then(|| same as f64 / self.steps as f64)
    }
}

#[cfg(test)]
mod tests {
    use pure_data::StepLabel::{self, Bad, Good, Ignored, Soft};

    use super::*;

    fn answer(labels: &[StepLabel]) -> LabelledAnswer {
        LabelledAnswer {
            id: "a".to_owned(),
            prompt: "1+1=".to_owned(),
            steps: vec!["2".to_owned(); labels.len()],
            labels: labels.to_vec(),
        }
    }

    #[test]
    fn steps_count_up_to_the_first_that_is_known_to_be_bad() {
        let mut agreement = Agreement::default();
        for (known, found) in [
            ([Good, Bad, Good, Good], [Good, Bad, Bad, Bad]),
            ([Good, Good, Bad, Good], [Good, Bad, Ignored, Ignored]),
            (
                [Good, Bad, Bad, Bad],
                [Soft(0.5), Soft(0.6), Soft(0.0), Bad],
            ),
            ([Ignored; 4], [Bad, Bad, Bad, Bad]),
        ] {
            agreement.add(&answer(&known), &answer(&found));
        }
        let expected = Agreement {
            answers: 3,
            same_first_error: 1,
            steps: 6,
            good_called_good: 3,
            good_called_bad: 1,
            bad_called_good: 1,
            bad_called_bad: 1,
        };
        assert_eq!(agreement, expected);
        assert_eq!(agreement.share(), Some(4.0 / 6.0));
        assert_eq!(Agreement::default().share(), None);
    }
}
