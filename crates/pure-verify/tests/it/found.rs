//! What random texts have found, by cause.

use pure_verify::{Mode, Verifier, verify};

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
