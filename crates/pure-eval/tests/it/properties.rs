//! What holds of any samples.

use proptest::prelude::*;
use pure_eval::{Candidate, best_of, majority, pass_at_k, weighted_majority};
use pure_task::chain::Dice;

/// Some candidates, of whose five answers the first is right, and how many are drawn.
fn candidates() -> impl Strategy<Value = (Vec<Candidate>, usize)> {
    let one = (0..6_usize, 0..4_u8).prop_map(|(answer, eighths)| Candidate {
        score: f64::from(eighths) / 8.0,
        right: answer == 0,
        answer: (answer < 5).then_some(answer),
    });
    let some = prop::collection::vec(one, 1..11);
    some.prop_flat_map(|some| {
        let most = some.len();
        (Just(some), 1..=most)
    })
}

/// The mean over all draws of `k`.
fn tried(candidates: &[Candidate], k: usize, of: impl Fn(&[Candidate]) -> f64) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for drawn in 0_u32..1 << candidates.len() {
        if drawn.count_ones() as usize == k {
            let places = candidates.iter().enumerate();
            let drawn = places.filter(|(place, _)| drawn & (1 << place) != 0);
            let drawn: Vec<Candidate> = drawn.map(|(_, one)| *one).collect();
            sum += of(&drawn);
            count += 1.0;
        }
    }
    sum / count
}

/// Of those that have most of something, the share that is right.
fn share_right(of: impl Iterator<Item = (f64, bool)>) -> f64 {
    let all: Vec<(f64, bool)> = of.collect();
    let most = all
        .iter()
        .map(|(amount, _)| *amount)
        .fold(f64::NEG_INFINITY, f64::max);
    let best: Vec<_> = all.iter().filter(|(amount, _)| *amount == most).collect();
    let right = best.iter().filter(|(_, right)| *right).count();
    if best.is_empty() {
        0.0
    } else {
        right as f64 / best.len() as f64
    }
}

fn voted(drawn: &[Candidate], weight: impl Fn(&Candidate) -> f64) -> f64 {
    share_right((0..5).filter_map(|answer| {
        let mut votes = drawn
            .iter()
            .filter(|one| one.answer == Some(answer))
            .peekable();
        votes.peek()?;
        Some((votes.map(&weight).sum(), answer == 0))
    }))
}

fn close(found: f64, expected: f64) -> Result<(), TestCaseError> {
    prop_assert!(
        (found - expected).abs() < 1e-12,
        "{} is not {}",
        found,
        expected
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn closed_forms_are_what_trying_every_draw_gives((some, k) in candidates()) {
        let right = some.iter().filter(|one| one.right).count();
        let any = tried(&some, k, |drawn| f64::from(drawn.iter().any(|one| one.right)));
        close(pass_at_k(right, some.len(), k), any)?;
        let best = tried(&some, k, |drawn| share_right(drawn.iter().map(|one| (one.score, one.right))));
        close(best_of(&some, k), best)?;
        close(majority(&some, k), tried(&some, k, |drawn| voted(drawn, |_| 1.0)))?;
        let weighted = tried(&some, k, |drawn| voted(drawn, |one| one.score));
        close(weighted_majority(&some, k, &mut Dice::new(0, "test")), weighted)?;
    }

    #[test]
    fn one_sample_is_an_average_whatever_is_made_of_it((some, _) in candidates()) {
        let average = some.iter().filter(|one| one.right).count() as f64 / some.len() as f64;
        for found in [
            majority(&some, 1),
            best_of(&some, 1),
            weighted_majority(&some, 1, &mut Dice::new(0, "test")),
        ] {
            close(found, average)?;
        }
    }

    #[test]
    fn nothing_beats_pass_at_k_and_order_does_not_count((mut some, k) in candidates()) {
        let right = some.iter().filter(|one| one.right).count();
        let pass = pass_at_k(right, some.len(), k);
        let of = |some: &[Candidate]| {
            let mut dice = Dice::new(0, "test");
            [majority(some, k), best_of(some, k), weighted_majority(some, k, &mut dice)]
        };
        let before = of(&some);
        prop_assert!(before.iter().all(|found| (0.0..=pass + 1e-12).contains(found)));
        some.reverse();
        for (found, before) in of(&some).into_iter().zip(before) {
            close(found, before)?;
        }
    }
}
