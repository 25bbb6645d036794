//! Two evaluations, problem by problem.
//!
//! | values | test of "they are equally good" |
//! | --- | --- |
//! | all 0 or 1, as of greedy answers | McNemar's exact test |
//! | others, as averages | a permutation test on the signs of the differences |
//!
//! Both ask how the differences would be, were each as likely the other way round. The interval of the
//! difference is that of a bootstrap over problems, each drawn with both its values.

mod mcnemar;
mod permutation;

use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Error, Estimate, Score};

pub use mcnemar::mcnemar;
pub use permutation::permutation_test;

/// How one evaluation differs from another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The problems of both.
    pub problems: usize,
    /// The mean of the first, over these.
    pub before: f64,
    /// The mean of the second.
    pub after: f64,
    /// The second less the first, with its interval.
    pub difference: Estimate,
    /// How surprising that is if they are equally good.
    pub test: Test,
    /// Problems at which the second is better, in the order of the first.
    pub won: Vec<Change>,
    /// Problems at which it is worse.
    pub lost: Vec<Change>,
    /// Problems of the first alone.
    pub only_before: Vec<String>,
    /// Problems of the second alone.
    pub only_after: Vec<String>,
}

/// A problem that they differ in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Its name.
    pub id: String,
    /// Its value in the first.
    pub before: f64,
    /// Its value in the second.
    pub after: f64,
}

/// A test and what it says.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// Which test.
    pub name: TestName,
    /// The chance of a difference as large, in either direction, if they are equally good.
    pub p_value: f64,
}

/// Which test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestName {
    /// [`mcnemar`].
    McNemar,
    /// [`permutation_test`].
    Permutation,
}

impl Comparison {
    /// Compares the values of problems, one a problem, by the names of these.
    ///
    /// # Errors
    ///
    /// [`Error::NothingInCommon`].
    pub fn of(before: &[Score], after: &[Score], seed: u64) -> Result<Self, Error> {
        let by_name = |scores: &[Score]| -> HashMap<String, f64> {
            let pairs = scores.iter().map(|score| (score.id.clone(), score.value));
            pairs.collect()
        };
        let (first, second) = (by_name(before), by_name(after));
        let changes: Vec<Change> = before
            .iter()
            .filter_map(|score| {
                Some(Change {
                    id: score.id.clone(),
                    before: score.value,
                    after: *second.get(&score.id)?,
                })
            })
            .collect();
        let differences: Vec<f64> = changes.iter().map(Change::difference).collect();
        let difference = Estimate::of_mean(&differences, seed).ok_or(Error::NothingInCommon)?;
        let is_binary = |value: f64| value == 0.0 || value == 1.0;
        let are_binary = changes
            .iter()
            .all(|change| is_binary(change.before) && is_binary(change.after));
        let only = |scores: &[Score], other: &HashMap<String, f64>| {
            let alone = scores.iter().filter(|score| !other.contains_key(&score.id));
            alone.map(|score| score.id.clone()).collect()
        };
        let mean =
            |of: fn(&Change) -> f64| changes.iter().map(of).sum::<f64>() / changes.len() as f64;
        let with = |is: fn(f64) -> bool| -> Vec<Change> {
            let found = changes.iter().filter(|change| is(change.difference()));
            found.cloned().collect()
        };
        let (won, lost) = (with(|by| by > 0.0), with(|by| by < 0.0));
        Ok(Self {
            problems: changes.len(),
            before: mean(|change| change.before),
            after: mean(|change| change.after),
            difference,
            test: match are_binary {
                true => Test {
                    name: TestName::McNemar,
                    p_value: mcnemar(won.len(), lost.len()),
                },
                false => Test {
                    name: TestName::Permutation,
                    p_value: permutation_test(&differences, seed),
                },
            },
            won,
            lost,
            only_before: only(before, &second),
            only_after: only(after, &first),
        })
    }
}

impl Change {
    fn difference(&self) -> f64 {
        self.after - self.before
    }
}

impl fmt::Display for Comparison {
    /// A few lines of text, without the problems' names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |value: f64| 100.0 * value;
        let Estimate {
            value, low, high, ..
        } = self.difference;
        writeln!(
            f,
            "{:.1} % -> {:.1} % on {} problems: {:+.1} points, from {:+.1} to {:+.1} (95 %)",
            percent(self.before),
            percent(self.after),
            self.problems,
            percent(value),
            percent(low),
            percent(high)
        )?;
        let test = match self.test.name {
            TestName::McNemar => "McNemar's exact test",
            TestName::Permutation => "a permutation test",
        };
        let (won, lost) = (self.won.len(), self.lost.len());
        writeln!(
            f,
            "{won} won, {lost} lost, {} as before; p = {:.4} by {test}",
            self.problems - won - lost,
            self.test.p_value
        )?;
        let alone = self.only_before.len() + self.only_after.len();
        match alone {
            0 => Ok(()),
            _ => writeln!(
                f,
                "{alone} problems are in one of the evaluations alone, and do not count"
            ),
        }
    }
}
