//! What random texts have found, by cause.

use pure_verify::{Mode, Verifier, verify};

use crate::machine::on_a_small_stack;

fn judged(text: &str) {
    let boxed = format!("\\boxed{{{text}}}");
    verify(&boxed, "5", Mode::Sound);
    verify(text, text, Mode::Sound);
}

#[test]
fn a_bracket_that_fails_inside_bars_leaves_their_count_alone() {
    judged("|(|");
    judged("|(5|)|");
    judged("||{|x");
}

#[test]
fn dollar_signs_without_an_end_are_read_once() {
    judged(&format!("\\boxed{{{}", "$".repeat(50_000)));
}

#[test]
fn sines_of_powers_at_many_points_are_paid_for() {
    let text = "w\\sin 30^\\si w\\sin3 0^\\sin 30^\\ci s";
    judged(text);
    verify(&format!("\\boxed{{{text}c}}"), "\\fra c12%", Mode::Sound);
}

#[test]
fn a_second_reading_shares_the_budget_of_the_first() {
    judged("n 30^\\A^le!%");
    judged("x = \\log_{2} 5 ie, \\pm 5^{o}%");
}

#[test]
fn stars_around_stars_are_no_product() {
    judged("******1**");
    let reason = Verifier::default().compare("0+(******1**)", "1");
    assert!(!reason.is_correct());
}

#[test]
fn a_sign_of_two_values_is_taken_apart_wherever_it_stands() {
    on_a_small_stack(|| {
        let verdict = verify("\\boxed{\\gcd(\\pm 3)}", "\\gcd(5 \\pm 3)", Mode::Sound);
        assert!(!verdict.correct);
        judged("\\begin{bmatrix}y\\\\\\pm 5\\end{bmatrix}");
        judged("\\sqrt{x=4:2\\pm 5}");
        judged("f(\\gcd(\\$3:\\$5 \\mp n))");
        judged("(1 \\pm 2, 3)(\\{4, 5\\})");
    });
}

#[test]
fn quotients_of_quotients_without_brackets_are_limited() {
    on_a_small_stack(|| {
        judged(&format!("{}5", "1/".repeat(900)));
        judged(&format!("(({}5)/{}5)", "1/".repeat(30), "1/".repeat(30)));
    });
}

#[test]
fn amounts_of_amounts_are_limited() {
    on_a_small_stack(|| judged(&format!("5{}", "\\$".repeat(1_900))));
}

#[test]
fn the_least_whole_numbers_have_no_absolute_value_in_their_type() {
    for text in [
        "e^{-2147483648x}",
        "2^{-2147483648x}",
        "5 cm^{-2147483648}",
        "x^{-2147483648}",
    ] {
        judged(text);
        judged(&format!("5\\text{{ {text} }}"));
    }
    judged("\\sin(-9223372036854775808 x)");
}

#[test]
fn a_product_of_many_units_is_not_read() {
    let units = |times: usize| verify("5", &format!("5{}", " km".repeat(times)), Mode::Sound);
    assert_eq!(units(8).answer, "5 1000000000000000000000000 meter^8");
    assert_eq!(units(9).answer, "\"5 km km km km km km km km km\"");
    assert!(units(5_000).work < 1_000_000);
}
