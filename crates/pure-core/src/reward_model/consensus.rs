//! The consensus filter: labels are trusted where two ways to make them agree on the first error.
//!
//! ```text
//! kept = [ first error by Monte-Carlo == first error by a judge ]
//! ```
//!
//! "The Lessons of Developing Process Reward Models in Mathematical Reasoning", arXiv 2501.07301: labels by
//! Monte-Carlo estimation say which steps led to right answers, not which are right; a judge (a language
//! model that reads the steps) errs otherwise. Two that err independently seldom agree on a wrong place.
//!
//! Departures: none known; how soft labels are cut is left to the caller.

/// Whether two labellings of an answer's steps, `true` for good ones, have the same first error, or both
/// none. What follows the first error is not compared.
///
/// # Panics
///
/// If they differ in length.
pub fn agree_on_first_error(monte_carlo: &[bool], judge: &[bool]) -> bool {
    assert_eq!(monte_carlo.len(), judge.len(), "one label a step of each");
    let first_error = |labels: &[bool]| labels.iter().position(|is_good| !is_good);
    first_error(monte_carlo) == first_error(judge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_error_is_compared() {
        assert!(agree_on_first_error(
            &[true, false, true],
            &[true, false, false]
        ));
        assert!(agree_on_first_error(&[true, true], &[true, true]));
        assert!(agree_on_first_error(&[], &[]));
        assert!(!agree_on_first_error(&[true, false], &[false, false]));
        assert!(!agree_on_first_error(&[true, true], &[true, false]));
        assert!(!agree_on_first_error(&[false, true], &[true, true]));
    }
}
