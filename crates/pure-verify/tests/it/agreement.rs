//! Agreement with three recorded graders.
//!
//! `tests/data/graded.jsonl` holds `[prediction, answer, kind, wrap, main, prime, eval]`: answers of
//! public benchmarks rewritten so that the meaning stays (`eq_*`) or changes (`ne_*`), wrapped into
//! responses, and what three graders said: a string grader (`main`) and two that call a computer
//! algebra system. It is a third of the whole record, with every kind of rewriting but those that only
//! repeat a text, which are made here; its figures are asserted exactly. Where `PURE_GOLDEN` names the
//! folder of a whole record, all of that is tried too, against the same bounds.

use std::collections::BTreeMap;
use std::path::Path;

use pure_verify::{Mode, verify};
use serde_json::Value;

struct Pair {
    prediction: String,
    answer: String,
    kind: String,
    wrap: String,
    graders: [Option<bool>; 3],
}

fn pairs(text: &str) -> Vec<Pair> {
    let keys = ["pred", "gt", "kind", "wrap", "main", "prime", "eval"];
    let read = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap();
        let at = |index: usize| match &value {
            Value::Array(values) => &values[index],
            record => &record[keys[index]],
        };
        let text = |index: usize| at(index).as_str().unwrap().to_owned();
        Pair {
            prediction: text(0),
            answer: text(1),
            kind: text(2),
            wrap: text(3),
            graders: [4, 5, 6].map(|index| at(index).as_u64().map(|said| said == 1)),
        }
    };
    text.lines().map(read).collect()
}

fn committed() -> Vec<Pair> {
    pairs(include_str!("../data/graded.jsonl"))
}

/// The committed record, and the whole one that `PURE_GOLDEN` names.
fn records() -> Vec<Vec<Pair>> {
    let mut records = vec![committed()];
    if let Some(folder) = std::env::var_os("PURE_GOLDEN") {
        let path = Path::new(&folder).join("verifier/triples.jsonl");
        let text = std::fs::read_to_string(&path);
        let text = text.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        records.push(pairs(&text));
    }
    records
}

/// Wraps that change what the response says: a minus before the answer, a wrong box behind it.
fn keeps_meaning(wrap: &str) -> bool {
    !matches!(wrap, "w_neg_in" | "w_two_first")
}

/// Pairs of a kind `eq_*` that are rejected, and why that is right.
const RIGHTLY_REJECTED: [(&str, &str, &str); 9] = [
    (
        "0.0166666666667",
        "\\frac{1}{60}",
        "a decimal is the number that it says, unless `Decimals::Rounded` is asked for",
    ),
    (
        "0.333333333333 E_{1}+",
        "\\frac{1}{3} E_{1}+",
        "the same, in a coefficient",
    ),
    ("1.7320508076", "\\sqrt{3}", "the same"),
    (
        "3.89*e-10",
        "3.89e-10",
        "the rewriting broke the number: this is a difference, 3.89 e - 10",
    ),
    ("1 \\cdot e-8", "1e-8", "the same"),
    (
        "\\begin{vmatrix}",
        "\\begin{pmatrix}",
        "a determinant is not a matrix",
    ),
    (
        "14/5",
        "1\\frac{4}{5}",
        "the rewriting took a mixed number for a product",
    ),
    (
        "\\sqrt[2][3]{7}",
        "\\sqrt[3]{7}",
        "the rewriting broke the root",
    ),
    (
        "\\rfloor1}",
        "\\lfloor\\sqrt{n-1}\\rfloor",
        "a second box, and another answer in it",
    ),
];

/// Pairs of a kind `ne_*` that are accepted, and why that is right.
const RIGHTLY_ACCEPTED: [(&str, &str, &str); 1] = [(
    "{33}",
    "033",
    "a leading zero says nothing, and AIME's own answers carry some: the swapped digits were 0 and \
     the only other one of 033, which is 33",
)];

#[test]
fn mode_math_equals_the_string_grader_on_every_pair() {
    for pair in records().iter().flatten() {
        let verdict = verify(&pair.prediction, &pair.answer, Mode::Math);
        assert_eq!(
            Some(verdict.correct),
            pair.graders[0],
            "{:?} against {:?}",
            pair.prediction,
            pair.answer
        );
    }
}

#[test]
fn mode_math_equals_the_string_grader_on_texts_that_repeat() {
    let nested =
        |open: &str, close: &str| format!("\\boxed{{{}5{}}}", open.repeat(250), close.repeat(250));
    let cases = [
        (nested("\\boxed{", "}"), true),
        ("\\boxed{5}".repeat(250), true),
        (nested("(", ")"), false),
        (nested("\\frac", ""), false),
        ("\\boxed{".repeat(250), false),
        (format!("\\boxed{}", "{".repeat(2_500)), false),
        (format!("\\boxed{{{}", "}".repeat(2_500)), false),
        (format!("\\boxed{{{}}}", "1".repeat(2_500)), false),
        ("a".repeat(20_000), false),
        ("中".repeat(5_000), false),
    ];
    for (prediction, correct) in cases {
        let verdict = verify(&prediction, "5", Mode::Math);
        assert_eq!(verdict.correct, correct, "{}", &prediction[..9]);
    }
}

