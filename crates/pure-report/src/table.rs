//! The table as texts, for a terminal and for the page.

use std::fmt;

use crate::arm_summary::ArmSummary;
use crate::median_range::MedianRange;
use crate::metrics_jsonl::AnswersFrom;

/// A column of the table: its name, what it means, and its cell of an arm.
pub(crate) type Column = (&'static str, &'static str, fn(&ArmSummary) -> Cell);

/// A terminal has no room for these.
const ON_PAGE_ONLY: [&str; 2] = ["greedy before", "greedy best"];

/// All columns of the page, in their order.
pub(crate) const COLUMNS: [Column; 13] = [
    (
        "arm",
        "runs of one setting, which differ in their seeds",
        arm,
    ),
    (
        "before",
        "accuracy of sampled answers at the first evaluation",
        |row| percent(row.accuracy.before),
    ),
    (
        "best",
        "the best accuracy of sampled answers at any evaluation",
        |row| percent(row.accuracy.best),
    ),
    (
        "last",
        "accuracy of sampled answers at the last evaluation",
        |row| percent(row.accuracy.last),
    ),
    (
        "greedy before",
        "accuracy of greedily decoded answers at the first evaluation",
        |row| percent(row.greedy_accuracy.before),
    ),
    (
        "greedy best",
        "the best accuracy of greedily decoded answers at any evaluation",
        |row| percent(row.greedy_accuracy.best),
    ),
    (
        "greedy last",
        "accuracy of greedily decoded answers at the last evaluation",
        |row| percent(row.greedy_accuracy.last),
    ),
    (
        "finished",
        "fraction of the answers that were not cut off at the generation limit, at the last evaluation",
        |row| percent(row.finished),
    ),
    (
        "steps",
        "mean number of steps of an answer at the last evaluation",
        |row| number(row.steps, 1),
    ),
    (
        "tokens",
        "mean number of tokens of an answer at the last evaluation",
        |row| number(row.tokens, 1),
    ),
    (
        "process",
        "process reward averaged over answers at the last evaluation; it depends on the form of credit, so compare arms of one form only",
        |row| number(row.process, 2),
    ),
    (
        "collapse",
        "the step from which on accuracy stays below half of the best it had",
        |row| collapses(&row.collapse),
    ),
    ("evaluated at", "the step of the last evaluation", |row| {
        Cell::plain(row.last_step.to_string())
    }),
];

/// What `in training` under an arm means.
pub(crate) const IN_TRAINING: &str = "in training: there was no evaluation on held-out prompts. In its place stand the \
    answers that training sampled, in pools of consecutive iterations with 100 answers or more.";

/// What stands in a cell, and under it: of several seeds how far they lie apart.
pub(crate) struct Cell {
    pub text: String,
    pub note: Option<String>,
}

impl Cell {
    fn plain(text: String) -> Self {
        let note = None;
        Self { text, note }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, note } = self;
        match note {
            Some(note) => write!(f, "{text}, {note}"),
            None => f.write_str(text),
        }
    }
}

/// The table; it displays as aligned lines, two for an arm with something to note: several seeds, or answers of
/// training in place of evaluations.
#[derive(Debug)]
pub struct Table<'a>(pub(crate) &'a [ArmSummary]);

impl Table<'_> {
    /// The cells of every arm.
    pub(crate) fn cells(&self) -> impl Iterator<Item = [Cell; COLUMNS.len()]> + '_ {
        self.0
            .iter()
            .map(|row| COLUMNS.map(|(_, _, cell)| cell(row)))
    }
}

fn arm(row: &ArmSummary) -> Cell {
    let seeds = (row.runs > 1).then(|| format!("{} seeds", row.runs));
    let training = (row.answers_from == AnswersFrom::Training).then(|| "in training".to_owned());
    let notes: Vec<String> = seeds.into_iter().chain(training).collect();
    Cell {
        text: row.arm.clone(),
        note: (!notes.is_empty()).then(|| notes.join(", ")),
    }
}

/// When seeds collapsed: `at 10`, `2 of 3, at 10, 20`, or `–` if none did.
pub(crate) fn collapses(collapses: &[Option<u64>]) -> Cell {
    let steps: Vec<String> = collapses.iter().flatten().map(u64::to_string).collect();
    match (steps.len(), collapses.len()) {
        (0, _) => Cell::plain("–".to_owned()),
        (_, 1) => Cell::plain(format!("at {}", steps[0])),
        (some, all) => Cell {
            text: format!("{some} of {all}"),
            note: Some(format!("at {}", steps.join(", "))),
        },
    }
}

fn percent(share: Option<MedianRange>) -> Cell {
    in_words(share, 100.0, 1, " %")
}

fn number(range: Option<MedianRange>, digits: usize) -> Cell {
    in_words(range, 1.0, digits, "")
}

fn in_words(range: Option<MedianRange>, scale: f64, digits: usize, unit: &str) -> Cell {
    let Some(range) = range else {
        return Cell::plain("–".to_owned());
    };
    let [median, lowest, highest] =
        [range.median, range.lowest, range.highest].map(|value| scale * value);
    Cell {
        text: format!("{median:.digits$}{unit}"),
        note: (lowest != highest).then(|| format!("{lowest:.digits$} … {highest:.digits$}")),
    }
}

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = || {
            let columns = COLUMNS.iter().enumerate();
            columns.filter(|(_, (name, ..))| !ON_PAGE_ONLY.contains(name))
        };
        let mut lines: Vec<Vec<String>> =
            vec![shown().map(|(_, (name, ..))| (*name).to_owned()).collect()];
        for cells in self.cells() {
            lines.push(shown().map(|(at, _)| cells[at].text.clone()).collect());
            if cells.iter().any(|cell| cell.note.is_some()) {
                let note = |at: usize| cells[at].note.clone().unwrap_or_default();
                lines.push(shown().map(|(at, _)| note(at)).collect());
            }
        }
        let width = |column: usize| {
            let lengths = lines.iter().map(|line| line[column].chars().count());
            lengths.max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
        for line in &lines {
            write!(f, "{:<width$}", line[0], width = widths[0])?;
            for (cell, width) in line.iter().zip(&widths).skip(1) {
                write!(f, "  {cell:>width$}")?;
            }
            writeln!(f)?;
        }
        if self
            .0
            .iter()
            .any(|row| row.answers_from == AnswersFrom::Training)
        {
            writeln!(f, "\n{}", IN_TRAINING.replace(". ", ".\n"))?;
        }
        Ok(())
    }
}
