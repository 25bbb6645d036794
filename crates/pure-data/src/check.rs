//! What is in a file of step-labelled answers, and what is wrong with it.
//!
//! The report holds numbers, not answers: a file of any size is read once, and what is remembered of
//! an answer is a hash.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;

use crate::fault::BadRecord;
use crate::stepwise::{LabelledAnswer, StepLabel};

/// First errors later than this are counted together.
const POSITIONS: usize = 32;

/// What is in a file of step-labelled answers.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct CheckReport {
    /// Answers that were read.
    pub answers: u64,
    /// Different prompts among them.
    pub prompts: u64,
    /// Records, or answers of a record, that could not be read.
    pub bad_records: u64,
    /// The first of those.
    pub faults: Vec<FaultLine>,
    /// How many steps an answer has.
    pub steps_per_answer: Spread,
    /// How many characters a step has.
    pub characters_per_step: Spread,
    /// How many steps have which label.
    pub labels: LabelCounts,
    /// Answers without a bad step.
    pub without_error: u64,
    /// How many answers have their first bad step at this index; the last number counts all later
    /// ones.
    pub first_errors: Vec<u64>,
    /// Answers that came before, with the same labels.
    pub duplicates: u64,
    /// Answers that came before, with other labels.
    pub contradictions: u64,
}

/// A bad record, by its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaultLine {
    /// Its line or row, counted from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

/// How numbers are spread.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Spread {
    /// The smallest.
    pub min: u64,
    /// The one in the middle; of an even number, the lower of the two.
    pub median: u64,
    /// Their mean.
    pub mean: f64,
    /// The largest.
    pub max: u64,
}

/// How many steps have which label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct LabelCounts {
    /// Good ones.
    pub good: u64,
    /// Bad ones.
    pub bad: u64,
    /// Ones that are good with a probability.
    pub soft: u64,
    /// Ones without a label.
    pub ignored: u64,
}

/// Reads all answers, and lists the first `faults` bad records.
pub fn check(
    answers: impl IntoIterator<Item = Result<LabelledAnswer, BadRecord>>,
    faults: usize,
) -> CheckReport {
    let mut report = CheckReport::default();
    let mut seen = Seen::default();
    for answer in answers {
        match answer {
            Ok(answer) => seen.add(&answer, &mut report),
            Err(bad) => {
                report.bad_records += 1;
                if report.faults.len() < faults {
                    report.faults.push(FaultLine {
                        line: bad.place.number(),
                        reason: bad.fault.to_string(),
                    });
                }
            }
        }
    }
    report.prompts = seen.prompts.len() as u64;
    report.steps_per_answer = seen.steps.spread();
    report.characters_per_step = seen.characters.spread();
    report
}

/// What is remembered of all answers.
#[derive(Debug, Default)]
struct Seen {
    prompts: HashSet<u64>,
    /// The labels of each answer, both as hashes.
    answers: HashMap<u64, u64>,
    steps: Tally,
    characters: Tally,
}

impl Seen {
    fn add(&mut self, answer: &LabelledAnswer, report: &mut CheckReport) {
        report.answers += 1;
        self.steps.add(answer.steps.len());
        let mut text = DefaultHasher::new();
        answer.prompt.hash(&mut text);
        self.prompts.insert(text.finish());
        let mut labels = DefaultHasher::new();
        for (step, label) in answer.steps.iter().zip(&answer.labels) {
            self.characters.add(step.chars().count());
            step.hash(&mut text);
            let target = label.target().unwrap_or(-1.0);
            target.to_bits().hash(&mut labels);
            let count = match label {
                StepLabel::Good => &mut report.labels.good,
                StepLabel::Bad => &mut report.labels.bad,
                StepLabel::Soft(_) => &mut report.labels.soft,
                StepLabel::Ignored => &mut report.labels.ignored,
            };
            *count += 1;
        }
        match answer.first_error() {
            None => report.without_error += 1,
            Some(index) => {
                let index = index.min(POSITIONS);
                let positions = report.first_errors.len().max(index + 1);
                report.first_errors.resize(positions, 0);
                report.first_errors[index] += 1;
            }
        }
        match self.answers.insert(text.finish(), labels.finish()) {
            Some(before) if before == labels.finish() => report.duplicates += 1,
            Some(_) => report.contradictions += 1,
            None => {}
        }
    }
}

