//! The right operand of a product, a matrix of `k` rows and `n` columns, in bf16: half the memory of f32.
//!
//! Columns are cut into panels of 32, and a panel has its lines one behind the other: line `p` holds rows `2 p` and
//! `2 p + 1`, a pair for each column. So a product reads it from the first byte to the last. The same panels serve
//! the transposed matrix: there lines are made of squares of 16 rows and 32 columns, turned while they are read. (To
//! turn a number costs about as much as to multiply it by eight others; the backward pass has hundreds of rows.)

use std::ops::Range;

use rayon::prelude::*;

use super::ahead::{ask_for, ask_for_rows};
use super::numbers::{LANES, Line, PANEL, Square};
use super::unit::{Unit, Work, on_fastest};

/// Panels that one thread packs.
const SOME: usize = 8;

/// A matrix in bf16, in the order in which products read it.
pub(in super::super) struct Packed {
    /// Panel by panel; whole squares, zeros behind the last row and the last column.
    pub(super) lines: Vec<Line>,
    shape: [usize; 2],
}

/// How the numbers of a matrix lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Order {
    /// Row by row.
    Rows,
    /// Column by column, as a table of embeddings that is a head as well: a word's numbers are a column of the head.
    Columns,
}

impl Packed {
    /// Packs a matrix of `shape`, rows and columns.
    ///
    /// # Panics
    ///
    /// If there are not as many numbers as the shape says.
    pub fn new(numbers: &[f32], shape: [usize; 2], order: Order) -> Self {
        let [_, columns] = shape;
        let lines = height(shape) * columns.div_ceil(PANEL);
        let mut packed = Self {
            lines: vec![Line::default(); lines],
            shape,
        };
        on_fastest(Fill {
            packed: &mut packed,
            numbers,
            order,
        });
        packed
    }

    /// All of it, as products read it.
    pub fn all(&self) -> Panels<'_> {
        self.columns(0..self.shape[1])
    }

    /// Some columns, from a panel's first one on.
    ///
    /// # Panics
    ///
    /// If they do not begin with a panel, or are not all there.
    pub fn columns(&self, columns: Range<usize>) -> Panels<'_> {
        assert!(
            columns.start.is_multiple_of(PANEL) && columns.end <= self.shape[1],
            "columns {columns:?} of {:?}",
            self.shape
        );
        let height = height(self.shape);
        let panels = columns.start / PANEL..columns.end.div_ceil(PANEL);
        Panels {
            lines: &self.lines[panels.start * height..panels.end * height],
            shape: [self.shape[0], columns.len()],
        }
    }
}

/// Lines of a panel, those of zeros at its end included.
fn height([rows, _]: [usize; 2]) -> usize {
    rows.div_ceil(2 * LANES) * LANES
}

/// Panels of a packed matrix one behind the other.
#[derive(Clone, Copy)]
pub(in super::super) struct Panels<'a> {
    lines: &'a [Line],
    shape: [usize; 2],
}

impl<'a> Panels<'a> {
    /// Rows and columns.
    pub(super) fn shape(self) -> [usize; 2] {
        self.shape
    }

    /// Some lines of a panel.
    pub(super) fn lines(self, panel: usize, lines: Range<usize>) -> &'a [Line] {
        &self.lines[panel * height(self.shape)..][lines]
    }

    /// Some lines of a panel of the transposed matrix; `pairs` begins at a multiple of 16.
    pub(super) fn turned(
        self,
        unit: impl Unit,
        panel: usize,
        pairs: Range<usize>,
        room: &mut [Line],
    ) -> &[Line] {
        let room = &mut room[..pairs.len()];
        // The 32 columns of one of this matrix's panels are 16 pairs of the transposed one.
        for (panel_here, out) in (pairs.start / LANES..).zip(room.chunks_mut(LANES)) {
            let lines = self.lines(panel_here, panel * LANES..(panel + 1) * LANES);
            if (panel_here + 1) * LANES < pairs.end {
                ask_for(self.lines(panel_here + 1, panel * LANES..(panel + 1) * LANES));
            }
            for (half, out) in out.chunks_mut(LANES / 2).enumerate() {
                unit.turn(lines, half, out);
            }
        }
        room
    }
}

pub(super) struct Fill<'a> {
    pub packed: &'a mut Packed,
    pub numbers: &'a [f32],
    pub order: Order,
}

impl Work for Fill<'_> {
    fn run(self, unit: impl Unit) {
        let Self {
            packed,
            numbers,
            order,
        } = self;
        let ([rows, columns], height) = (packed.shape, height(packed.shape));
        assert_eq!(
            numbers.len(),
            rows * columns,
            "numbers of a matrix of {:?}",
            packed.shape
        );
        if numbers.is_empty() {
            return;
        }
        packed
            .lines
            .par_chunks_mut(SOME * height)
            .enumerate()
            .for_each(|(some, lines)| {
                let first = some * SOME * PANEL;
                match order {
                    Order::Rows => pair_rows(unit, numbers, columns, first, lines, height),
                    Order::Columns => {
                        for (panel, lines) in lines.chunks_mut(height).enumerate() {
                            pair_columns(unit, numbers, rows, first + panel * PANEL, lines);
                        }
                    }
                }
            });
    }
}

/// Some panels, from a column on, of a matrix that lies in rows of `width` numbers: of each row what is in them all,
/// for memory is read best in long pieces.
fn pair_rows(
    unit: impl Unit,
    numbers: &[f32],
    width: usize,
    first: usize,
    lines: &mut [Line],
    height: usize,
) {
    let zeros = [0.0; PANEL];
    let last = width.min(first + lines.len() / height * PANEL);
    for (place, two) in numbers.chunks(2 * width).enumerate() {
        let (top, bottom) = two.split_at(width);
        ask_for_rows(numbers, width, place, first..last);
        for (panel, column) in (first..last).step_by(PANEL).enumerate() {
            let columns = column..last.min(column + PANEL);
            let Line(line) = &mut lines[panel * height + place];
            let pairs = &mut line[..columns.len()];
            let bottom = if bottom.is_empty() {
                &zeros
            } else {
                &bottom[columns.clone()]
            };
            unit.pair_rows(&top[columns], bottom, pairs);
        }
    }
}

/// A panel, from a column on, of a matrix that lies in columns of `height` numbers.
fn pair_columns(unit: impl Unit, numbers: &[f32], height: usize, first: usize, lines: &mut [Line]) {
    let mut square = Square::ZERO;
    let columns: Vec<&[f32]> = numbers.chunks(height).skip(first).take(PANEL).collect();
    for (half, columns) in columns.chunks(LANES).enumerate() {
        for (block, lines) in lines.chunks_mut(LANES).enumerate() {
            unit.pair_neighbours(columns, block * PANEL, &mut square);
            for (Line(line), pairs) in lines.iter_mut().zip(&square.0) {
                line[half * LANES..][..LANES].copy_from_slice(pairs);
            }
        }
    }
}
