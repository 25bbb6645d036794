//! Wrong answers by kind.

use pure_core::Finish;
use pure_eval::{JudgedProblem, Sample, WrongAnswers, WrongKind};
use pure_verify::Verifier;

use crate::{benchmark, generation};

fn kind(truth: &str, text: &str, finish: Finish) -> Option<WrongKind> {
    let made = benchmark(&[("a", truth)]);
    let mut written = generation(text);
    written.finish = finish;
    let verifier = Verifier::default();
    let sample = Sample::verified(&made.problems[0], 0, written, &verifier);
    WrongKind::of(&sample, &made.problems[0].answer, &verifier)
}

#[test]
fn a_wrong_answer_is_of_one_kind() {
    let end = Finish::End;
    for (truth, text, finish, expected) in [
        ("2", "so \\boxed{2}", end, None),
        ("2", "so \\boxed{3}", end, Some(WrongKind::Wrong)),
        ("2", "I do not know.", end, Some(WrongKind::NoAnswer)),
        ("2", "so \\boxed{}", end, Some(WrongKind::NoAnswer)),
        (
            "2",
            "so \\boxed{no solution exists}",
            end,
            Some(WrongKind::Unparsable),
        ),
        ("2", "so \\boxed{2x+}", end, Some(WrongKind::Unparsable)),
        // Words are an answer where words are asked for.
        ("east", "so \\boxed{west}", end, Some(WrongKind::Wrong)),
        (
            "2",
            "first, let us",
            Finish::Length,
            Some(WrongKind::CutOff),
        ),
        (
            "2",
            "so \\boxed{3}, or",
            Finish::Length,
            Some(WrongKind::CutOff),
        ),
        ("2", "so \\boxed{2}. Let", Finish::Length, None),
    ] {
        assert_eq!(kind(truth, text, finish), expected, "{text}");
    }
}

#[test]
fn kinds_are_counted_over_all_samples() {
    let made = benchmark(&[("a", "2")]);
    let texts = [
        "\\boxed{2}",
        "\\boxed{3}",
        "\\boxed{4}",
        "none",
        "\\boxed{\\text{none of these}}",
    ];
    let verifier = Verifier::default();
    let sample = |(number, text): (usize, &&str)| {
        Sample::verified(&made.problems[0], number, generation(text), &verifier)
    };
    let samples: Vec<Sample> = texts.iter().enumerate().map(sample).collect();
    let judged = JudgedProblem::all(&made, &samples, &verifier).unwrap();
    let expected = WrongAnswers {
        samples: 5,
        wrong: 2,
        no_answer: 1,
        unparsable: 1,
        ..WrongAnswers::default()
    };
    assert_eq!(WrongAnswers::of(&judged), expected);
}
