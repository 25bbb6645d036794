//! The table as texts, for a terminal and for the page.

use std::fmt;

use crate::rows::ArmRow;
use crate::spread::Spread;

/// A column of the table.
pub(crate) struct Column {
    pub name: &'static str,
    pub meaning: &'static str,
    cell: fn(&ArmRow) -> Cell,
    /// A terminal has no room for all of them.
    is_on_page_only: bool,
}

const fn column(name: &'static str, meaning: &'static str, cell: fn(&ArmRow) -> Cell) -> Column {
    Column {
        name,
        meaning,
        cell,
        is_on_page_only: false,
    }
}

const fn on_page(name: &'static str, meaning: &'static str, cell: fn(&ArmRow) -> Cell) -> Column {
    Column {
        is_on_page_only: true,
        ..column(name, meaning, cell)
    }
}

/// All columns of the page, in their order.
pub(crate) const COLUMNS: [Column; 13] = [
    column("arm", "the runs of one setting", arm),
    column(
        "before",
        "accuracy of sampled answers at the first evaluation",
        |row| percent(row.accuracy.before),
    ),
    column(
        "best",
        "the best accuracy of sampled answers at any evaluation",
        |row| percent(row.accuracy.best),
    ),
    column(
        "last",
        "accuracy of sampled answers at the last evaluation",
        |row| percent(row.accuracy.last),
    ),
    on_page(
        "greedy before",
        "accuracy of the likeliest answers at the first evaluation",
        |row| percent(row.greedy_accuracy.before),
    ),
    on_page(
        "greedy best",
        "the best accuracy of the likeliest answers at any evaluation",
        |row| percent(row.greedy_accuracy.best),
    ),
    column(
        "greedy last",
        "accuracy of the likeliest answers at the last evaluation",
        |row| percent(row.greedy_accuracy.last),
    ),
    column(
        "finished",
        "share of answers that the limit on their length did not cut, at the last evaluation",
        |row| percent(row.finished),
    ),
    column(
        "steps",
        "mean number of steps of an answer at the last evaluation",
        |row| number(row.steps, 1),
    ),
    column(
        "tokens",
        "mean number of tokens of an answer at the last evaluation",
        |row| number(row.tokens, 1),
    ),
    column(
        "process",
        "mean over answers of what credit pays for their steps, at the last evaluation; compare it between arms of one form of credit only",
        |row| number(row.process, 2),
    ),
    column(
        "collapse",
        "the step from which on accuracy stays below half of the best it had",
        |row| collapses(&row.collapse),
    ),
    column("evaluated at", "the step of the last evaluation", |row| {
        Cell::plain(row.last_step.to_string())
    }),
];

/// What stands in a cell, and what is to be known about several seeds.
pub(crate) struct Cell {
    pub text: String,
    pub of_seeds: Option<String>,
}

impl Cell {
    fn plain(text: String) -> Self {
        let of_seeds = None;
        Self { text, of_seeds }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, of_seeds } = self;
        match of_seeds {
            Some(of_seeds) => write!(f, "{text}, {of_seeds}"),
            None => f.write_str(text),
        }
    }
}

/// The table; it displays as aligned lines, two an arm of several seeds.
#[derive(Debug)]
pub struct Table<'a>(pub(crate) &'a [ArmRow]);

impl Table<'_> {
    /// The cells of every arm.
    pub(crate) fn cells(&self) -> impl Iterator<Item = [Cell; COLUMNS.len()]> + '_ {
        self.0
            .iter()
            .map(|row| COLUMNS.map(|column| (column.cell)(row)))
    }
}

fn arm(row: &ArmRow) -> Cell {
    Cell {
        text: row.arm.clone(),
        of_seeds: (row.runs > 1).then(|| format!("{} seeds", row.runs)),
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
            of_seeds: Some(format!("at {}", steps.join(", "))),
        },
    }
}

fn percent(spread: Option<Spread>) -> Cell {
    let hundred = |value: f64| 100.0 * value;
    let spread = spread.map(|spread| Spread {
        median: hundred(spread.median),
        lowest: hundred(spread.lowest),
        highest: hundred(spread.highest),
    });
    in_words(spread, 1, " %")
}

fn number(spread: Option<Spread>, digits: usize) -> Cell {
    in_words(spread, digits, "")
}

fn in_words(spread: Option<Spread>, digits: usize, unit: &str) -> Cell {
    let Some(Spread {
        median,
        lowest,
        highest,
    }) = spread
    else {
        return Cell::plain("–".to_owned());
    };
    Cell {
        text: format!("{median:.digits$}{unit}"),
        of_seeds: (lowest != highest).then(|| format!("{lowest:.digits$} … {highest:.digits$}")),
    }
}

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = || {
            let columns = COLUMNS.iter().enumerate();
            columns.filter(|(_, column)| !column.is_on_page_only)
        };
        let mut lines: Vec<Vec<String>> =
            vec![shown().map(|(_, column)| column.name.to_owned()).collect()];
        for cells in self.cells() {
            lines.push(shown().map(|(at, _)| cells[at].text.clone()).collect());
            if cells.iter().any(|cell| cell.of_seeds.is_some()) {
                let of_seeds = |at: usize| cells[at].of_seeds.clone().unwrap_or_default();
                lines.push(shown().map(|(at, _)| of_seeds(at)).collect());
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
        Ok(())
    }
}
