//! Which examples a step learns from: every one once an epoch, in an order that a seed decides.
//!
//! The order follows from the seed and the number of the step alone, so a run that goes on needs to
//! know nothing of what was before.

use std::path::Path;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::error::Error;

/// The examples of every step.
#[derive(Debug, Clone)]
pub struct DataOrder {
    examples: usize,
    per_step: usize,
    seed: u64,
    /// The epoch that was asked for last, and its order.
    epoch: Option<(usize, Vec<usize>)>,
}

impl DataOrder {
    /// An order of so many examples, for steps of so many.
    pub fn new(examples: usize, per_step: usize, seed: u64) -> Self {
        Self {
            examples,
            per_step: per_step.clamp(1, examples.max(1)),
            seed,
            epoch: None,
        }
    }

    /// Steps of an epoch; the last may have fewer examples.
    pub fn steps(&self) -> usize {
        self.examples.div_ceil(self.per_step)
    }

    /// The examples of a step, counted from 0.
    pub fn of(&mut self, step: usize) -> &[usize] {
        let (epoch, step) = (step / self.steps(), step % self.steps());
        if self.epoch.as_ref().is_none_or(|(known, _)| *known != epoch) {
            let mut order: Vec<usize> = (0..self.examples).collect();
            let mut random = ChaCha8Rng::seed_from_u64(self.seed);
            random.set_stream(epoch as u64);
            order.shuffle(&mut random);
            self.epoch = Some((epoch, order));
        }
        let (_, order) = self.epoch.as_ref().expect("it was made just now");
        let start = step * self.per_step;
        &order[start..(start + self.per_step).min(self.examples)]
    }
}

/// Takes a fiftieth of the examples, one at least, away from those to learn from, to evaluate with.
///
/// # Errors
///
/// [`Error::NothingToLearn`] if there is one example only.
pub fn hold_out<T>(examples: &mut Vec<T>, seed: u64, path: &Path) -> Result<Vec<T>, Error> {
    /// A stream that no epoch has.
    const STREAM: u64 = u64::MAX;
    if examples.len() < 2 {
        return Err(Error::NothingToLearn {
            path: path.to_owned(),
            reason: "it holds one example: there is none to evaluate with (`held_out`)".to_owned(),
        });
    }
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(STREAM);
    let aside = (examples.len() / 50).max(1);
    // The order of the rest follows from the seed as well.
    examples.shuffle(&mut random);
    Ok(examples.split_off(examples.len() - aside))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_has_every_example_once_and_the_next_has_another_order() {
        let mut order = DataOrder::new(10, 4, 7);
        assert_eq!(order.steps(), 3);
        let mut epoch = |first: usize| -> Vec<usize> {
            (first..first + 3)
                .flat_map(|step| order.of(step).to_vec())
                .collect()
        };
        let (first, second) = (epoch(0), epoch(3));
        assert_ne!(first, second);
        for mut epoch in [first, second] {
            epoch.sort_unstable();
            assert_eq!(epoch, (0..10).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_step_is_the_same_whatever_was_asked_before() {
        let mut all = DataOrder::new(23, 5, 1);
        let steps: Vec<Vec<usize>> = (0..12).map(|step| all.of(step).to_vec()).collect();
        assert_eq!(DataOrder::new(23, 5, 1).of(11), steps[11]);
    }
}
