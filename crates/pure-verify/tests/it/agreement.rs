//! Agreement with three recorded graders.
//!
//! `tests/data/graded.jsonl` holds `[prediction, answer, kind, wrap, main, prime, eval]`: answers of
//! public benchmarks rewritten so that the meaning stays (`eq_*`) or changes (`ne_*`), wrapped into
//! responses, and what three graders said: a string grader (`main`) and two that call a computer
//! algebra system. `PURE_VERIFY_TRIPLES` may name a larger file, of objects with the keys `pred`,
//! `gt`, `kind`, `wrap`, `main`, `prime`, `eval`; `--nocapture` prints the tables.

use std::collections::BTreeMap;

use pure_verify::{Mode, verify};
use serde_json::Value;

struct Pair {
    prediction: String,
    answer: String,
    kind: String,
    wrap: String,
    graders: [Option<bool>; 3],
}

fn pairs() -> Vec<Pair> {
    let text = match std::env::var("PURE_VERIFY_TRIPLES") {
        Ok(path) => std::fs::read_to_string(path).unwrap(),
        Err(_) => include_str!("../data/graded.jsonl").to_owned(),
    };
    let keys = ["pred", "gt", "kind", "wrap", "main", "prime", "eval"];
    let read = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap();
        let at = |index: usize| {
            if value.is_array() {
                &value[index]
            } else {
                &value[keys[index]]
            }
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

/// Wraps that change what the response says: a minus before the answer, a wrong box behind it.
fn keeps_meaning(wrap: &str) -> bool {
    !matches!(wrap, "w_neg_in" | "w_two_first")
}

/// Pairs of a kind `eq_*` that are rejected, and why that is right.
const RIGHTLY_REJECTED: [(&str, &str, &str); 13] = [
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
        "9.35*e5",
        "9.35e5",
        "the rewriting broke the number: this is 9.35 times e5",
    ),
    ("2.75*e11", "2.75e11", "the same"),
    ("3.89*e-10", "3.89e-10", "the same: 3.89 e - 10"),
    ("1 \\cdot e-8", "1e-8", "the same"),
    ("4.46 \\cdot e19", "4.46e19", "the same"),
    ("1e - 3", "1e-3", "the same: e - 3"),
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
        "\\textstyle{f(x)=x,f(x)=-x}\\%",
        "f(x)=x,f(x)=-x",
        "a percentage of a list of functions means nothing",
    ),
];

/// Pairs of a kind `ne_*` that are accepted, and why that is right.
const RIGHTLY_ACCEPTED: [(&str, &str, &str); 3] = [
    (
        "--46.08",
        "46.08",
        "two minus signs: the wrap undid the rewriting",
    ),
    ("--5.3e3", "5.3e3", "the same"),
    (
        "{33}",
        "033",
        "the digits that were swapped were 0 and the only other one of 033, which is 33",
    ),
];

#[test]
fn mode_math_equals_the_string_grader_on_every_pair() {
    for pair in pairs() {
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
fn rewritings_that_keep_the_meaning_are_accepted_but_for_known_ones() {
    let (mut seen, mut accepted) = (0, 0);
    for pair in pairs().iter().filter(|pair| pair.kind.starts_with("eq_")) {
        let verdict = verify(&pair.prediction, &pair.answer, Mode::Sound);
        seen += 1;
        accepted += usize::from(verdict.correct);
        let known = RIGHTLY_REJECTED.iter().any(|(part, answer, _)| {
            pair.prediction.contains(part) && pair.answer.contains(answer)
        });
        assert!(
            verdict.correct || known || !keeps_meaning(&pair.wrap),
            "{} {:?} against {:?}: {verdict:?}",
            pair.kind,
            pair.prediction,
            pair.answer
        );
    }
    println!(
        "accepted {accepted} of {seen} rewritings that keep the meaning, wraps that change it included"
    );
    assert!(accepted * 100 >= seen * 96);
}

#[test]
fn rewritings_that_change_the_meaning_are_rejected_but_for_known_ones() {
    for pair in pairs().iter().filter(|pair| pair.kind.starts_with("ne_")) {
        let verdict = verify(&pair.prediction, &pair.answer, Mode::Sound);
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
}

#[test]
fn where_graders_and_kind_agree_so_does_the_judge() {
    let (mut seen, mut agreed) = (0, 0);
    for pair in pairs() {
        let meant = if pair.kind.starts_with("eq_") {
            Some(true)
        } else {
            pair.kind.strip_prefix("ne_").map(|_| false)
        };
        if meant.is_none() || pair.graders[1] != meant || pair.graders[2] != meant {
            continue;
        }
        seen += 1;
        agreed +=
            usize::from(Some(verify(&pair.prediction, &pair.answer, Mode::Sound).correct) == meant);
    }
    println!("agreed on {agreed} of {seen} pairs on which both graders and the kind agree");
    assert!(agreed * 100 >= seen * 99);
}

#[test]
fn the_confusion_table_is_printed() {
    let mut table: BTreeMap<(String, usize), [u32; 4]> = BTreeMap::new();
    for pair in pairs() {
        let said = verify(&pair.prediction, &pair.answer, Mode::Sound).correct;
        let family = pair.kind.split('_').next().unwrap_or_default().to_owned();
        for (grader, verdict) in pair.graders.iter().enumerate() {
            if let Some(verdict) = verdict {
                let cell = 2 * usize::from(*verdict) + usize::from(said);
                table.entry((family.clone(), grader)).or_default()[cell] += 1;
                table.entry(("all".to_owned(), grader)).or_default()[cell] += 1;
            }
        }
    }
    println!("kind     grader  both no   only we   only it   both yes");
    for ((family, grader), [no, we, it, yes]) in table {
        println!(
            "{family:8} {:7} {no:8} {we:9} {it:9} {yes:10}",
            ["main", "prime", "eval"][grader]
        );
    }
}
