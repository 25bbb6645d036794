//! The true answers of public benchmarks are read as mathematics, and told apart.
//!
//! `tests/data/answers.jsonl`: `[benchmark, answer]` of MATH-500, Minerva, OlympiadBench, AMC 23,
//! AIME 24 and GSM8K, without repetitions and without most whole numbers.

use pure_verify::{Decimals, Mode, Reason, Verifier, verify};

const SOUND: Verifier = Verifier {
    mode: Mode::Sound,
    decimals: Decimals::Exact,
};

fn answers() -> Vec<(String, String)> {
    include_str!("../data/answers.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn nearly_every_true_answer_is_read_as_mathematics_or_words() {
    let answers = answers();
    let unread: Vec<&str> = answers
        .iter()
        .map(|(_, answer)| answer.as_str())
        .filter(|answer| {
            // What was not understood is shown in quotes; words are meant to be.
            let understood = verify("0", answer, Mode::Sound).answer;
            understood.contains('"')
                && understood.contains(|c: char| !c.is_alphabetic() && !matches!(c, '"' | ' '))
        })
        .collect();
    println!(
        "{} of {} are compared as text: {unread:#?}",
        unread.len(),
        answers.len()
    );
    assert!(unread.len() * 50 <= answers.len());
}

#[test]
fn every_true_answer_equals_itself_boxed_spaced_and_in_dollars() {
    for (_, answer) in answers().iter().filter(|(_, answer)| !answer.is_empty()) {
        for response in [
            format!("So it is $\\boxed{{{answer}}}$."),
            format!("\\boxed{{ {answer} }}"),
            format!("\\boxed{{\\displaystyle {answer}}}"),
        ] {
            // Some answers hold half a formula, `221,$8`, and are not to be wrapped.
            let verdict = verify(&response, answer, Mode::Sound);
            assert!(verdict.correct, "{response}: {verdict:?}");
        }
    }
}

#[test]
fn no_two_answers_of_aime_are_equal_unless_they_are_the_same_number() {
    let answers = answers();
    let aime: Vec<&str> = answers
        .iter()
        .filter(|(from, _)| from == "aime24")
        .map(|(_, answer)| answer.as_str())
        .collect();
    assert!(aime.len() >= 20);
    for left in &aime {
        for right in &aime {
            let equal = left.trim_start_matches('0') == right.trim_start_matches('0');
            assert_eq!(
                SOUND.compare(left, right).is_correct(),
                equal,
                "{left} and {right}"
            );
        }
    }
}

#[test]
fn different_true_answers_of_a_benchmark_are_rarely_equal_and_then_by_value() {
    let answers = answers();
    let mut equal = Vec::new();
    for (at, (from, left)) in answers.iter().enumerate() {
        let others = answers[at + 1..].iter();
        for (_, right) in others.filter(|(other, _)| other == from) {
            let reason = SOUND.compare(left, right);
            if reason.is_correct() {
                assert_eq!(reason, Reason::SameValue, "{left} and {right}");
                equal.push((left, right));
            }
        }
    }
    assert_eq!(equal.len(), 9, "{equal:#?}");
}

/// Ways to write the same answer; `{}` is the answer.
const SPELLINGS: [&str; 25] = [
    "{}\\!",
    "\\displaystyle {}",
    "\\textstyle{{}}",
    "${}$",
    "\\text{{}}",
    "\\mbox{{}}",
    "\\mathrm{{}}",
    "{}\\ ",
    "{}\\quad",
    "{{}}",
    " {} ",
    "\n{}\n",
    "x = {}",
    "k={}",
    "f(x) = {}",
    "n: {}",
    "The answer is {}",
    "the value is {}",
    "Answer: {}",
    "{}. This holds",
    "{}. Done",
    "{}.",
    "{}\\\\",
    "{} \\text{ units}",
    "{}\\%",
];

#[test]
fn true_answers_survive_being_spelled_differently() {
    let answers = answers();
    let (mut seen, mut accepted) = (0, 0);
    for (from, answer) in &answers {
        // Half formulas and text with formulas inside cannot be wrapped.
        let whole =
            !answer.contains('$') || answer.matches('$').count() == 2 && answer.starts_with('$');
        if !whole || answer.is_empty() {
            continue;
        }
        let bare = answer.trim_start_matches('$').trim_end_matches(['$', '.']);
        for spelling in SPELLINGS {
            let response = format!("So \\boxed{{{}}}", spelling.replacen("{}", bare, 1));
            let response = if spelling == "{{}}" {
                format!("So \\boxed{{{{{bare}}}}}")
            } else {
                response
            };
            let verdict = verify(&response, answer, Mode::Sound);
            seen += 1;
            accepted += usize::from(verdict.correct);
            if !verdict.correct {
                println!(
                    "{from} {response}   {:?} {:?} {}",
                    verdict.reason, verdict.prediction, verdict.answer
                );
            }
        }
    }
    println!("{accepted} of {seen} spellings are accepted");
    assert!(accepted * 1000 >= seen * 985);
}

#[test]
fn a_changed_digit_or_sign_is_another_answer() {
    for (_, answer) in answers() {
        for (at, character) in answer.char_indices() {
            let mut changed = answer.clone();
            match character {
                '0'..='8' => {
                    changed.replace_range(at..=at, &char::from(character as u8 + 1).to_string())
                }
                '9' => changed.replace_range(at..=at, "7"),
                '+' => changed.replace_range(at..=at, "-"),
                '-' if at > 0 => changed.replace_range(at..=at, "+"),
                _ => continue,
            }
            let reason = SOUND.compare(&changed, &answer);
            assert!(!reason.is_correct(), "{changed} = {answer}");
        }
    }
}
