//! Every answer equals itself, in whatever harmless way it is written down again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pure_verify::{Mode, Reason, Verifier, verify};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let judge = Verifier::default();
    let reason = judge.compare(&text, &text);
    if reason == Reason::EmptyAnswer {
        return;
    }
    assert!(reason.is_correct(), "{text:?}: {reason:?}");
    // A name that no fuzzed text has: the trees are compared, not the texts.
    let understood = judge.compare(&text, "5 \\theta_{never}");
    if matches!(understood, Reason::DifferentValue) {
        let sum = judge.compare(&format!("0+({text})"), &text);
        assert!(
            sum.is_correct() || !plain(&text),
            "0+({text}) against itself: {sum:?}"
        );
    }
    verify(
        &format!("So it is $\\boxed{{{text}}}$."),
        &text,
        Mode::Sound,
    );
});

/// Numbers and their arithmetic only: other notation changes its meaning in brackets.
fn plain(text: &str) -> bool {
    let ends = |c: char| c.is_ascii_digit() || c == 'x';
    text.starts_with(ends)
        && text.ends_with(ends)
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"+*/() x".contains(&byte))
}
