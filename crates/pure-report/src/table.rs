//! The table as texts, for a terminal and for the page.

use std::fmt;

use crate::rows::ArmRow;
use crate::spread::Spread;

/// Names of the columns, and what they mean.
pub(crate) const COLUMNS: [(&str, &str); 13] = [
    ("arm", "the runs of one setting"),
    (
        "before",
        "accuracy of sampled answers at the first evaluation",
    ),
    (
        "best",
        "the best accuracy of sampled answers at any evaluation",
    ),
    ("last", "accuracy of sampled answers at the last evaluation"),
    (
        "greedy before",
        "accuracy of the likeliest answers at the first evaluation",
    ),
    (
        "greedy best",
        "the best accuracy of the likeliest answers at any evaluation",
    ),
    (
        "greedy last",
        "accuracy of the likeliest answers at the last evaluation",
    ),
    (
        "finished",
        "share of answers that the limit on their length did not cut, at the last evaluation",
    ),
    (
        "steps",
        "mean number of steps of an answer at the last evaluation",
    ),
    (
        "tokens",
        "mean number of tokens of an answer at the last evaluation",
    ),
    (
        "process",
        "mean over answers of what credit pays for their steps, at the last evaluation; compare it between arms of one form of credit only",
    ),
    (
        "collapse",
        "the step from which on accuracy stays below half of the best it had",
    ),
    ("evaluated at", "the step of the last evaluation"),
];

/// The table; it displays as aligned lines.
#[derive(Debug)]
pub struct Table<'a>(pub(crate) &'a [ArmRow]);

impl Table<'_> {
    /// The cells of every arm.
    pub(crate) fn cells(&self) -> impl Iterator<Item = [String; COLUMNS.len()]> + '_ {
        self.0.iter().map(cells)
    }
}

fn cells(row: &ArmRow) -> [String; COLUMNS.len()] {
    let arm = match row.runs {
        1 => row.arm.clone(),
        runs => format!("{} ({runs} seeds)", row.arm),
    };
    let (sampled, greedy) = (&row.accuracy, &row.greedy_accuracy);
    [
        arm,
        percent(sampled.before),
        percent(sampled.best),
        percent(sampled.last),
        percent(greedy.before),
        percent(greedy.best),
        percent(greedy.last),
        percent(row.finished),
        number(row.steps, 1),
        number(row.tokens, 1),
        number(row.process, 3),
        collapses(&row.collapse),
        row.last_step.to_string(),
    ]
}

/// When seeds collapsed: `at 10`, `2 of 3, at 10, 20`, or `–` if none did.
pub(crate) fn collapses(collapses: &[Option<u64>]) -> String {
    let steps: Vec<String> = collapses.iter().flatten().map(u64::to_string).collect();
    match (steps.len(), collapses.len()) {
        (0, _) => "–".to_owned(),
        (_, 1) => format!("at {}", steps[0]),
        (some, all) => format!("{some} of {all}, at {}", steps.join(", ")),
    }
}

fn percent(spread: Option<Spread>) -> String {
    in_words(spread, |share| format!("{:.1} %", 100.0 * share))
}

fn number(spread: Option<Spread>, digits: usize) -> String {
    in_words(spread, |number| format!("{number:.digits$}"))
}

fn in_words(spread: Option<Spread>, say: impl Fn(f64) -> String) -> String {
    match spread {
        None => "–".to_owned(),
        Some(spread) if spread.lowest == spread.highest => say(spread.median),
        Some(spread) => {
            let [median, lowest, highest] = [spread.median, spread.lowest, spread.highest].map(say);
            format!("{median} ({lowest} to {highest})")
        }
    }
}

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = COLUMNS.map(|(name, _)| name.to_owned());
        let rows: Vec<_> = std::iter::once(head).chain(self.cells()).collect();
        let width = |column: usize| {
            let lengths = rows.iter().map(|row| row[column].chars().count());
            lengths.max().unwrap_or(0)
        };
        let widths: [usize; COLUMNS.len()] = std::array::from_fn(width);
        for row in &rows {
            let [arm, numbers @ ..] = row;
            write!(f, "{arm:<width$}", width = widths[0])?;
            for (number, width) in numbers.iter().zip(&widths[1..]) {
                write!(f, "  {number:>width$}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
