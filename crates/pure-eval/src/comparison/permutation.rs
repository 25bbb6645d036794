//! A permutation test on the signs of paired differences.
//!
//! ```text
//! p = share of the signs e in {-1, 1}^m with |sum e_i d_i| >= |sum d_i|
//! ```
//!
//! `d_i` the `m` differences that are not 0. If both are equally good each is as likely the other way round (Fisher, 1935;
//! Good, "Permutation, Parametric, and Bootstrap Tests of Hypotheses"). Up to 13 differences all signs are
//! tried; for more, 10,000 are drawn by the dice for `"signs of differences"`, and `p = (1 + hits) / (1 + draws)`, which
//! is never 0 (Phipson and Smyth, 2010). Of differences that are all alike it is [`mcnemar`](super::mcnemar).

use pure_task::chain::Dice;

/// How many signs are drawn.
const DRAWS: u32 = 10_000;
/// With so many differences there are fewer signs than are drawn.
const FEW: usize = 13;

/// The chance that differences with random signs add up to as much, in either direction.
pub fn permutation_test(differences: &[f64], seed: u64) -> f64 {
    let differing: Vec<f64> = differences.iter().copied().filter(|&d| d != 0.0).collect();
    let size: f64 = differing.iter().map(|d| d.abs()).sum();
    // What is as large but for rounding is as large.
    let least = differing.iter().sum::<f64>().abs() - 1e-12 * size;
    let is_hit = |is_plus: &mut dyn FnMut() -> bool| {
        let signed = differing.iter().map(|d| if is_plus() { *d } else { -d });
        signed.sum::<f64>().abs() >= least
    };
    if differing.len() <= FEW {
        let all = 1_u32 << differing.len();
        let hits = (0..all).filter(|signs| {
            let mut left = *signs;
            is_hit(&mut || {
                let is_plus = left % 2 == 1;
                left /= 2;
                is_plus
            })
        });
        return hits.count() as f64 / f64::from(all);
    }
    let mut dice = Dice::new(seed, "signs of differences");
    let hits = (0..DRAWS).filter(|_| is_hit(&mut || dice.below(2) == 1));
    (1 + hits.count()) as f64 / f64::from(1 + DRAWS)
}

#[cfg(test)]
mod tests {
    use super::super::mcnemar;
    use super::*;

    #[test]
    fn few_differences_are_all_tried() {
        // Of the eight signs of 1, 2, 3 two add up to 6 or -6; of 1, 2, -3, which is 0, all do as much.
        assert_eq!(permutation_test(&[1.0, 0.0, 2.0, 3.0], 0), 0.25);
        assert_eq!(permutation_test(&[1.0, 2.0, -3.0], 0), 1.0);
        assert_eq!(permutation_test(&[0.0, 0.0], 0), 1.0);
        assert_eq!(permutation_test(&[], 0), 1.0);
    }

    #[test]
    fn of_differences_that_are_alike_it_is_mcnemars() {
        for (won, lost) in [(0, 3), (4, 1), (7, 6), (13, 0)] {
            let differences = [vec![0.25; won], vec![-0.25; lost], vec![0.0; 5]].concat();
            let found = permutation_test(&differences, 0);
            assert!((found - mcnemar(won, lost)).abs() < 1e-15);
        }
        // Drawn, within four standard errors.
        let differences = [vec![1.0; 20], vec![-1.0; 10]].concat();
        let exact = mcnemar(20, 10);
        let found = permutation_test(&differences, 3);
        let error = (exact * (1.0 - exact) / f64::from(DRAWS)).sqrt();
        assert!((found - exact).abs() < 4.0 * error, "{found}, {exact}");
    }

    #[test]
    fn it_is_never_nothing() {
        assert_eq!(permutation_test(&[1.0; 40], 0), 1.0 / 10_001.0);
    }
}
