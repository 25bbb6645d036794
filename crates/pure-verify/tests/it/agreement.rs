//! Agreement with three recorded graders.
//!
//! `tests/data/graded.jsonl` holds `[prediction, answer, kind, wrap, main, prime, eval]`: answers of
//! public benchmarks rewritten so that the meaning stays (`eq_*`) or changes (`ne_*`), wrapped into
//! responses, and what three graders said: a string grader (`main`) and two that call a computer
//! algebra system. It is a third of the whole record, which is read where `PURE_GOLDEN` names the
//! folder of the reference; `--nocapture` prints the tables.

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
    let text = match std::env::var_os("PURE_GOLDEN") {
        Some(folder) => {
            let path = std::path::Path::new(&folder).join("verifier/triples.jsonl");
            std::fs::read_to_string(path).unwrap()
        }
        None => include_str!("../data/graded.jsonl").to_owned(),
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
    // Of all, and of those whose wrap keeps the meaning too.
    let (mut all, mut kept) = ([0, 0], [0, 0]);
    for pair in pairs().iter().filter(|pair| pair.kind.starts_with("eq_")) {
        let verdict = verify(&pair.prediction, &pair.answer, Mode::Sound);
        let counts = [u32::from(verdict.correct), 1];
        let keeps = keeps_meaning(&pair.wrap);
        for at in 0..2 {
            all[at] += counts[at];
            kept[at] += if keeps { counts[at] } else { 0 };
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
    println!(
        "accepted {} of {} rewritings that keep the meaning, {} of {} where the wrap keeps it too",
        all[0], all[1], kept[0], kept[1]
    );
    assert!(kept[0] * 100 >= kept[1] * 99);
}

#[test]
fn rewritings_that_change_the_meaning_are_rejected_but_for_known_ones() {
    let (mut seen, mut rejected) = (0, 0);
    for pair in pairs().iter().filter(|pair| pair.kind.starts_with("ne_")) {
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
    println!("rejected {rejected} of {seen} rewritings that change the meaning");
    assert!(rejected * 1000 >= seen * 995);
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

#[test]
fn the_acceptance_of_every_kind_is_printed() {
    let mut kinds: BTreeMap<String, [u32; 2]> = BTreeMap::new();
    for pair in pairs() {
        let said = verify(&pair.prediction, &pair.answer, Mode::Sound).correct;
        let counts = kinds.entry(pair.kind).or_default();
        counts[0] += u32::from(said);
        counts[1] += 1;
    }
    for (kind, [accepted, seen]) in kinds {
        println!("{kind:20} {accepted:4} of {seen:4}");
    }
}
