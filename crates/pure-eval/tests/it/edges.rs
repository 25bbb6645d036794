//! What cannot be measured is told, and what is worked out by hand is so.

use pure_core::Aggregate;
use pure_eval::{Error, Interval, Lengths, Protocol};

use crate::judged;

const ALL: [Protocol; 5] = [
    Protocol::Average,
    Protocol::Pass,
    Protocol::Majority,
    Protocol::BestOf(Aggregate::Min),
    Protocol::WeightedMajority(Aggregate::Min),
];

#[test]
fn more_samples_than_a_problem_has_cannot_be_drawn_and_it_is_named() {
    let problems = judged(&[&["1", "1", "2"], &["1", "2"]]);
    for protocol in ALL {
        let error = protocol.measure(&problems, 3, 0).unwrap_err();
        let expected =
            format!("{protocol} draws 3 samples of a problem, but \"p1\" has 2: sample more");
        // The first problem was not judged by a reward model.
        match error {
            Error::NoRewards { .. } => assert!(protocol.to_string().ends_with("min")),
            error => assert!(error.to_string().starts_with(&expected), "{error}"),
        }
    }
}

#[test]
fn nothing_drawn_says_nothing() {
    let problems = judged(&[&["1"]]);
    for protocol in ALL {
        let error = protocol.measure(&problems, 0, 0).unwrap_err().to_string();
        assert!(
            error.ends_with("of 0 samples says nothing: draw 1 at least"),
            "{error}"
        );
    }
}

#[test]
fn without_problems_there_is_nothing_to_measure() {
    for protocol in ALL {
        assert!(matches!(protocol.measure(&[], 1, 0), Err(Error::Nothing)));
        assert!(protocol.curve(&[], 0).unwrap().is_empty());
    }
    assert_eq!(Lengths::of(&[]), None);
}

#[test]
fn a_sample_without_rewards_is_named() {
    let error = Protocol::BestOf(Aggregate::Last).measure(&judged(&[&["1", "2"]]), 1, 0);
    assert_eq!(
        error.unwrap_err().to_string(),
        "sample 0 of problem \"p0\" has no step rewards: let the reward model judge all samples first"
    );
}

#[test]
fn problems_count_the_same_however_many_samples_they_have() {
    let problems = judged(&[&["1"; 6], &["2", "2"]]);
    let average = Protocol::Average.measure(&problems, 1, 0).unwrap();
    assert_eq!(average.estimate.value, 0.5);
    // A curve speaks of the same problems everywhere: it goes to the smallest number of samples.
    let sizes: Vec<usize> = Protocol::Pass
        .curve(&problems, 0)
        .unwrap()
        .iter()
        .map(|point| point.k)
        .collect();
    assert_eq!(sizes, [1, 2]);
}

#[test]
fn greedy_accuracy_has_wilsons_interval_and_averages_a_bootstrap() {
    let greedy = judged(&[&["1"], &["2"], &["1"], &["1"]]);
    let found = Protocol::Average.measure(&greedy, 1, 0).unwrap().estimate;
    assert_eq!((found.value, found.interval), (0.75, Interval::Wilson));
    let sampled = judged(&[&["1", "2"], &["2", "2"]]);
    let found = Protocol::Average.measure(&sampled, 1, 0).unwrap().estimate;
    assert_eq!((found.value, found.interval), (0.25, Interval::Bootstrap));
}

#[test]
fn equal_answers_vote_together_and_ties_share() {
    // 1 is right. Two of four votes each: half. Of pairs, 1 wins one, loses one, and ties in four: (1 + 4/2) / 6.
    let tied = judged(&[&["1", "2/2", "3", "3.0"]]);
    for k in [2, 4] {
        let found = Protocol::Majority
            .measure(&tied, k, 0)
            .unwrap()
            .estimate
            .value;
        assert!((found - 0.5).abs() < 1e-15, "{k}: {found}");
    }
    // 1 - C(2, 2) / C(4, 2)
    let pass = Protocol::Pass.measure(&tied, 2, 0).unwrap().estimate.value;
    assert!((pass - 5.0 / 6.0).abs() < 1e-15);
    // No answer, no vote: two against one.
    let silent = judged(&[&["1", "1", "3", "", "", ""]]);
    assert_eq!(
        Protocol::Majority
            .measure(&silent, 6, 0)
            .unwrap()
            .estimate
            .value,
        1.0
    );
}
