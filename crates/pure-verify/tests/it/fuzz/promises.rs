//! What holds for every pair of texts; also included by the target of cargo-fuzz.

use pure_verify::{Decimals, Mode, Reason, Verdict, Verifier, verify};

/// Judges a pair in every way and checks the promises; the verdict is that of mode sound.
pub fn keep(prediction: &str, answer: &str) -> Verdict {
    let [sound, math] = [Mode::Sound, Mode::Math].map(|mode| verify(prediction, answer, mode));
    for verdict in [&sound, &math] {
        assert_eq!(verdict.correct, verdict.reason.is_correct());
        assert!(verdict.work <= Verdict::MAX_WORK);
    }
    let exact = Verifier::default();
    let there = exact.compare(prediction, answer);
    let back = exact.compare(answer, prediction);
    assert_eq!(there.is_correct(), back.is_correct(), "{there:?} {back:?}");
    let rounded = Verifier {
        decimals: Decimals::Rounded,
        ..exact
    };
    let loose = rounded.compare(prediction, answer);
    let looser = loose.is_correct() || loose == Reason::OverBudget;
    assert!(looser || !there.is_correct(), "rounded: {loose:?}");
    for text in [prediction, answer] {
        let itself = exact.compare(text, text);
        let equal = itself.is_correct() || itself == Reason::EmptyAnswer;
        assert!(equal, "{text:?} against itself: {itself:?}");
    }
    sound
}
