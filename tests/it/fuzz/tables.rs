//! Parquet files of every kind that is read, with bytes changed.
//!
//! The library that reads them panics at some; that is caught, though its words are printed.

use std::fs;
use std::path::Path;

use pure::data::{LabelledAnswers, Questions, ReadOptions, check};
use pure_data::FirstErrorCases;
use tempfile::TempDir;

use super::dice::Dice;
use super::{text, try_inputs};

/// Files of other programs, and what Parquet can hold in several ways.
fn bases() -> Vec<Vec<u8>> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/pure-data/tests/fixtures");
    let entries = fs::read_dir(fixtures).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "parquet"));
    paths.sort();
    assert!(paths.len() > 5);
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

fn input(number: u64, bases: &[Vec<u8>]) -> Vec<u8> {
    let mut dice = Dice(number);
    let mut file = dice.pick(bases).clone();
    // Where the columns are described, near the end, a byte tells most.
    let near = file.len() / 2;
    for _ in 0..1 + dice.below(3) {
        let at = near + dice.below(file.len() - near);
        match dice.below(3) {
            0 => file[at] = [0, 1, 0x7f, 0x80, 0xff][dice.below(5)],
            1 => file[at] ^= 1 << dice.below(8),
            _ => (),
        }
    }
    if dice.one_in(3) {
        text::damage(&mut dice, &mut file);
    }
    file
}

#[test]
fn changed_tables_are_read_or_refused() {
    let (folder, bases) = (TempDir::new().unwrap(), bases());
    try_inputs(
        3_000,
        move |number| input(number, &bases),
        move |_, bytes| {
            let path = folder.path().join("table.parquet");
            fs::write(&path, bytes).unwrap();
            let answers = LabelledAnswers::open(&path, ReadOptions::default());
            let answers = answers.map_or(0, |answers| check(answers, 3).answers);
            let good = |count: Option<usize>| count.unwrap_or(0);
            let questions = Questions::open(&path, None);
            let questions = questions.map(|all| all.filter(Result::is_ok).count());
            let cases = FirstErrorCases::open(&path, None);
            let cases = cases.map(|all| all.filter(Result::is_ok).count());
            answers as usize + good(questions.ok()) + good(cases.ok()) > 0
        },
    );
}
