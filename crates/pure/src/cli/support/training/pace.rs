//! How long a run will still take: the median of its last steps, and of its evaluations.

use std::collections::VecDeque;

/// What the last steps and evaluations took. The first steps on a GPU compile kernels for minutes, so it is medians.
#[derive(Default)]
pub struct Pace {
    steps: VecDeque<f64>,
    evaluations: VecDeque<f64>,
}

impl Pace {
    /// A step took so many seconds.
    pub fn stepped(&mut self, seconds: f64) {
        add(&mut self.steps, seconds);
    }

    /// So did an evaluation.
    pub fn evaluated(&mut self, seconds: f64) {
        add(&mut self.evaluations, seconds);
    }

    /// What a step takes.
    pub fn step(&self) -> Option<f64> {
        median(&self.steps)
    }

    /// What is left of a run of so many steps, one evaluation after every so many of them and one at the end. An
    /// evaluation counts as soon as there was one.
    pub fn left(&self, step: usize, steps: usize, every: usize) -> Option<f64> {
        let every = every.max(1);
        let due = |step: usize| step / every;
        let is_at_end = usize::from(!steps.is_multiple_of(every) && step < steps);
        let evaluations = due(steps).saturating_sub(due(step)) + is_at_end;
        let evaluating = evaluations as f64 * median(&self.evaluations).unwrap_or(0.0);
        Some(self.step()? * steps.saturating_sub(step) as f64 + evaluating)
    }
}

fn add(times: &mut VecDeque<f64>, seconds: f64) {
    const LAST: usize = 15;
    times.push_back(seconds);
    if times.len() > LAST {
        times.pop_front();
    }
}

fn median(times: &VecDeque<f64>) -> Option<f64> {
    let mut sorted: Vec<f64> = times.iter().copied().collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

/// Seconds as a clock shows them.
pub fn clock(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, minutes, seconds) => format!("{minutes}:{seconds:02}"),
        (hours, minutes, seconds) => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_step_that_compiles_for_minutes_does_not_spoil_the_time_that_is_left() {
        let mut pace = Pace::default();
        for seconds in [250.0, 1.0, 1.2] {
            pace.stepped(seconds);
        }
        assert_eq!(pace.step(), Some(1.2));
        (0..20).for_each(|_| pace.stepped(2.0));
        assert_eq!(pace.step(), Some(2.0));
    }

    #[test]
    fn evaluations_to_come_are_part_of_the_time_that_is_left() {
        let mut pace = Pace::default();
        assert_eq!(pace.left(0, 10, 4), None);
        pace.stepped(1.0);
        assert_eq!(pace.left(1, 10, 4), Some(9.0));
        pace.evaluated(5.0);
        // After steps 4, 8 and 10.
        assert_eq!(pace.left(1, 10, 4), Some(9.0 + 15.0));
        assert_eq!(pace.left(8, 10, 4), Some(2.0 + 5.0));
        assert_eq!(pace.left(8, 12, 4), Some(4.0 + 5.0));
        assert_eq!(pace.left(10, 10, 4), Some(0.0));
    }

    #[test]
    fn an_hour_is_told_in_hours() {
        assert_eq!(
            [59.6, 3599.0, 3600.0].map(clock),
            ["1:00", "59:59", "1:00:00"]
        );
    }
}
