//! The groups of a batch: which answers are compared with one another, and whether that says anything.
//!
//! Answers name their group by any number. Here groups are counted from 0 in the order of these
//! numbers, so that memory depends on how many groups there are and not on how they are named.

/// Rewards this close are equal: f32 rewards of one value, summed in different orders.
const SAME_REWARD: f64 = 1e-6;

/// The groups of a batch.
pub(crate) struct Groups {
    /// The number of each group, ascending.
    numbers: Vec<usize>,
    /// The place of each answer's group among them.
    places: Vec<usize>,
}

/// The rewards of a group's answers, as far as comparing them goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GroupRewards {
    pub answers: usize,
    lowest: f64,
    highest: f64,
}

impl Groups {
    /// The groups of answers that name them by these numbers.
    pub fn of(numbers: impl Iterator<Item = usize>) -> Self {
        let named: Vec<usize> = numbers.collect();
        let mut numbers = named.clone();
        numbers.sort_unstable();
        numbers.dedup();
        let place = |name| numbers.partition_point(|number| *number < name);
        let places = named.into_iter().map(place).collect();
        Self { numbers, places }
    }

    pub fn count(&self) -> usize {
        self.numbers.len()
    }

    /// The group of an answer.
    pub fn place(&self, answer: usize) -> usize {
        self.places[answer]
    }

    /// The place of the group of a number, if there is one.
    pub fn place_of(&self, number: usize) -> Option<usize> {
        self.numbers.binary_search(&number).ok()
    }

    /// The numbers of those groups for which something holds.
    pub fn numbers_where<T>(&self, facts: &[T], is: impl Fn(&T) -> bool) -> Vec<usize> {
        let pairs = self.numbers.iter().zip(facts);
        pairs.filter(|(_, f)| is(f)).map(|(n, _)| *n).collect()
    }
}

impl Default for GroupRewards {
    fn default() -> Self {
        Self {
            answers: 0,
            lowest: f64::INFINITY,
            highest: f64::NEG_INFINITY,
        }
    }
}

impl GroupRewards {
    /// Takes note of an answer's total reward.
    pub fn add(&mut self, reward: f64) {
        self.answers += 1;
        self.lowest = self.lowest.min(reward);
        self.highest = self.highest.max(reward);
    }

    /// Whether there are several answers whose rewards are all equal, so that comparing them says
    /// nothing.
    pub fn are_equal(&self) -> bool {
        self.answers > 1 && self.highest - self.lowest <= SAME_REWARD
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_counted_in_the_order_of_their_numbers() {
        let groups = Groups::of([7, usize::MAX, 7, 0].into_iter());
        assert_eq!(groups.count(), 3);
        assert_eq!(
            [0, 1, 2, 3].map(|answer| groups.place(answer)),
            [1, 2, 1, 0]
        );
        assert_eq!(
            groups.numbers_where(&[1, 2, 1], |n| *n == 1),
            [0, usize::MAX]
        );
    }

    #[test]
    fn rewards_are_equal_within_a_millionth_and_one_alone_is_not_compared() {
        let equal = |rewards: &[f64]| {
            let mut group = GroupRewards::default();
            rewards.iter().for_each(|reward| group.add(*reward));
            group.are_equal()
        };
        assert!(equal(&[33.0, 33.0 + 5e-7]));
        assert!(!equal(&[33.0, 33.0 + 2e-6]));
        assert!(!equal(&[0.5]) && !equal(&[]));
    }
}
