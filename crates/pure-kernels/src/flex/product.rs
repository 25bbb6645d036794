//! A product of matrices: of small ones on the thread that asks for it, for bodies that share out the work themselves.
//! The `gemm` crate is what Burn's flex backend computes with; through it no product is a tensor, and parts of
//! tensors are read where they lie. Products of a few numbers it sums in another order than all others, so those are
//! made here, as it makes the others: a number is one chain over `k`, and has the same bits in a product of any size.

use gemm::Parallelism;
use pulp::{Arch, Simd, WithSimd};

/// Multiplications that are worth more than one thread.
const WORTH_THREADS: usize = 192 * 192 * 192;

/// Numbers in rows and columns, with the distance from one row to the next and from one column to the next.
#[derive(Clone, Copy)]
pub(super) struct Matrix<'a> {
    pub numbers: &'a [f32],
    pub shape: [usize; 2],
    pub strides: [usize; 2],
}

impl<'a> Matrix<'a> {
    /// Rows of `width` numbers one behind the other.
    pub fn dense(numbers: &'a [f32], width: usize) -> Self {
        Self {
            numbers,
            shape: [numbers.len() / width, width],
            strides: [width, 1],
        }
    }

    pub fn transposed(self) -> Self {
        let ([rows, columns], [down, right]) = (self.shape, self.strides);
        Self {
            shape: [columns, rows],
            strides: [right, down],
            ..self
        }
    }

    fn last(&self) -> usize {
        let places = self.shape.iter().zip(self.strides);
        places.map(|(size, stride)| (size - 1) * stride).sum()
    }
}

/// `out = a b`, or `out += a b`, `out` in dense rows.
///
/// # Panics
///
/// If the shapes do not fit.
pub(super) fn product(out: &mut [f32], a: Matrix<'_>, b: Matrix<'_>, adds: bool) {
    product_on(Parallelism::None, out, a, b, adds);
}

/// `out = a b`, shared out among all threads if it is large.
///
/// # Panics
///
/// As [`product`].
pub(super) fn large_product(out: &mut [f32], a: Matrix<'_>, b: Matrix<'_>) {
    let work = out.len().saturating_mul(a.shape[1]);
    let threads = match work {
        0..WORTH_THREADS => Parallelism::None,
        _ => Parallelism::Rayon(0),
    };
    product_on(threads, out, a, b, false);
}

fn product_on(threads: Parallelism, out: &mut [f32], a: Matrix<'_>, b: Matrix<'_>, adds: bool) {
    let ([rows, inner], [outer, columns]) = (a.shape, b.shape);
    assert!(
        inner == outer && out.len() == rows * columns,
        "{} numbers for a product of {:?} and {:?}",
        out.len(),
        a.shape,
        b.shape
    );
    if out.is_empty() || inner == 0 {
        assert!(adds || out.is_empty(), "a product of nothing");
        return;
    }
    assert!(a.last() < a.numbers.len() && b.last() < b.numbers.len());
    if rows * columns <= FEW || rows == 1 || columns == 1 || inner <= 2 {
        return Arch::new().dispatch(Chains { out, a, b, adds });
    }
    let signed = |strides: [usize; 2]| strides.map(|stride| stride as isize);
    let ([a_down, a_right], [b_down, b_right]) = (signed(a.strides), signed(b.strides));
    // SAFETY: the last number of each matrix is within its slice, as was asserted above, so all are; `out` holds
    // `rows * columns` numbers in rows and nobody else has it.
    #[expect(unsafe_code, reason = "the crate knows matrices as pointers")]
    unsafe {
        gemm::gemm(
            rows,
            columns,
            inner,
            out.as_mut_ptr(),
            1,
            columns as isize,
            adds,
            a.numbers.as_ptr(),
            a_right,
            a_down,
            b.numbers.as_ptr(),
            b_right,
            b_down,
            1.0,
            1.0,
            false,
            false,
            false,
            threads,
        );
    }
}

/// Up to so many numbers are made here.
const FEW: usize = 16 * 16;
/// Chains side by side, so that none waits for its last addition.
const SIDE: usize = 8;

struct Chains<'a, 'b> {
    out: &'a mut [f32],
    a: Matrix<'b>,
    b: Matrix<'b>,
    adds: bool,
}

impl WithSimd for Chains<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { out, a, b, adds } = self;
        let ([_, inner], [_, columns]) = (a.shape, b.shape);
        let ([a_down, a_right], [b_down, b_right]) = (a.strides, b.strides);
        for (row, out) in out.chunks_exact_mut(columns).enumerate() {
            let a = &a.numbers[row * a_down..];
            for (some, out) in out.chunks_mut(SIDE).enumerate() {
                let b = &b.numbers[some * SIDE * b_right..];
                let mut sums = [0.0_f32; SIDE];
                for k in 0..inner {
                    let (x, b) = (a[k * a_right], &b[k * b_down..]);
                    for (place, sum) in sums[..out.len()].iter_mut().enumerate() {
                        *sum = x.mul_add(b[place * b_right], *sum);
                    }
                }
                for (out, sum) in out.iter_mut().zip(sums) {
                    *out = if adds { *out + sum } else { sum };
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_the_same_bits_in_products_of_any_size() {
        let numbers: Vec<f32> = (0..40_000).map(|n| (n as f32 * 0.7).sin()).collect();
        for (inner, columns) in [(64, 65), (200, 64), (17, 90), (2, 40)] {
            let all = Matrix::dense(&numbers[..100 * inner], inner);
            let dense = Matrix::dense(&numbers[7..][..inner * columns], columns);
            let across = Matrix::dense(&numbers[7..][..inner * columns], inner).transposed();
            for b in [dense, across] {
                let mut right = vec![0.25; 100 * columns];
                product(&mut right, all, b, true);
                for (first, rows) in [(0, 1), (99, 1), (5, 2), (40, 3), (7, 4), (30, 64)] {
                    let some = Matrix::dense(&numbers[first * inner..][..rows * inner], inner);
                    let mut out = vec![0.25; rows * columns];
                    product(&mut out, some, b, true);
                    let right = &right[first * columns..][..rows * columns];
                    assert!(out == right, "{rows} x {inner} x {columns}");
                }
            }
        }
    }

    #[test]
    fn products_are_what_the_textbook_says_however_the_matrices_lie() {
        let numbers: Vec<f32> = (0..600).map(|n| (n as f32 * 0.7).sin()).collect();
        let at = |m: &Matrix<'_>, row: usize, column: usize| {
            f64::from(m.numbers[row * m.strides[0] + column * m.strides[1]])
        };
        for [rows, inner, columns] in [[1, 1, 1], [3, 7, 5], [17, 9, 16], [16, 20, 1]] {
            let a = Matrix::dense(&numbers[3..][..rows * inner], inner);
            let dense = Matrix::dense(&numbers[..inner * columns], columns);
            let across = Matrix::dense(&numbers[..inner * columns], inner).transposed();
            for b in [dense, across] {
                for adds in [false, true] {
                    let mut out = vec![0.5; rows * columns];
                    product(&mut out, a, b, adds);
                    for (place, &found) in out.iter().enumerate() {
                        let (row, column) = (place / columns, place % columns);
                        let sum: f64 = (0..inner).map(|k| at(&a, row, k) * at(&b, k, column)).sum();
                        let right = sum + if adds { 0.5 } else { 0.0 };
                        assert!((f64::from(found) - right).abs() < 1e-5, "{found}, {right}");
                    }
                }
            }
        }
    }
}
