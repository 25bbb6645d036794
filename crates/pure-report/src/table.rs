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
    let hundred = |value: f64| 100.0 * value;
    let spread = spread.map(|spread| Spread {
        median: hundred(spread.median),
        lowest: hundred(spread.lowest),
        highest: hundred(spread.highest),
    });
    in_words(spread, 1, " %")
}

fn number(spread: Option<Spread>, digits: usize) -> String {
    in_words(spread, digits, "")
}

fn in_words(spread: Option<Spread>, digits: usize, unit: &str) -> String {
    let Some(Spread {
        median,
        lowest,
        highest,
    }) = spread
    else {
        return "–".to_owned();
    };
    let middle = format!("{median:.digits$}{unit}");
    if lowest == highest {
        return middle;
    }
    format!("{middle} ({lowest:.digits$} to {highest:.digits$})")
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
