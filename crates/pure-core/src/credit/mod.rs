//! Which tokens are paid for the scores of the steps.
//!
//! A form of credit turns the rewards `r_1 .. r_n` of an answer's steps into a payment for each of
//! its tokens. The **return** of a token is the sum of what is paid from it on, and a token of step
//! `t` is encouraged in proportion to the return `G_t`. Every form here pays at the last tokens of
//! steps only, so all tokens of a step have the same return:
//!
//! | form | return `G_t` of step `t` of `n` | from |
//! | --- | --- | --- |
//! | [`Min`] | `r_w` if `t <= w` else 0, with `w = argmin r` | PURE, arXiv 2504.15275, section 3 |
//! | [`SoftMin`] | `sum_{j >= t} softmax_j(-r / T) r_j` | PURE, the same |
//! | [`SuffixMin`] | smallest payment from the token on, zeros between steps included | its verl branch |
//! | [`Sum`] | `sum_{j >= t} gamma^(j - t) r_j` | the usual form, which collapses |
//! | [`Mean`] | `sum_{j >= t} r_j / n` | its main branch |
//! | [`Clip`] | `sum_{j >= t} min(r_j - eta, 0)` | arXiv 2410.15115 |
//! | [`Delta`] | `sum_{j >= t} (r_j - r_{j+1})`, with `r_{n+1} = 0` | arXiv 2410.15115 |
//!
//! To add one: write its file, with its formula, its paper and the check of its setting; name it here,
//! in the table and below; give it a row in `config.rs`, from which its name in files and on command
//! lines follows. A form of one's own needs none of that, but [`Credit`].

mod clip;
mod config;
mod delta;
mod form;
mod mean;
mod min;
mod soft_min;
mod suffix_min;
mod sum;

pub use clip::Clip;
pub use config::CreditConfig;
pub use delta::Delta;
pub use form::Credit;
pub use mean::Mean;
pub use min::Min;
pub use soft_min::SoftMin;
pub use suffix_min::SuffixMin;
pub use sum::Sum;
