//! Two texts with a zero byte between them: a verdict comes, soon, whichever of them is the answer.
#![no_main]

use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use pure_verify::{Decimals, Mode, Verifier, verify};

/// Ten times what a verdict may take at most, for the checks that a release does not have.
const LIMIT: Duration = Duration::from_millis(100);

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (left, right) = text.split_once('\0').unwrap_or((&text, "5"));
    let exact = Verifier::default();
    let rounded = Verifier {
        decimals: Decimals::Rounded,
        ..exact
    };

    let there = exact.compare(left, right);
    let timed = || {
        let start = Instant::now();
        exact.compare(left, right);
        start.elapsed()
    };
    // A process may be held up, but not time and again.
    assert!((0..5).any(|_| timed() < LIMIT), "{:?}", timed());
    let back = exact.compare(right, left);
    assert_eq!(
        there.is_correct(),
        back.is_correct(),
        "{left:?} {right:?}: {there:?}, {back:?}"
    );
    let loose = rounded.compare(left, right).is_correct();
    assert!(loose || !there.is_correct(), "{left:?} {right:?}");

    verify(left, right, Mode::Math);
    let verdict = verify(left, right, Mode::Sound);
    assert_eq!(verdict.correct, verdict.reason.is_correct());
});
