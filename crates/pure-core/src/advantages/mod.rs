//! What to compare an answer with: baselines, whitening, and the advantages that remain.
//!
//! Symbols: a group has `K` answers; answer `i` has `L_i` tokens, `n_i` steps, an outcome reward `o_i`
//! and process rewards whose sum is `p_i`; `x_{i,l}` is everything paid at token `l`, KL penalty
//! included, `R_i = sum_l x_{i,l}`, and `G_{i,l} = sum_{k >= l} x_{i,k}` its return, of which `P_{i,l}`
//! is the process part. `mean_{j != i}` runs over the other answers of the group, `N` is the limit on
//! generated tokens.
//!
//! | baseline | advantage of token `l` of answer `i` |
//! | --- | --- |
//! | [`TokenLeaveOneOut`](Baseline::TokenLeaveOneOut) | `G_{i,l} - mean_{j != i} o_j - mean_{j != i} (1 / N) sum_k P_{j,k}` |
//! | [`PaddedLeaveOneOut`](Baseline::PaddedLeaveOneOut) | `G_{i,l} - mean_{j != i} (1 / N) sum_k G_{j,k}` |
//! | [`LengthLeaveOneOut`](Baseline::LengthLeaveOneOut) | `G_{i,l} - mean_{j != i} o_j - u_{i,l} sum_{j != i} p_j / sum_{j != i} L_j` |
//! | [`StepLeaveOneOut`](Baseline::StepLeaveOneOut) | `G_{i,l} - mean_{j != i} o_j - s_{i,l} mean_{j != i} p_j / n_j` |
//! | [`Rloo`](Baseline::Rloo) | `R_i - mean_{j != i} R_j` |
//! | [`Grpo`](Baseline::Grpo) | `(R_i - mean_j R_j) / (std_j R_j + 1e-6)` |
//! | [`DrGrpo`](Baseline::DrGrpo) | `R_i - mean_j R_j` |
//! | [`MaxRl`](Baseline::MaxRl) | `(R_i - mean_j R_j) / (mean_j R_j + 1e-6)`, 0 where the mean is not above 0 |
//! | [`Papo`](Baseline::Papo) | `(b_i - mean_j b_j) / (std_j b_j + 1e-6)`, and for right answers `lambda (p_i - mean_right p_j) / (std_right p_j + 1e-6)` |
//! | [`Prime`](Baseline::Prime) | `K / (K - 1) (G_{i,l} - mean_j o_j - s_{i,l} mean_j p_j / n_j)`, to be whitened |
//! | [`ReinforcePlusPlus`](Baseline::ReinforcePlusPlus) | `G_{i,l}` discounted by the token, whitened over the batch |
//! | [`None`](Baseline::None) | `G_{i,l}` |
//!
//! where `b_i` is what answer `i` is paid beside its process reward, and `u_{i,l}` counts the tokens, and `s_{i,l}` the steps, of the steps that end at or after `l`; a
//! step's own last token is not counted by `u`.
//!
//! An answer that is alone in its group has nothing to be compared with: its baseline is 0, and the
//! [`Report`](crate::Report) names it.

mod baseline;
mod max_rl;
mod papo;
mod prime;
mod totals;
mod whiten;

pub use baseline::Baseline;
pub(crate) use totals::Totals;
pub use whiten::{Deviation, whiten};
