//! Rows of text as columns for a terminal.

use std::ops::Range;

/// Aligns the columns of `rows`, two spaces apart.
pub fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let widths: [usize; N] = std::array::from_fn(|column| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or(0)
    });
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths);
        let cells = cells.map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

/// A table of which some columns hold numbers, aligned at their ends.
pub fn numbers_in<const N: usize>(columns: Range<usize>, mut rows: Vec<[String; N]>) -> String {
    for column in columns {
        let lengths = rows.iter().map(|row| row[column].chars().count());
        let width = lengths.max().unwrap_or(0);
        for row in &mut rows {
            row[column] = format!("{:>width$}", row[column]);
        }
    }
    table(&rows)
}
