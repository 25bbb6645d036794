//! Columns that lie one behind the other, brought into rows.

use super::ahead::ask_for;
use super::numbers::{LANES, PANEL};
use super::unit::{Unit, Work, on_fastest};

/// Of up to 32 columns of one length the rows, with zeros behind the last column. Meanwhile `next` is asked for.
///
/// # Panics
///
/// If there is a row for more numbers than a column has, or are more columns.
pub(in super::super) fn turn(columns: &[&[f32]], next: &[f32], rows: &mut [[f32; PANEL]]) {
    on_fastest(Turn {
        columns,
        next,
        rows,
    });
}

struct Turn<'a> {
    columns: &'a [&'a [f32]],
    next: &'a [f32],
    rows: &'a mut [[f32; PANEL]],
}

impl Work for Turn<'_> {
    fn run(self, unit: impl Unit) {
        let Self {
            columns,
            next,
            rows,
        } = self;
        assert!(columns.len() <= PANEL, "{} columns", columns.len());
        let blocks = 2 * rows.len().div_ceil(LANES).max(1);
        let mut next = next.chunks(next.len().div_ceil(blocks).max(1));
        for half in 0..2 {
            let columns = columns.chunks(LANES).nth(half).unwrap_or(&[]);
            for (block, rows) in rows.chunks_mut(LANES).enumerate() {
                ask_for(next.next().unwrap_or(&[]));
                let mut rest;
                let mut those = columns.iter().map(|column| &column[block * LANES..]);
                let square = if columns.len() < LANES || rows.len() < LANES {
                    rest = [[0.0; LANES]; LANES];
                    for (rest, column) in rest.iter_mut().zip(those) {
                        rest[..rows.len()].copy_from_slice(&column[..rows.len()]);
                    }
                    rest.each_ref()
                } else {
                    std::array::from_fn(|_| {
                        let column = those.next().expect("there are sixteen");
                        column.first_chunk().expect("there are sixteen")
                    })
                };
                unit.transpose(square, half, rows);
            }
        }
    }
}
