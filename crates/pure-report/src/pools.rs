//! Iterations of training in place of evaluations.
//!
//! An iteration samples few answers, so that chance moves its accuracy far. Consecutive iterations are thrown
//! together until they hold a hundred answers, of which chance moves the accuracy by about 5 %:
//!
//! ```text
//! answers  32 32 32 32 | 32 32 32 32 | 32 32 32 32 32 32      what is left at the end joins the last pool
//! ```

use std::ops::RangeInclusive;

/// Answers of a pool, at least.
pub(crate) const ANSWERS: u64 = 100;

/// The steps of each pool, from iterations in order with the number of answers of each.
pub(crate) fn pools(iterations: impl IntoIterator<Item = (u64, u64)>) -> Vec<RangeInclusive<u64>> {
    let mut pools: Vec<RangeInclusive<u64>> = Vec::new();
    let mut open: Option<(RangeInclusive<u64>, u64)> = None;
    for (step, answers) in iterations {
        let (first, before) = open
            .take()
            .map_or((step, 0), |(steps, before)| (*steps.start(), before));
        let answers = before.saturating_add(answers);
        match answers >= ANSWERS {
            true => pools.push(first..=step),
            false => open = Some((first..=step, answers)),
        }
    }
    match (open, pools.last_mut()) {
        (Some((rest, _)), Some(last)) => *last = *last.start()..=*rest.end(),
        (Some((rest, _)), None) => pools.push(rest),
        (None, _) => {}
    }
    pools
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(answers: &[u64]) -> Vec<RangeInclusive<u64>> {
        pools((1..).zip(answers.iter().copied()))
    }

    #[test]
    fn iterations_are_pooled_until_they_hold_enough_answers() {
        assert_eq!(of(&[32; 14]), [1..=4, 5..=8, 9..=14]);
        assert_eq!(of(&[100, 500, 99, 1]), [1..=1, 2..=2, 3..=4]);
    }

    #[test]
    fn few_answers_are_one_pool_and_none_are_no_pool() {
        assert_eq!(of(&[8, 8]), [1..=2]);
        assert_eq!(of(&[]), []);
        assert_eq!(of(&[u64::MAX, 5, u64::MAX]), [1..=1, 2..=3]);
    }
}
