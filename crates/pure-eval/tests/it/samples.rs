//! The file of samples.

use pure_core::Finish;
use pure_eval::{Error, Generation, JudgedProblem, Sample, missing, read_samples};
use pure_verify::{Reason, Verifier};

use crate::{benchmark, file_of, generation, sample};

#[test]
fn a_line_says_all_of_a_sample_and_is_read_again() {
    let made = benchmark(&[("a", "2")]);
    let written = Generation {
        text: "so \\boxed{4/2}".to_owned(),
        num_tokens: 7,
        cumulative_logprob: Some(-1.1),
        finish: Finish::Stop,
    };
    let mut sample = Sample::verified(&made.problems[0], 3, written, &Verifier::default());
    assert_eq!(
        sample.line(),
        r#"{"id":"a","sample":3,"text":"so \\boxed{4/2}","num_tokens":7,"cumulative_logprob":-1.1,"finish":"stop","correct":true,"reason":"same_value","extracted":"4/2"}"#
    );
    sample.rewards = Some(vec![0.1, -1.0]);
    let lines = format!("{}\n\n{}\n", sample.line(), sample.line());
    let (_folder, path) = file_of("samples.jsonl", lines);
    assert_eq!(read_samples(path).unwrap(), [sample.clone(), sample]);
}

#[test]
fn every_reason_of_the_verifier_is_read_again() {
    let made = benchmark(&[("a", "1, 2")]);
    for (text, reason) in [
        ("no idea", Reason::NoAnswer),
        (
            "\\boxed{1}",
            Reason::DifferentLength {
                prediction: 1,
                answer: 2,
            },
        ),
        ("\\boxed{2,1}", Reason::SameValue),
    ] {
        let sample = Sample::verified(&made.problems[0], 0, generation(text), &Verifier::default());
        assert_eq!(sample.verdict.reason, reason);
        let again: Sample = serde_json::from_str(&sample.line()).unwrap();
        assert_eq!(again, sample);
    }
}

#[test]
fn a_run_that_was_cut_off_goes_on_with_what_is_missing() {
    let made = benchmark(&[("a", "1"), ("b", "2")]);
    let [a, b] = &made.problems[..] else {
        panic!("two problems")
    };
    // They come in any order, and the last line was cut off.
    let lines = format!(
        "{}\n{}\n{{\"id\":\"a\",\"sam",
        sample(b, 1, "2").line(),
        sample(a, 0, "1").line()
    );
    let (_folder, path) = file_of("samples.jsonl", &lines);
    let there = read_samples(&path).unwrap();
    assert_eq!(missing(&made.problems, &there, 2), [(0, 1), (1, 0)]);

    let kept = lines.rfind('\n').unwrap() as u64 + 1;
    let mut journal = pure_files::Journal::open(&path, kept).unwrap();
    for (problem, number) in missing(&made.problems, &there, 2) {
        let line = sample(&made.problems[problem], number, "1").line();
        journal.write_line(line).unwrap();
    }
    let all = read_samples(&path).unwrap();
    assert!(missing(&made.problems, &all, 2).is_empty());
    let judged = JudgedProblem::all(&made, &all, &Verifier::default()).unwrap();
    let right: Vec<_> = judged
        .iter()
        .map(|problem| (problem.right(), problem.samples.len()))
        .collect();
    assert_eq!(right, [(2, 2), (1, 2)]);
}

#[test]
fn a_line_that_is_no_sample_is_named() {
    let (_folder, path) = file_of("samples.jsonl", "\n{\"id\": \"a\", \"sample\": -1}\n");
    let error = read_samples(path).unwrap_err();
    assert!(matches!(&error, Error::Line { line: 2, .. }), "{error}");
    assert!(error.to_string().contains("line 2: no sample: "), "{error}");
}

#[test]
fn samples_that_belong_to_nothing_or_are_there_twice_are_refused() {
    let made = benchmark(&[("a", "1"), ("b", "2"), ("c", "3")]);
    let one = sample(&made.problems[0], 0, "1");
    let all = |samples: &[Sample]| {
        let judged = JudgedProblem::all(&made, samples, &Verifier::default());
        judged.unwrap_err().to_string()
    };
    let stray = Sample {
        id: "z".to_owned(),
        ..one.clone()
    };
    assert!(all(&[stray]).contains("no problem is called so: is it of another benchmark?"));
    assert!(all(&[one.clone(), one.clone()]).contains("sample 0 of problem \"a\" is there twice"));
    assert!(
        all(std::slice::from_ref(&one)).contains("2 problems have no sample, the first is \"b\"")
    );
    for bad in [1.5, f32::NAN] {
        let judged = Sample {
            rewards: Some(vec![0.5, bad]),
            ..one.clone()
        };
        let error = all(&[
            judged,
            sample(&made.problems[1], 0, "2"),
            sample(&made.problems[2], 0, "3"),
        ]);
        assert!(error.contains("the reward of step 2 is"), "{error}");
    }
}
