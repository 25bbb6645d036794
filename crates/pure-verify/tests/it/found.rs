//! What random texts have found, by cause.

use pure_verify::{Mode, verify};

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
