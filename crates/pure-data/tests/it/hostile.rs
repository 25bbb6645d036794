//! Nothing that a file may hold makes anything here panic.

use std::fs;

use pure_data::{FirstErrorCases, LabelledAnswers, Layout, Questions, ReadOptions, check};

use crate::{file_of, fixture};

/// Random numbers by splitmix64.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) % bound as u64) as usize
    }
}

/// One to four bytes of a text changed, dropped or put in.
pub fn mutate(bytes: &[u8], dice: &mut Dice) -> Vec<u8> {
    const SALT: &[u8] = b"{}[]\",:\\0-.eEtn \xff\xc3";
    let mut bytes = bytes.to_vec();
    for _ in 0..1 + dice.below(4) {
        let at = dice.below(bytes.len());
        match dice.below(4) {
            0 => bytes[at] = dice.below(256) as u8,
            1 => bytes[at] = SALT[dice.below(SALT.len())],
            2 => bytes.insert(at, SALT[dice.below(SALT.len())]),
            _ if bytes.len() > 1 => _ = bytes.remove(at),
            _ => {}
        }
    }
    bytes
}

#[test]
fn ten_thousand_mutated_lines_are_read_or_told() {
    let mut dice = Dice(0);
    let mut lines = Vec::new();
    for name in [
        "prm800k.jsonl",
        "prm800k_by_trl.jsonl",
        "math_shepherd.jsonl",
    ] {
        let text = fs::read(fixture(name)).unwrap();
        lines.extend(text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec));
    }
    lines.retain(|line| !line.is_empty());
    let mut text = Vec::new();
    for number in 0..10_000 {
        text.extend_from_slice(&mutate(&lines[number % lines.len()], &mut dice));
        text.push(b'\n');
    }
    let (_folder, path) = file_of("mutated.jsonl", &text);
    for layout in [Layout::JsonLines, Layout::JsonArray] {
        for form in ["trl", "prm800k", "math_shepherd"] {
            let form = serde_json::from_value(form.into()).unwrap();
            let options = ReadOptions {
                layout: Some(layout),
                form: Some(form),
                ..ReadOptions::default()
            };
            let report = check(LabelledAnswers::open(&path, options).unwrap(), 10);
            assert!(report.bad_records > 0);
            assert!(layout != Layout::JsonLines || report.answers > 0);
        }
        let read = Questions::open(&path, Some(layout)).unwrap().count();
        let cases = FirstErrorCases::open(&path, Some(layout)).unwrap().count();
        assert_eq!(read, cases);
    }
}
