//! What reward models learn from, beside labels of single steps: losses with their gradients, and which
//! labels to trust.
//!
//! With `r` the outcome of an answer, 1 if it is right:
//!
//! | name | learns from | loss of one answer | from |
//! | --- | --- | --- | --- |
//! | [`Pqm`] | labelled steps, ranked | `mean_t -log(e^{Q_t} / (sum_{right q <= t} e^{Q_q} + sum_{wrong w} e^{Q_w + zeta}))` | arXiv 2410.11287 |
//! | [`outcome_loss`] | outcomes, through the product of its steps | `-log prod_t q_t`, or `-log(1 - prod_t q_t)` if wrong | own |
//! | [`ImplicitPrm`] | outcomes, through the tokens' log-probabilities | `BCE(sigmoid(beta sum_l s_l), r)` | arXiv 2502.01456 |
//!
//! [`agree_on_first_error`] is the consensus filter of arXiv 2501.07301.
//!
//! Losses are computed on numbers: a trainer multiplies what the model gave with the gradient, and
//! differentiates the sum, as it does with the [`PolicyLoss`](crate::PolicyLoss). Sums over the answers of
//! an update are left to it.

mod consensus;
mod implicit;
mod outcome;
mod pqm;

pub use consensus::agree_on_first_error;
pub use implicit::{ImplicitPrm, ImplicitReward, token_rewards};
pub use outcome::outcome_loss;
pub use pqm::Pqm;

/// `log(1 + e^x)`, without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// `1 / (1 + e^-x)`, without overflow.
fn sigmoid(x: f64) -> f64 {
    (-softplus(-x)).exp()
}

/// `log sum e^x`, without overflow; minus infinity of nothing.
fn log_sum_exp(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = values.clone().fold(f64::NEG_INFINITY, f64::max);
    if largest == f64::NEG_INFINITY {
        return largest;
    }
    largest
        + values
            .map(|value| (value - largest).exp())
            .sum::<f64>()
            .ln()
}