/// How often each number came.
#[derive(Debug, Default)]
struct Tally(BTreeMap<u64, u64>);

impl Tally {
    fn add(&mut self, number: usize) {
        *self.0.entry(number as u64).or_default() += 1;
    }

    fn spread(&self) -> Spread {
        let (Some((&min, _)), Some((&max, _))) =
            (self.0.first_key_value(), self.0.last_key_value())
        else {
            return Spread::default();
        };
        let count: u64 = self.0.values().sum();
        let products = self.0.iter().map(|(n, times)| *n as f64 * *times as f64);
        let mut before = 0;
        let middle = self.0.iter().find(|(_, times)| {
            before += **times;
            before > (count - 1) / 2
        });
        Spread {
            min,
            median: middle.map_or(max, |(number, _)| *number),
            mean: products.sum::<f64>() / count as f64,
            max,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::fault::{Fault, Place};
    use StepLabel::{Bad, Good, Ignored, Soft};

    fn answer(prompt: &str, steps: &[(&str, StepLabel)]) -> Result<LabelledAnswer, BadRecord> {
        let (steps, labels) = steps.iter().map(|(s, l)| ((*s).to_owned(), *l)).unzip();
        Ok(LabelledAnswer {
            id: "1".to_owned(),
            prompt: prompt.to_owned(),
            steps,
            labels,
        })
    }

    fn bad(line: u64) -> Result<LabelledAnswer, BadRecord> {
        Err(BadRecord {
            path: PathBuf::from("file"),
            place: Place::Line(line),
            fault: Fault::NoSteps,
        })
    }

    #[test]
    fn everything_is_counted() {
        let report = check(
            [
                answer("p", &[("é", Good), ("abc", Good)]),
                answer("p", &[("é", Good), ("abc", Bad)]),
                answer("p", &[("é", Good), ("abc", Bad)]),
                answer("q", &[("a", Soft(0.2)), ("b", Ignored), ("c", Soft(0.9))]),
                bad(5),
                bad(9),
            ],
            1,
        );
        assert_eq!((report.answers, report.prompts), (4, 2));
        assert_eq!(report.bad_records, 2);
        let fault = FaultLine {
            line: 5,
            reason: "the answer has no step".to_owned(),
        };
        assert_eq!(report.faults, [fault]);
        let counts = LabelCounts {
            good: 4,
            bad: 2,
            soft: 2,
            ignored: 1,
        };
        assert_eq!(report.labels, counts);
        assert_eq!(report.first_errors, [1, 2]);
        assert_eq!(report.without_error, 1);
        assert_eq!((report.duplicates, report.contradictions), (1, 1));
        let steps = Spread {
            min: 2,
            median: 2,
            mean: 2.25,
            max: 3,
        };
        assert_eq!(report.steps_per_answer, steps);
        assert_eq!(report.characters_per_step.max, 3);
    }

    #[test]
    fn the_median_of_an_even_number_is_the_lower_of_the_two() {
        let median = |numbers: &[usize]| {
            let mut tally = Tally::default();
            numbers.iter().for_each(|number| tally.add(*number));
            tally.spread().median
        };
        assert_eq!(
            [median(&[9]), median(&[9, 1]), median(&[9, 1, 5])],
            [9, 1, 5]
        );
    }

    #[test]
    fn a_file_of_nothing_has_a_report_of_zeros() {
        assert_eq!(check([], 10), CheckReport::default());
    }

    #[test]
    fn late_first_errors_are_counted_together() {
        let late = |at: usize| {
            let mut steps = vec![("a", Good); at];
            steps.push(("a", Bad));
            answer("p", &steps)
        };
        let report = check([late(31), late(32), late(500)], 0);
        assert_eq!(report.first_errors.len(), 33);
        assert_eq!(report.first_errors[31..], [1, 2]);
    }
}
