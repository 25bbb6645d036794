//! The table as texts, for a terminal and for the page.

use std::fmt;

use crate::median_range::MedianRange;

/// A column of a table: its name, what it means, and its cell of an arm.
pub(crate) type Column<T> = (&'static str, &'static str, fn(&T) -> Cell);

/// A table with a row an arm; it displays as aligned lines, two for an arm with something to note: several seeds, or
/// answers of training in place of evaluations.
#[derive(Debug)]
pub struct Table {
    columns: Vec<Head>,
    rows: Vec<Vec<Cell>>,
    note: Option<&'static str>,
}

/// What stands above a column.
#[derive(Debug)]
pub(crate) struct Head {
    pub name: &'static str,
    pub meaning: &'static str,
    on_page_only: bool,
}

/// What stands in a cell, and under it: of several seeds how far they lie apart.
#[derive(Debug)]
pub(crate) struct Cell {
    pub text: String,
    pub note: Option<String>,
}

impl Table {
    /// The cells of every arm under some columns.
    pub(crate) fn of<T>(columns: &[Column<T>], on_page_only: &[&str], arms: &[T]) -> Self {
        let head = |&(name, meaning, _): &Column<T>| Head {
            name,
            meaning,
            on_page_only: on_page_only.contains(&name),
        };
        let row = |arm: &T| columns.iter().map(|(_, _, cell)| cell(arm)).collect();
        Self {
            columns: columns.iter().map(head).collect(),
            rows: arms.iter().map(row).collect(),
            note: None,
        }
    }

    /// The same with a paragraph under it.
    pub(crate) fn with_note(self, note: &'static str) -> Self {
        let note = Some(note);
        Self { note, ..self }
    }

    /// What stands above the columns of the page.
    pub(crate) fn columns(&self) -> &[Head] {
        &self.columns
    }

    /// The cells under them.
    pub(crate) fn rows(&self) -> &[Vec<Cell>] {
        &self.rows
    }

    /// What there is to say of all of it.
    pub(crate) fn note(&self) -> Option<&'static str> {
        self.note
    }
}

impl Cell {
    pub(crate) fn plain(text: String) -> Self {
        let note = None;
        Self { text, note }
    }

    pub(crate) fn nothing() -> Self {
        Self::plain("–".to_owned())
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

/// A fraction in per cent.
pub(crate) fn percent(share: Option<MedianRange>) -> Cell {
    in_words(share, 100.0, 1, " %")
}

/// A number with so many digits behind the point.
pub(crate) fn number(range: Option<MedianRange>, digits: usize) -> Cell {
    in_words(range, 1.0, digits, "")
}

fn in_words(range: Option<MedianRange>, scale: f64, digits: usize, unit: &str) -> Cell {
    let Some(range) = range else {
        return Cell::nothing();
    };
    let [median, lowest, highest] =
        [range.median, range.lowest, range.highest].map(|value| scale * value);
    Cell {
        text: format!("{median:.digits$}{unit}"),
        note: (lowest != highest).then(|| format!("{lowest:.digits$} … {highest:.digits$}")),
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.columns.iter().enumerate();
        let shown: Vec<usize> = columns
            .filter(|(_, head)| !head.on_page_only)
            .map(|(at, _)| at)
            .collect();
        let line = |text: &dyn Fn(usize) -> String| shown.iter().map(|&at| text(at)).collect();
        let mut lines: Vec<Vec<String>> = vec![line(&|at| self.columns[at].name.to_owned())];
        for cells in &self.rows {
            lines.push(line(&|at| cells[at].text.clone()));
            if cells.iter().any(|cell| cell.note.is_some()) {
                lines.push(line(&|at| cells[at].note.clone().unwrap_or_default()));
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
        match self.note {
            Some(note) => writeln!(f, "\n{}", note.replace(". ", ".\n")),
            None => Ok(()),
        }
    }
}