#[test]
fn rewritings_that_keep_the_meaning_are_accepted_but_for_known_ones() {
    for (at, record) in records().iter().enumerate() {
        // Of all, and of those whose wrap keeps the meaning too.
        let (mut all, mut kept) = ([0, 0], [0, 0]);
        for pair in record.iter().filter(|pair| pair.kind.starts_with("eq_")) {
            let verdict = verify(&pair.prediction, &pair.answer, Mode::Sound);
            let keeps = keeps_meaning(&pair.wrap);
            for (counted, of) in [(&mut all, true), (&mut kept, keeps)] {
                counted[0] += u32::from(of && verdict.correct);
                counted[1] += u32::from(of);
            }
            let known = RIGHTLY_REJECTED.iter().any(|(part, answer, _)| {
                pair.prediction.contains(part) && pair.answer.contains(answer)
            });
            assert!(
                verdict.correct || known || !keeps,
                "{} {:?} against {:?}: {verdict:?}",
                pair.kind,
                pair.prediction,
                pair.answer
            );
        }
        println!("accepted of all: {all:?}, where the wrap keeps the meaning: {kept:?}");
        assert!(kept[0] * 100 >= kept[1] * 99);
        if at == 0 {
            assert_eq!((all, kept), ([459, 475], [459, 463]));
        }
    }
}

#[test]
fn rewritings_that_change_the_meaning_are_rejected_but_for_known_ones() {
    for (at, record) in records().iter().enumerate() {
        let (mut seen, mut rejected) = (0, 0);
        for pair in record.iter().filter(|pair| pair.kind.starts_with("ne_")) {
            let verdict = verify(&pair.prediction, &pair.answer, Mode::Sound);
            seen += 1;
            rejected += usize::from(!verdict.correct);
            let known = RIGHTLY_ACCEPTED
                .iter()
                .any(|(part, answer, _)| pair.prediction.contains(part) && pair.answer == *answer);
            assert!(
                !verdict.correct || known,
                "{} {:?} against {:?}: {verdict:?}",
                pair.kind,
                pair.prediction,
                pair.answer
            );
        }
        println!("rejected {rejected} of {seen}");
        assert!(rejected * 1000 >= seen * 995);
        if at == 0 {
            assert_eq!((rejected, seen), (160, 160));
        }
    }
}

#[test]
fn where_graders_and_kind_agree_so_does_the_verifier() {
    for (at, record) in records().iter().enumerate() {
        let (mut seen, mut agreed) = (0, 0);
        for pair in record {
            let meant = match pair.kind.split_once('_') {
                Some(("eq", _)) => Some(true),
                Some(("ne", _)) => Some(false),
                _ => None,
            };
            if meant.is_some() && pair.graders[1] == meant && pair.graders[2] == meant {
                let verdict = verify(&pair.prediction, &pair.answer, Mode::Sound);
                seen += 1;
                agreed += usize::from(Some(verdict.correct) == meant);
            }
        }
        println!("agreed on {agreed} of {seen}");
        assert!(agreed * 100 >= seen * 99);
        if at == 0 {
            assert_eq!((agreed, seen), (459, 461));
        }
    }
}

/// Per family of kinds and grader: both said no, only the verifier yes, only the grader yes, both yes.
const CONFUSION: [(&str, [[u32; 4]; 3]); 5] = [
    ("am", [[30, 87, 3, 36], [19, 24, 14, 99], [20, 33, 13, 90]]),
    (
        "eq",
        [[16, 286, 0, 173], [14, 76, 2, 383], [14, 113, 2, 346]],
    ),
    (
        "garbage",
        [[123, 41, 0, 7], [116, 17, 6, 31], [115, 11, 7, 37]],
    ),
    ("ne", [[160, 0, 0, 0], [151, 0, 9, 0], [153, 0, 6, 0]]),
    ("quirk", [[28, 11, 5, 8], [5, 4, 28, 15], [15, 3, 18, 16]]),
];

#[test]
fn verdicts_agree_and_differ_with_each_grader_as_recorded() {
    let mut table: BTreeMap<String, [[u32; 4]; 3]> = BTreeMap::new();
    for pair in committed() {
        let said = verify(&pair.prediction, &pair.answer, Mode::Sound).correct;
        let family = pair.kind.split('_').next().unwrap().to_owned();
        let cells = table.entry(family).or_default();
        for (cells, grader) in cells.iter_mut().zip(pair.graders) {
            if let Some(verdict) = grader {
                cells[2 * usize::from(verdict) + usize::from(said)] += 1;
            }
        }
    }
    let recorded = CONFUSION.map(|(family, cells)| (family.to_owned(), cells));
    assert_eq!(table, BTreeMap::from(recorded));
}
