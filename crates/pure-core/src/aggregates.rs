//! One number for a whole answer from the rewards of its steps.
//!
//! With `r_1 … r_n` the rewards of the steps, `P_t = (1 + r_t) / 2` the probability that step `t` is
//! good, and `T = 0.1`:
//!
//! | name | number | range |
//! | --- | --- | --- |
//! | `min` | `min_t r_t`: the answer is as good as its worst step | -1 to 1 |
//! | `soft_min` | `sum_t w_t r_t`, `w = softmax(-r / T)`: what [`SoftMin`] pays in all | -1 to 1 |
//! | `mean` | `sum_t r_t / n` | -1 to 1 |
//! | `product` | `prod_t P_t`: all steps are good, were they independent; longer answers lose | 0 to 1 |
//! | `last` | `r_n`: a last step that sees the whole answer judges it | -1 to 1 |
//!
//! Minimum and product are those of "Let's Verify Step by Step" (arXiv 2305.20050), the last step that
//! of "Scaling LLM Test-Time Compute Optimally" (arXiv 2408.03314).

use serde::{Deserialize, Serialize};

use crate::credit::SoftMin;
use crate::names::named;

/// One of the [`Aggregates`], by its name: `min`, `soft-min`, `mean`, `product` or `last`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aggregate {
    /// [`Aggregates::min`].
    #[default]
    Min,
    /// [`Aggregates::soft_min`].
    SoftMin,
    /// [`Aggregates::mean`].
    Mean,
    /// [`Aggregates::product`].
    Product,
    /// [`Aggregates::last`].
    Last,
}

const NAMES: [(&str, Aggregate); 5] = [
    ("min", Aggregate::Min),
    ("soft-min", Aggregate::SoftMin),
    ("mean", Aggregate::Mean),
    ("product", Aggregate::Product),
    ("last", Aggregate::Last),
];

named!(Aggregate, "aggregate of rewards", NAMES);

/// What the rewards of an answer's steps say of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aggregates {
    /// The worst reward.
    pub min: f64,
    /// The mean, weighted towards the worst.
    pub soft_min: f64,
    /// The plain mean.
    pub mean: f64,
    /// The product of the probabilities of being good.
    pub product: f64,
    /// The reward of the last step.
    pub last: f64,
}

impl Aggregates {
    /// Those of rewards in `[-1, 1]`; nothing where there are no steps.
    pub fn of(rewards: &[f32]) -> Option<Self> {
        let last = f64::from(*rewards.last()?);
        let wide = || rewards.iter().copied().map(f64::from);
        Some(Self {
            min: wide().fold(f64::INFINITY, f64::min),
            soft_min: SoftMin::default().payments(rewards).map(f64::from).sum(),
            mean: wide().sum::<f64>() / rewards.len() as f64,
            product: wide().map(|reward| (1.0 + reward) / 2.0).product(),
            last,
        })
    }

    /// One of them as the weight of a vote, from 0 to 1: a number from -1 to 1 becomes `(1 + r) / 2`.
    pub fn weight(&self, of: Aggregate) -> f64 {
        let reward = match of {
            Aggregate::Product => return self.product,
            Aggregate::Min => self.min,
            Aggregate::SoftMin => self.soft_min,
            Aggregate::Mean => self.mean,
            Aggregate::Last => self.last,
        };
        (1.0 + reward) / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_is_what_the_table_says() {
        let found = Aggregates::of(&[0.5, -0.5, 0.75]).unwrap();
        assert_eq!(
            (found.min, found.mean, found.last),
            (-0.5, 0.75 / 3.0, 0.75)
        );
        assert!((found.product - 0.75 * 0.25 * 0.875).abs() < 1e-12);
        let weights = [0.5_f64, -0.5, 0.75].map(|reward| (-reward / 0.1).exp());
        let sum: f64 = weights.iter().sum();
        let expected = (0.5 * weights[0] - 0.5 * weights[1] + 0.75 * weights[2]) / sum;
        assert!((found.soft_min - expected).abs() < 1e-7);
    }

    #[test]
    fn each_is_found_by_its_name_and_keeps_its_order_as_a_weight() {
        let found = Aggregates::of(&[0.5, -0.5, 0.75]).unwrap();
        let weight = |name: &str| {
            let aggregate: Aggregate = name.parse().unwrap();
            assert_eq!(aggregate.to_string(), name);
            found.weight(aggregate)
        };
        assert_eq!(
            ["min", "mean", "product", "last"].map(weight),
            [0.25, 0.625, 0.75 * 0.25 * 0.875, 0.875]
        );
        assert_eq!(weight("soft-min"), (1.0 + found.soft_min) / 2.0);
        let error = "median".parse::<Aggregate>().unwrap_err().to_string();
        assert!(
            error.contains("median") && error.contains("soft-min"),
            "{error}"
        );
    }

    #[test]
    fn one_step_is_its_answer() {
        let found = Aggregates::of(&[-0.25]).unwrap();
        assert_eq!(
            [found.min, found.soft_min, found.mean, found.last],
            [-0.25; 4]
        );
        assert_eq!(found.product, 0.375);
    }

    #[test]
    fn an_answer_without_steps_has_none() {
        assert_eq!(Aggregates::of(&[]), None);
    }
}
