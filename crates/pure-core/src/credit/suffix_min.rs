//! SuffixMin: the return of a token is the smallest payment still to come.
//!
//! ```text
//! m_l = min_{k >= l} x_k,   x_k = r_j at the last token of step j, 0 at all other tokens
//! paid at token l: m_l - m_{l+1}, with m after the end 0;   G_l = m_l
//! ```
//!
//! `x`, `m`: `[tokens]`. The "strict min-form" of the verl branch of PURE. The zeros between steps
//! count in the minimum, so only the last token can have a return above 0: good steps earn nothing, and a
//! bad step has no effect on the tokens after it.
//!
//! Departures: the branch takes the minimum over outcome reward, KL penalty and the padding of the
//! batch as well. Here it is over the process rewards of the answer alone, unless
//! [`MinimumOver`](crate::MinimumOver) says otherwise, as in the preset `verl`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Credit, Scores, StepSpan, rewarded};
use crate::numeric::to_f32;
use crate::returns::Returns;

/// The return of a token is the smallest reward from it on; see the [table](crate::credit).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct SuffixMin;

impl Credit for SuffixMin {
    fn assign(&self, steps: &[StepSpan], scores: &Scores, out: &mut [f32]) {
        OverEverything.assign(steps, scores, out);
        let mut following = None;
        for paid in out.iter_mut().rev() {
            let minimum = following.map_or(*paid, |following: f32| paid.min(following));
            *paid = to_f32(f64::from(minimum) - f64::from(following.unwrap_or(0.0)));
            following = Some(minimum);
        }
    }
}

/// Every step is paid its reward; the minimum is taken later, over all that tokens are paid.
pub(super) struct OverEverything;

impl Credit for OverEverything {
    fn assign(&self, steps: &[StepSpan], scores: &Scores, out: &mut [f32]) {
        for (token, reward) in rewarded(steps, scores) {
            out[token] = reward;
        }
    }

    fn returns(&self) -> Returns {
        Returns::Smallest
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_close, step_returns};
    use super::*;

    #[test]
    fn a_bad_step_is_forgotten_once_it_is_past() {
        assert_close(
            &step_returns(&SuffixMin, &[-0.2, -0.9, -0.3]),
            &[-0.9, -0.9, -0.3],
        );
    }

    #[test]
    fn zeros_between_steps_hide_every_good_step() {
        assert_close(
            &step_returns(&SuffixMin, &[0.9, 0.8, 0.7]),
            &[0.0, 0.0, 0.0],
        );
    }

    #[test]
    fn only_the_last_token_can_earn() {
        let mut out = [0.0; 2];
        let steps = [StepSpan { start: 0, end: 2 }];
        let scores = Scores {
            process: vec![0.7],
            outcome: None,
        };
        SuffixMin.assign(&steps, &scores, &mut out);
        assert_eq!(out, [-0.7, 0.7]);
    }
}
