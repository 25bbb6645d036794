//! Steps, and what the forms of credit make of their rewards.

use proptest::collection::vec;
use proptest::prelude::*;
use pure_core::credit::{Min, SoftMin, Sum};
use pure_core::{Credit, Scores, StepFormat, StepSpan};

use super::answers::{calm, spans, worst};

/// The return of each step's first token.
fn step_returns(credit: &dyn Credit, rewards: &[f32]) -> Vec<f32> {
    let steps = spans(&vec![3; rewards.len()]);
    let scores = Scores {
        process: rewards.to_vec(),
        outcome: None,
    };
    let mut paid = vec![0.0; 3 * rewards.len()];
    credit.assign(&steps, &scores, &mut paid);
    let paid: Vec<f64> = paid.into_iter().map(f64::from).collect();
    let to_go = |step: &StepSpan| paid[step.start..].iter().sum::<f64>() as f32;
    steps.iter().map(to_go).collect()
}

proptest! {
    #[test]
    fn every_token_belongs_to_one_step_and_steps_end_at_separators(
        response in vec(0_u32..6, 0..40),
        separators in vec(0_u32..6, 0..4),
    ) {
        let format = StepFormat::new(separators.iter().copied(), 9);
        let steps = format.split(&response);
        let mut next = 0;
        for step in &steps {
            prop_assert!(step.start == next && !step.is_empty());
            let inside = &response[step.start..step.last()];
            prop_assert!(inside.iter().all(|&token| !separators.contains(&token)));
            prop_assert!(separators.contains(&response[step.last()]) || step.end == response.len());
            next = step.end;
        }
        prop_assert_eq!(next, response.len());
        let ends: Vec<usize> = steps.iter().map(|step| step.last()).collect();
        prop_assert_eq!(StepSpan::from_ends(&ends, response.len()).unwrap(), steps);
    }

    #[test]
    fn soft_min_becomes_min_as_it_cools(cents in prop::collection::hash_set(-100_i32..100, 1..12)) {
        let rewards: Vec<f32> = cents.iter().map(|&cent| cent as f32 / 100.0).collect();
        let exact = step_returns(&Min, &rewards);
        let mut last = f32::INFINITY;
        for temperature in [1e-1, 1e-2, 1e-3, 1e-300] {
            let soft = step_returns(&SoftMin { temperature }, &rewards);
            let apart = soft.iter().zip(&exact).map(|(s, e)| (s - e).abs()).fold(0.0, f32::max);
            prop_assert!(apart <= last + 1e-6);
            last = apart;
        }
        prop_assert!(last < 1e-6);
    }

    #[test]
    fn min_stays_in_the_range_of_the_rewards_and_sum_grows(
        rewards in vec(0.1_f32..1.0, 1..40),
        added in 1_usize..40,
    ) {
        let mut longer = rewards.clone();
        longer.extend(std::iter::repeat_n(0.5, added));
        for rewards in [&rewards, &longer] {
            let (low, high) = (rewards[worst(rewards)], rewards.iter().copied().fold(0.0, f32::max));
            let returns = step_returns(&Min, rewards);
            prop_assert!(returns.iter().all(|&r| r == 0.0 || (low..=high).contains(&r)));
        }
        let (before, after) = (step_returns(&Sum::default(), &rewards), step_returns(&Sum::default(), &longer));
        prop_assert!((after[0] - before[0] - 0.5 * added as f32).abs() < 1e-3);
    }

    #[test]
    fn a_step_above_the_minimum_changes_no_min_return_before_the_worst(
        rewards in vec(calm(), 1..20),
        place in 0_usize..20,
        above in 0.01_f32..1.0,
    ) {
        let place = place.min(rewards.len());
        let worst = worst(&rewards);
        let mut longer = rewards.clone();
        longer.insert(place, rewards[worst] + above);
        let (before, after) = (step_returns(&Min, &rewards), step_returns(&Min, &longer));
        for (step, value) in before.iter().enumerate().take(worst + 1) {
            let moved = step + usize::from(place <= step);
            prop_assert_eq!(after[moved], *value);
        }
    }
}
