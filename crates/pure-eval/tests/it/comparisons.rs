//! Two evaluations, problem by problem.

use pure_eval::{Comparison, Error, Score, TestName};

fn scores(values: &[(&str, f64)]) -> Vec<Score> {
    let score = |&(id, value): &(&str, f64)| Score {
        id: id.to_owned(),
        value,
    };
    values.iter().map(score).collect()
}

#[test]
fn what_was_won_and_lost_is_named() {
    let before = scores(&[
        ("a", 0.0),
        ("b", 1.0),
        ("c", 0.0),
        ("d", 1.0),
        ("only", 1.0),
    ]);
    let after = scores(&[("new", 1.0), ("d", 1.0), ("c", 1.0), ("b", 0.0), ("a", 1.0)]);
    let found = Comparison::of(&before, &after, 0).unwrap();
    let named = |changes: &[pure_eval::Change]| -> Vec<String> {
        changes.iter().map(|change| change.id.clone()).collect()
    };
    assert_eq!(
        (named(&found.won), named(&found.lost)),
        (vec!["a".to_owned(), "c".to_owned()], vec!["b".to_owned()])
    );
    assert_eq!((found.problems, found.before, found.after), (4, 0.5, 0.75));
    assert_eq!(found.difference.value, 0.25);
    assert_eq!(
        (&found.only_before[..], &found.only_after[..]),
        (&["only".to_owned()][..], &["new".to_owned()][..])
    );
    // Two won, one lost: 2 (1 + 3) / 8 = 1.
    assert_eq!(
        (found.test.name, found.test.p_value),
        (TestName::McNemar, 1.0)
    );
    let text = found.to_string();
    assert!(
        text.starts_with("50.0 % -> 75.0 % on 4 problems: +25.0 points, from "),
        "{text}"
    );
    assert!(
        text.contains("2 won, 1 lost, 1 as before; p = 1.0000 by McNemar's exact test"),
        "{text}"
    );
    assert!(
        text.ends_with("2 problems are in one of the evaluations alone, and do not count\n"),
        "{text}"
    );
}

#[test]
fn averages_are_compared_by_permutation() {
    let before = scores(&[("a", 0.25), ("b", 0.5), ("c", 0.75)]);
    let after = scores(&[("a", 0.5), ("b", 1.0), ("c", 1.0)]);
    let found = Comparison::of(&before, &after, 0).unwrap();
    // Of the eight signs of 1/4, 1/2, 1/4 two add up to as much.
    assert_eq!(
        (found.test.name, found.test.p_value),
        (TestName::Permutation, 0.25)
    );
    assert!(found.difference.low >= 0.25 && found.difference.high <= 0.5);
}

#[test]
fn an_evaluation_is_no_better_than_itself() {
    let same = scores(&[("a", 0.25), ("b", 0.5)]);
    let found = Comparison::of(&same, &same, 0).unwrap();
    assert!(found.won.is_empty() && found.lost.is_empty());
    assert_eq!(
        (
            found.difference.low,
            found.difference.high,
            found.test.p_value
        ),
        (0.0, 0.0, 1.0)
    );
}

#[test]
fn evaluations_of_different_problems_cannot_be_compared() {
    let error = Comparison::of(&scores(&[("a", 1.0)]), &scores(&[("b", 1.0)]), 0).unwrap_err();
    assert!(matches!(error, Error::NothingInCommon));
}
