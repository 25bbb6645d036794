//! What holds for every answer.

use proptest::prelude::*;
use pure_verify::{Mode, Verifier, verify};

/// Expressions over small numbers and variables, as LaTeX.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (0..200i64).prop_map(|value| value.to_string()),
        (1..20i64, 1..20i64).prop_map(|(above, below)| format!("\\frac{{{above}}}{{{below}}}")),
        (0..50i64, 0..100i64).prop_map(|(whole, part)| format!("{whole}.{part:02}")),
        prop_oneof![
            Just("x"),
            Just("y"),
            Just("n"),
            Just("\\pi"),
            Just("\\alpha_{1}")
        ]
        .prop_map(str::to_owned),
        (2..12i64).prop_map(|value| format!("\\sqrt{{{value}}}")),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} + {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) \\cdot ({b})")),
            (inner.clone(), inner.clone())
                .prop_map(|(a, b)| format!("\\left({a}\\right) - \\left({b}\\right)")),
            (inner.clone(), 2..4u32).prop_map(|(a, power)| format!("({a})^{{{power}}}")),
            inner.clone().prop_map(|a| format!("\\sin({a})")),
            inner.prop_map(|a| format!("-({a})")),
        ]
    })
}

/// Constants as LaTeX, with their values in floating point.
fn constant() -> impl Strategy<Value = (String, f64)> {
    let leaf = prop_oneof![
        (1..30i64).prop_map(|value| (value.to_string(), value as f64)),
        (1..9i64, 1..9i64)
            .prop_map(|(a, b)| (format!("\\frac{{{a}}}{{{b}}}"), a as f64 / b as f64)),
        (2..12i64).prop_map(|value| (format!("\\sqrt{{{value}}}"), (value as f64).sqrt())),
        Just(("\\pi".to_owned(), std::f64::consts::PI)),
        (1..12i64).prop_map(|n| (
            format!("\\cos(\\frac{{{n}\\pi}}{{6}})"),
            (n as f64 * std::f64::consts::PI / 6.0).cos()
        )),
        (2..9i64).prop_map(|value| (format!("\\ln {value}"), (value as f64).ln())),
    ];
    leaf.prop_recursive(3, 10, 2, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            pair.clone()
                .prop_map(|((a, x), (b, y))| (format!("({a} + {b})"), x + y)),
            pair.clone()
                .prop_map(|((a, x), (b, y))| (format!("({a} - {b})"), x - y)),
            pair.prop_map(|((a, x), (b, y))| (format!("{a} \\cdot {b}"), x * y)),
            inner.prop_map(|(a, x)| (format!("\\sqrt{{\\left|{a}\\right|}}"), x.abs().sqrt())),
        ]
    })
}

fn equal(left: &str, right: &str) -> bool {
    Verifier::default().compare(left, right).is_correct()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_answer_equals_itself_and_its_spellings(a in expression()) {
        prop_assert!(equal(&a, &a));
        prop_assert!(equal(&a, &a.replace(' ', "")), "spacing: {a}");
        prop_assert!(equal(&a, &a.replace("\\frac", "\\dfrac").replace("\\left", "").replace("\\right", "")), "{a}");
        prop_assert!(equal(&a, &format!("$\\displaystyle {a}$")), "{a}");
        let boxed = format!("Thus $z = \\boxed{{{a}}}$.");
        let verdict = verify(&boxed, &a, Mode::Sound);
        prop_assert!(verdict.correct, "{verdict:?}");
    }

    #[test]
    fn equality_is_symmetric(a in expression(), b in expression()) {
        prop_assert_eq!(equal(&a, &b), equal(&b, &a));
    }

    #[test]
    fn order_and_grouping_of_a_sum_do_not_matter(a in expression(), b in expression()) {
        let (there, back) = (format!("({a}) + ({b})"), format!("({b}) + ({a})"));
        prop_assert!(equal(&there, &back), "{there} and {back}");
    }

    #[test]
    fn one_more_or_one_percent_more_is_different(a in expression()) {
        let (more, scaled) = (format!("({a}) + 1"), format!("({a}) \\cdot 1.01 + 10^{{-9}}"));
        prop_assert!(!equal(&a, &more), "{a}");
        prop_assert!(!equal(&a, &scaled) || a.contains('-'), "{a}");
    }

    #[test]
    fn equality_never_contradicts_floating_point((a, x) in constant(), (b, y) in constant()) {
        // Roots of rounding errors are far larger than the errors.
        let near = (x - y).abs() <= 0.02 * (1.0 + x.abs() + y.abs());
        prop_assert!(near || !equal(&a, &b), "{a} = {b}");
    }

    #[test]
    fn the_distributive_law_holds(a in expression(), b in expression(), c in expression()) {
        let (product, sum) = (format!("({a}) ({b} + {c})"), format!("({a}) ({b}) + ({a}) ({c})"));
        prop_assert!(equal(&product, &sum), "{product} and {sum}");
    }

    #[test]
    fn a_fraction_equals_its_multiples((a, x) in constant(), (b, _) in constant()) {
        prop_assume!(x.abs() > 0.05);
        let (once, twice) = (format!("\\frac{{{b}}}{{{a}}}"), format!("\\frac{{({b}) \\sqrt{{7}}}}{{\\sqrt{{7}} ({a})}}"));
        prop_assert!(equal(&once, &twice), "{once} and {twice}");
    }

    #[test]
    fn whole_numbers_are_equal_when_their_digits_are(a in any::<i128>(), b in any::<i128>()) {
        prop_assert_eq!(equal(&a.to_string(), &b.to_string()), a == b);
        let decimal = format!("{a}.000");
        prop_assert!(equal(&a.to_string(), &decimal));
    }
}
