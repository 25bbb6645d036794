//! What other graders accept, and must not be accepted.

use pure_verify::{Decimals, Mode, Reason, Verifier, verify};

fn reason(left: &str, right: &str) -> Reason {
    Verifier::default().compare(left, right)
}

fn rejected(pairs: &[(&str, &str)]) {
    for (left, right) in pairs {
        assert!(!reason(left, right).is_correct(), "{left} = {right}");
        assert!(!reason(right, left).is_correct(), "{right} = {left}");
    }
}

#[test]
fn a_doubled_sign_is_no_notation() {
    rejected(&[
        ("--46.08", "46.08"),
        ("--5.3e3", "5.3e3"),
        ("---5", "-5"),
        ("2 \\cdot --3", "6"),
        ("2^{--3}", "8"),
        ("\\sin --x", "\\sin x"),
    ]);
}

#[test]
fn a_hundred_times_as_much_is_not_equal() {
    rejected(&[
        ("5", "500"),
        ("0.05", "5"),
        ("9.275", "927.5"),
        ("1", "0.01"),
    ]);
}

#[test]
fn nearly_equal_is_not_equal() {
    rejected(&[
        ("787821", "787820"),
        ("3.14", "\\pi"),
        ("254.34", "81\\pi"),
        ("5.0000001", "5"),
        ("81e-10", "0"),
        ("\\frac{22}{7}", "\\pi"),
        ("1.41421356", "\\sqrt{2}"),
        ("e^{\\pi}-\\pi", "20"),
        ("\\sqrt{2}+\\sqrt{3}", "\\pi"),
    ]);
}

#[test]
fn ends_of_intervals_count() {
    rejected(&[
        ("(1,2]", "(1,2)"),
        ("[1,2]", "(1,2)"),
        ("x \\in [-5,81]", "x \\in [-6,81]"),
        ("x > 5", "x \\ge 5"),
    ]);
    assert_eq!(reason("(1,2]", "(1,2)"), Reason::DifferentEnds);
}

#[test]
fn digits_in_another_base_are_another_number() {
    rejected(&[
        ("12_8", "12_9"),
        ("361_{5}", "361_{6}"),
        ("52_8", "52"),
        ("42", "52_8"),
        ("20_5", "12_8"),
    ]);
    assert!(reason("52_{8}", "52_8").is_correct());
}

#[test]
fn a_root_keeps_its_index() {
    rejected(&[
        ("5\\sqrt[3]{81}", "5\\sqrt{81}"),
        ("\\sqrt[3]{5}", "\\sqrt{5}"),
        ("-{3}", "-\\sqrt{3}"),
    ]);
}

#[test]
fn a_list_is_not_its_digits() {
    rejected(&[
        ("5,81", "581"),
        ("5,1", "51"),
        ("(27,20,13], (18,20,22]", "(27,20,13), (18,20,22)"),
    ]);
}

#[test]
fn a_sign_before_the_name_counts() {
    rejected(&[
        ("-k=5", "k=5"),
        ("-k=5", "5"),
        ("2x=5", "5"),
        ("x=5", "y=5"),
    ]);
    assert!(reason("-k=5", "k=-5").is_correct());
}

#[test]
fn nothing_is_never_right() {
    for prediction in [
        "",
        " ",
        "\\boxed{}",
        "The answer is $\\boxed {}$.",
        "\\boxed{ }",
        "\\boxed",
        "the answer is",
    ] {
        for answer in ["", "5", "{}", " "] {
            assert!(
                !verify(prediction, answer, Mode::Sound).correct,
                "{prediction:?} {answer:?}"
            );
        }
    }
}

#[test]
fn an_announced_nothing_is_not_an_earlier_number() {
    for prediction in [
        "We get 5.\n#### ",
        "We get 5. The answer is .",
        "5 and 5. Answer:",
    ] {
        let verdict = verify(prediction, "5", Mode::Sound);
        assert_eq!(verdict.reason, Reason::EmptyAnswer, "{prediction:?}");
    }
}

#[test]
fn text_is_never_run() {
    rejected(&[
        ("__import__('os').getpid()", "5"),
        ("[5 for _ in range(1)][0]", "5"),
        ("5 .real", "5"),
        ("0x5", "5"),
    ]);
}

#[test]
fn a_cut_off_box_is_no_answer() {
    assert!(!verify("So we get $x = \\boxed{12", "12", Mode::Sound).correct);
    assert!(verify("So $\\boxed{11}$, no, $x = \\boxed{12", "11", Mode::Sound).correct);
}

#[test]
fn a_decimal_equals_what_rounds_to_it_only_where_that_is_asked_for() {
    let rounded = Verifier {
        decimals: Decimals::Rounded,
        ..Verifier::default()
    };
    for (left, right) in [
        ("3.14", "\\pi"),
        ("0.33", "\\frac{1}{3}"),
        ("-0.67", "-\\frac{2}{3}"),
        ("1.73", "\\sqrt{3}"),
    ] {
        assert!(!reason(left, right).is_correct());
        assert!(rounded.compare(left, right).is_correct(), "{left} {right}");
        assert!(rounded.compare(right, left).is_correct(), "{left} {right}");
    }
    for (left, right) in [
        ("3.15", "\\pi"),
        ("3", "\\pi"),
        ("0.34", "\\frac{1}{3}"),
        ("0.333", "0.33"),
    ] {
        assert!(
            !rounded.compare(left, right).is_correct() || left == "0.333",
            "{left} {right}"
        );
    }
}
