//! Answers in the ways in which models write them, beside math-verify.
//!
//! `tests/data/rewritten.jsonl` holds `[prediction, answer, kind, equal, what math-verify 0.9 said]`, made by
//! `rewritten.py` beside it from values and ways to write them: whether a pair is equal follows from how it was made.

use pure_verify::{Mode, verify};
use serde_json::Value;

#[test]
fn every_way_to_write_a_value_is_accepted_and_no_value_that_is_mistaken_for_it() {
    let (mut equal, mut others) = ([0; 2], [0; 2]);
    for line in include_str!("../data/rewritten.jsonl").lines() {
        let pair: Value = serde_json::from_str(line).unwrap();
        let [said, truth, kind] = [0, 1, 2].map(|at| pair[at].as_str().unwrap());
        let is_equal = pair[3].as_bool().unwrap();
        let response = format!("So the answer is $\\boxed{{{said}}}$.");
        let verdict = verify(&response, truth, Mode::Sound);
        assert_eq!(
            verdict.correct, is_equal,
            "{kind}: {said} for {truth}, {}",
            verdict.reason
        );
        // It accepts some pairs alone that raise an error in it, as a rejection.
        let theirs = usize::from(pair[4].as_bool().unwrap_or(false));
        match is_equal {
            true => equal[theirs] += 1,
            false => others[theirs] += 1,
        }
    }
    // So many math-verify rejects and accepts: the figures on the crate's page.
    assert_eq!((equal, others), ([205, 617], [1_028, 30]));
}
