//! `y = x w` in f32 of few rows, as in a step of generation: what takes time is to read `w`, so it is read once, where
//! it lies. (The `gemm` crate, which is what many rows are for, copies it first.)
//!
//! A tile of sums stays in registers: of up to twelve rows, over as many columns as there are registers for. Threads
//! share out the columns. Sums are made in the order of the `gemm` crate, chains over blocks of `k`, so a row has the
//! same bits among few rows and among many.

mod left;
mod room;
mod task;

use pulp::Arch;
use rayon::prelude::*;

use self::left::Left;
use self::task::{STEP, Task};
use super::bf16::{TASKS, WORTH_THREADS, ranges};

/// With more rows, copying the matrix first is worth it.
pub(super) const MOST: usize = 256;

/// The matrix of a product.
#[derive(Clone, Copy)]
pub(super) struct Right<'a> {
    /// From the first on: row by row, or if it is turned column by column.
    pub numbers: &'a [f32],
    /// `k`, and columns.
    pub shape: [usize; 2],
    /// From one row, or column, to the next.
    pub stride: usize,
    pub turned: bool,
}

/// `out = x w` of `rows` rows, for each of some matrices.
///
/// # Panics
///
/// If the lengths do not fit.
pub(super) fn products(rows: usize, x: &[f32], all: &mut [(Right<'_>, &mut [f32])]) {
    let inner = x.len() / rows.max(1);
    let size = |right: &Right<'_>| right.shape[0] * right.shape[1];
    let numbers: usize = all.iter().map(|(right, _)| size(right)).sum();
    let threads = match numbers {
        0..WORTH_THREADS => 1,
        _ => rayon::current_num_threads(),
    };
    let mut tasks = Vec::new();
    for (right, out) in all {
        let [depth, width] = right.shape;
        assert_eq!(depth, inner, "a row of weights for each number");
        assert_eq!(out.len(), rows * width, "numbers for {:?}", [rows, width]);
        if out.is_empty() || inner == 0 {
            out.fill(0.0);
            continue;
        }
        let share = (threads * TASKS * size(right)).div_ceil(numbers);
        let columns = width.div_ceil(share).next_multiple_of(STEP);
        let ranges = ranges(out, width, columns);
        tasks.extend(ranges.into_iter().map(|range| (*right, range)));
    }
    if tasks.is_empty() {
        return;
    }
    let left = Left::new(rows, x);
    let task = |(right, (first, out))| {
        Arch::new().dispatch(Task {
            left: &left,
            right,
            first,
            out,
        });
    };
    match threads {
        1 => tasks.into_iter().for_each(task),
        _ => tasks.into_par_iter().for_each(task),
    }
}

#[cfg(test)]
mod tests {
    use super::super::product::{Matrix, product};
    use super::*;

    fn numbers(count: usize) -> Vec<f32> {
        (0..count).map(|n| (n as f32 * 0.7).sin()).collect()
    }

    #[test]
    fn few_rows_have_the_bits_that_they_have_among_many() {
        for [inner, width] in [
            [64, 96],
            [576, 200],
            [1536, 70],
            [700, 33],
            [20, 31],
            [1, 5],
        ] {
            let (x, w) = (numbers(80 * inner), numbers(inner * width));
            for turned in [false, true] {
                let straight = Matrix::dense(&w, if turned { inner } else { width });
                let matrix = if turned {
                    straight.transposed()
                } else {
                    straight
                };
                let mut many = vec![0.0; 80 * width];
                product(&mut many, Matrix::dense(&x, inner), matrix, false);
                for rows in (1..=13).chain([25, 64]) {
                    let mut out = [0; 2].map(|_| vec![f32::NAN; rows * width]);
                    let right = Right {
                        numbers: &w,
                        shape: [inner, width],
                        stride: if turned { inner } else { width },
                        turned,
                    };
                    let [one, other] = &mut out;
                    products(
                        rows,
                        &x[..rows * inner],
                        &mut [(right, one), (right, other)],
                    );
                    for out in out {
                        assert!(
                            out == many[..rows * width],
                            "{rows} x {inner} x {width}, {turned}"
                        );
                    }
                }
            }
        }
    }
}
