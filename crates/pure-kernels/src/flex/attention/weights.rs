//! From the scores of a block to weights, a row at a time.

use pulp::{Simd, WithSimd};

use super::super::exp::exp;
use super::super::lanes::{max, sum};

/// Scores of a block become weights, not yet shares of a whole.
pub(super) struct Weigh<'a> {
    /// A row of so many keys for each query of each head.
    pub scores: &'a mut [f32],
    pub count: usize,
    /// Numbers of the keys, and spans of the queries of one head, unless they see all keys.
    pub unseen: Option<(&'a [i32], &'a [[i32; 2]])>,
    /// What was mixed before, the maxima and the sums of weights: a row each.
    pub mixed: &'a mut [f32],
    pub maxima: &'a mut [f32],
    pub sums: &'a mut [f32],
    pub width: usize,
}

impl WithSimd for Weigh<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let rows = self.scores.chunks_exact_mut(self.count);
        for (place, scores) in rows.enumerate() {
            if let Some((keys, spans)) = self.unseen {
                hide(scores, keys, spans[place % spans.len()]);
            }
            let old = self.maxima[place];
            let new = max(simd, scores).max(old);
            if new == f32::NEG_INFINITY {
                scores.fill(0.0);
                continue;
            }
            weigh(scores, new);
            if old < new {
                let kept = if old < new - 87.0 {
                    0.0
                } else {
                    exp(old - new)
                };
                self.sums[place] *= kept;
                for number in &mut self.mixed[place * self.width..][..self.width] {
                    *number *= kept;
                }
                self.maxima[place] = new;
            }
            self.sums[place] += sum(simd, scores);
        }
    }
}

/// Takes out what is not seen.
#[inline(always)]
pub(super) fn hide(scores: &mut [f32], keys: &[i32], [low, high]: [i32; 2]) {
    for (score, &key) in scores.iter_mut().zip(keys) {
        let is_seen = (low <= key) & (key <= high);
        *score = if is_seen { *score } else { f32::NEG_INFINITY };
    }
}

/// Exactly nothing where the true weight is under the smallest normal number, as it is for every key that is
/// not seen.
#[inline(always)]
pub(super) fn weigh(scores: &mut [f32], top: f32) {
    for score in scores.iter_mut() {
        let below = *score - top;
        *score = if below < -87.0 { 0.0 } else { exp(below) };
    }
}
