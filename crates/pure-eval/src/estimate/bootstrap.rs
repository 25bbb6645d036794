//! Percentiles of means over problems that are drawn again.

use pure_task::chain::Dice;

/// How often problems are drawn again.
const RESAMPLES: usize = 4_000;

/// The ends of the interval of 95 % for the mean of one value at least: see
/// [`Estimate::of_mean`](super::Estimate::of_mean).
pub(crate) fn bootstrap(values: &[f64], seed: u64) -> (f64, f64) {
    let count = u32::try_from(values.len()).expect("there are not so many problems");
    let mut dice = Dice::new(seed, "bootstrap over problems");
    let mut again = || {
        let drawn = (0..count).map(|_| values[dice.below(count) as usize]);
        drawn.sum::<f64>() / f64::from(count)
    };
    let mut means: Vec<f64> = (0..RESAMPLES).map(|_| again()).collect();
    means.sort_unstable_by(f64::total_cmp);
    (quantile(&means, 0.025), quantile(&means, 0.975))
}

/// Linear between the two of an ordered list that it lies between.
fn quantile(ordered: &[f64], at: f64) -> f64 {
    let place = at * (ordered.len() - 1) as f64;
    let below = ordered[place as usize];
    let above = ordered[place.ceil() as usize];
    below + (above - below) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_their_neighbours() {
        assert_eq!(quantile(&[1.0, 2.0, 4.0], 0.0), 1.0);
        assert_eq!(quantile(&[1.0, 2.0, 4.0], 0.75), 3.0);
        assert_eq!(quantile(&[1.0, 2.0, 4.0], 1.0), 4.0);
        assert_eq!(quantile(&[7.0], 0.975), 7.0);
    }

    #[test]
    fn it_is_as_wide_as_the_normal_approximation_where_that_holds() {
        let values: Vec<f64> = (0..400).map(|i| f64::from(i % 4) / 3.0).collect();
        let (low, high) = bootstrap(&values, 0);
        // Variance of 0, 1/3, 2/3, 1: 5/36.
        let half = 1.96 * (5.0_f64 / 36.0 / 400.0).sqrt();
        assert!((low - (0.5 - half)).abs() < 0.003, "{low}");
        assert!((high - (0.5 + half)).abs() < 0.003, "{high}");
    }

    #[test]
    fn a_seed_decides_it_and_one_problem_says_nothing_of_others() {
        let values = [0.0, 0.25, 1.0, 0.5, 0.75];
        assert_eq!(bootstrap(&values, 1), bootstrap(&values, 1));
        assert_eq!(bootstrap(&[0.5], 1), (0.5, 0.5));
    }
}
