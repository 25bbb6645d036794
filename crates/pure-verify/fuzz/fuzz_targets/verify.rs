//! Two texts with a zero byte between them: whichever is the answer, the promises are kept.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/it/fuzz/promises.rs"]
mod promises;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (prediction, answer) = text.split_once('\0').unwrap_or((&text, "5"));
    promises::keep(prediction, answer);
});
