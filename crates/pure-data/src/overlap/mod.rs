//! Which texts overlap with problems of benchmarks, so that a benchmark is not trained on.
//!
//! ```text
//! words(t)     the runs of letters and digits of t, in lower case: all else only parts them
//! shared       words(t) and words(p) have n words in a row in common:
//!              n = 13, or 8 where p has fewer than 13 words; where it has fewer than 8, they are the same
//! lcs(t, p)    their longest common subsequence, as a share of the words of p
//! overlap      shared, and lcs(t, p) above a threshold
//! ```
//!
//! n-grams of words of 8 to 13 are those of GPT-3 (arXiv 2005.14165, appendix C). For problems of mathematics, which
//! share much with each other without being the same, Qwen2.5-Math (arXiv 2409.12122) asks for a longest common
//! subsequence of more than 0.6 as well.
//!
//! Departures: there n is chosen once for a benchmark, and shorter problems are left alone; here by each problem, so that
//! a short one is found as well, if it stands there whole. As signs do not count, problems that are nothing but numbers
//! with signs between them are the same where their numbers are.

mod repeats;
mod words;

use std::collections::{HashMap, HashSet};

pub use repeats::{Repeat, repeats};
use words::{LONG, SHORT, Vocabulary, common};

/// Problems that texts are compared with.
#[derive(Debug, Default)]
pub struct Overlaps {
    vocabulary: Vocabulary,
    problems: Vec<Vec<u32>>,
    /// The problems that hold some words in a row, by these.
    rows: HashMap<Box<[u32]>, Vec<usize>>,
    /// How many words there are in a row.
    lengths: HashSet<usize>,
}

/// The problem that a text has most in common with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overlap {
    /// Which it is, counted from 0 in the order in which they were added.
    pub problem: usize,
    /// Their longest common subsequence of words, as a share of the problem's.
    pub lcs: f64,
}

impl Overlaps {
    /// Adds a problem. One without a word overlaps with nothing.
    pub fn add(&mut self, problem: &str) {
        let place = self.problems.len();
        let words = self.vocabulary.add(problem);
        let length = match words.len() {
            0 => None,
            LONG.. => Some(LONG),
            SHORT.. => Some(SHORT),
            all => Some(all),
        };
        if let Some(length) = length {
            self.lengths.insert(length);
            for row in words.windows(length) {
                let problems = self.rows.entry(row.into()).or_default();
                if problems.last() != Some(&place) {
                    problems.push(place);
                }
            }
        }
        self.problems.push(words);
    }

    /// The problem that a text overlaps with most, the first of those that tie, if it overlaps with any.
    pub fn find(&self, text: &str, threshold: f64) -> Option<Overlap> {
        let words = self.vocabulary.read(text);
        let mut sharing = HashSet::new();
        for &length in &self.lengths {
            // What is shorter must be the same.
            let is_whole = length < SHORT;
            if is_whole && words.len() != length {
                continue;
            }
            let rows = words.windows(length).filter_map(|row| self.rows.get(row));
            sharing.extend(rows.flatten().copied());
        }
        let overlap = |problem: usize| Overlap {
            problem,
            lcs: common(&words, &self.problems[problem]) as f64
                / self.problems[problem].len() as f64,
        };
        let found = sharing
            .into_iter()
            .map(overlap)
            .filter(|it| it.lcs > threshold);
        found.reduce(|best, other| {
            let order = other
                .lcs
                .total_cmp(&best.lcs)
                .then(best.problem.cmp(&other.problem));
            if order.is_gt() { other } else { best }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lcs(problem: &str, text: &str) -> Option<f64> {
        let mut overlaps = Overlaps::default();
        overlaps.add(problem);
        overlaps.find(text, 0.0).map(|overlap| overlap.lcs)
    }

    /// Words from one number to another.
    fn counted(from: usize, to: usize) -> String {
        let words = (from..to).map(|number| number.to_string());
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn thirteen_words_in_a_row_are_shared_and_twelve_are_not() {
        let problem = counted(0, 26);
        assert_eq!(lcs(&problem, &counted(5, 18)), Some(0.5));
        assert_eq!(lcs(&problem, &counted(5, 17)), None);
        // Twelve and twelve, with another word between.
        let parted = format!("{} and {}", counted(0, 12), counted(12, 24));
        assert_eq!(lcs(&problem, &parted), None);
        let more = format!("{} and {}", counted(0, 13), counted(13, 26));
        assert_eq!(lcs(&problem, &more), Some(1.0));
    }

    #[test]
    fn a_shorter_problem_shares_eight_and_one_of_fewer_is_the_same_or_nothing() {
        assert_eq!(lcs(&counted(0, 10), &counted(2, 20)), Some(0.8));
        assert_eq!(lcs(&counted(0, 10), &counted(3, 20)), None);
        assert_eq!(lcs("What is 2 + 2?", "what is $2+2$"), Some(1.0));
        assert_eq!(lcs("What is 2 + 2?", "What is 2 + 2 + 2?"), None);
        assert_eq!(lcs("?!", "?!"), None);
        assert_eq!(lcs("?!", ""), None);
    }

    #[test]
    fn the_problem_with_most_in_common_is_found_if_it_is_above_the_threshold() {
        let mut overlaps = Overlaps::default();
        overlaps.add(&format!("{} x x x x x x x", counted(0, 13)));
        overlaps.add(&counted(0, 16));
        overlaps.add(&counted(0, 16));
        overlaps.add("another problem");
        let text = counted(0, 13);
        let found = |threshold| overlaps.find(&text, threshold);
        let (problem, lcs) = (1, 13.0 / 16.0);
        assert_eq!(found(0.6), Some(Overlap { problem, lcs }));
        assert_eq!(found(0.9), None);
    }
}
