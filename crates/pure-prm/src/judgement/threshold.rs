//! The threshold that finds first errors best.
//!
//! ```text
//! argmax over threshold in [0, 1] of F1(threshold)
//! ```
//!
//! with the F1 of [`FirstErrorQuality`]. It changes only at probabilities that occur, so a sweep over the
//! ends of the answers' intervals sees every value it takes: exact, in `O(n log n)`. ProcessBench (arXiv
//! 2412.06559) chooses the threshold on its GSM8K part and keeps it for the others; a threshold chosen on
//! the answers that it is then measured on flatters.
//!
//! Many thresholds share the best value. The one given is the middle of the widest range of best ones,
//! the lowest such range among equally wide ones: what is furthest from doing worse.

use serde::Serialize;

use super::first_error::Counts;
use super::{FirstErrorQuality, JudgedAnswers};

/// A threshold with the best F1, and how well first errors are found there.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BestThreshold {
    /// The threshold.
    pub threshold: f32,
    /// Every threshold above this is as good …
    pub above: f32,
    /// … up to and including this; where both are 0, only 0 is.
    pub up_to: f32,
    /// What it reaches.
    pub quality: FirstErrorQuality,
}

/// Neighbouring thresholds with one F1.
#[derive(Clone, Copy)]
struct Range {
    above: f32,
    up_to: f32,
    f1: f64,
}

impl Range {
    fn better_than(&self, other: &Self) -> bool {
        let width = |range: &Self| range.up_to - range.above;
        self.f1 > other.f1 || (self.f1 == other.f1 && width(self) > width(other))
    }

    /// Between two neighbouring numbers there is no middle; then the upper end, which belongs to it.
    fn middle(&self) -> f32 {
        match self.above + (self.up_to - self.above) / 2.0 {
            middle if middle > self.above => middle,
            _ => self.up_to,
        }
    }
}

impl BestThreshold {
    /// That of answers, if some have an error and some have none.
    pub fn of(answers: &JudgedAnswers) -> Option<Self> {
        let mut counts = Counts::of(answers);
        // What happens just above a probability: an answer becomes right, or stops being so.
        let mut changes: Vec<(f32, usize, bool)> = Vec::new();
        for answer in answers.0.iter().filter(|a| a.above < a.up_to) {
            let kind = usize::from(answer.has_error);
            match answer.above.is_finite() {
                true => changes.push((answer.above, kind, true)),
                false => counts.right[kind] += 1,
            }
            if answer.up_to.is_finite() {
                changes.push((answer.up_to, kind, false));
            }
        }
        changes.sort_unstable_by(|(a, ..), (b, ..)| a.total_cmp(b));
        let mut range = Range {
            above: 0.0,
            up_to: 0.0,
            f1: counts.f1()?,
        };
        let mut best = range;
        for together in changes.chunk_by(|(a, ..), (b, ..)| a == b) {
            range.up_to = together[0].0;
            if range.better_than(&best) {
                best = range;
            }
            for &(_, kind, begins) in together {
                match begins {
                    true => counts.right[kind] += 1,
                    false => counts.right[kind] -= 1,
                }
            }
            let f1 = counts.f1()?;
            if f1 != range.f1 {
                range.above = range.up_to;
                range.f1 = f1;
            }
        }
        // The sweep ends at 1, whether or not anything changes there.
        range.up_to = 1.0;
        if range.above < 1.0 && range.better_than(&best) {
            best = range;
        }
        let threshold = best.middle();
        Some(Self {
            threshold,
            above: best.above,
            up_to: best.up_to,
            quality: FirstErrorQuality::at(answers, threshold),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best<const N: usize>(judged: [(&[f32], Option<usize>); N]) -> Option<BestThreshold> {
        let mut answers = JudgedAnswers::default();
        for (p_good, first_error) in judged {
            answers.push(p_good, first_error).unwrap();
        }
        BestThreshold::of(&answers)
    }

    #[test]
    fn it_is_the_middle_of_the_widest_best_range() {
        // Right for (0.25, 0.5] and for (0.5, 1], together for none; either way with the third.
        let narrow: [(&[f32], _); 3] = [
            (&[0.5, 0.25], Some(1)),
            (&[1.0, 0.5], Some(1)),
            (&[1.0], None),
        ];
        let found = best(narrow).unwrap();
        assert_eq!((found.above, found.up_to), (0.25, 1.0));
        assert_eq!(
            (found.threshold, found.quality.f1),
            (0.625, Some(2.0 / 3.0))
        );
    }

    #[test]
    fn it_stays_a_probability() {
        // A certain model that is wrong: no threshold up to 1 flags the bad step.
        let found = best([(&[1.0], Some(0)), (&[0.0], None)]).unwrap();
        assert_eq!((found.threshold, found.quality.f1), (0.5, Some(0.0)));
        // A certain model that is right: every threshold but 0 does.
        let found = best([(&[0.0], Some(0)), (&[1.0], None)]).unwrap();
        assert_eq!((found.above, found.up_to, found.threshold), (0.0, 1.0, 0.5));
        assert_eq!(found.quality.f1, Some(1.0));
    }

    #[test]
    fn neighbouring_numbers_are_told_apart() {
        let (low, high) = (0.5_f32, 0.5_f32.next_up());
        let found = best([(&[low], Some(0)), (&[high], None)]).unwrap();
        assert_eq!((found.threshold, found.quality.f1), (high, Some(1.0)));
    }

    #[test]
    fn one_kind_of_answer_has_no_best_threshold() {
        assert_eq!(best([]), None);
        assert_eq!(best([(&[0.5], None)]), None);
        assert_eq!(best([(&[0.5], Some(0))]), None);
    }
}
