//! What the tests share: numbers from a seed, shapes, units, and what a product must be.

mod right;
mod same_bits;

use half::bf16;

use super::unit::{Plain, Work};

/// Numbers from a seed: mostly between -1 and 1, some large and some small.
pub(super) struct Numbers(pub u64);

impl Numbers {
    fn bits(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.bits() % end as u64) as usize
    }

    pub fn some(&mut self, count: usize) -> Vec<f32> {
        let mut one = || {
            let x = (self.below(2_000_001) as f32 - 1e6) / 1e6;
            x * [1.0, 1.0, 1.0, 1e-3, 100.0][self.below(5)]
        };
        (0..count).map(|_| one()).collect()
    }
}

const UNITS: [&str; 3] = ["plain", "fused", "dot"];

/// Does it with a unit; says no where the processor lacks it.
fn on(unit: &str, work: impl Work) -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        use super::gate::{Dot, Fused};
        match unit {
            "fused" => return Fused::detect().map(|unit| work.run(unit)).is_some(),
            "dot" => return Dot::detect().map(|unit| work.run(unit)).is_some(),
            _ => {}
        }
    }
    if unit == "plain" {
        work.run(Plain);
    }
    unit == "plain"
}

fn rounded(x: f32) -> f64 {
    f64::from(bf16::from_f32(x))
}

/// Rows, columns, and the numbers row by row.
type Matrix<'a> = (usize, usize, &'a dyn Fn(usize, usize) -> f32);

/// Whether each number is right to what `k` sums in f32 may be off by.
fn assert_product(found: &[f32], (rows, inner, a): Matrix, (_, columns, b): Matrix) {
    assert_eq!(found.len(), rows * columns);
    for (place, &found) in found.iter().enumerate() {
        let (row, column) = (place / columns, place % columns);
        let terms = (0..inner).map(|k| rounded(a(row, k)) * rounded(b(k, column)));
        let right = terms.clone().sum::<f64>();
        let size = terms.map(f64::abs).sum::<f64>();
        let bound = (inner + 1) as f64 * size * 2f64.powi(-24);
        let off = (f64::from(found) - right).abs();
        assert!(
            off <= bound,
            "[{row}, {column}]: {found} is not {right}, by {off:e}"
        );
    }
}

/// Shapes at the borders of pairs, tiles, panels, squares, blocks and groups, and some at random.
fn shapes() -> Vec<[usize; 3]> {
    let mut shapes = vec![
        [1, 1, 1],
        [1, 2, 32],
        [2, 3, 33],
        [3, 31, 31],
        [8, 33, 64],
        [12, 32, 65],
        [13, 63, 97],
        [11, 257, 40],
        [25, 256, 31],
        [64, 300, 130],
        [250, 70, 45],
        [241, 513, 33],
        [7, 1000, 1],
        [1, 1, 1000],
        [500, 1, 3],
    ];
    let mut numbers = Numbers(7);
    let mut within = |end| 1 + numbers.below(end);
    shapes.extend((0..20).map(|_| [within(80), within(300), within(150)]));
    shapes
}
