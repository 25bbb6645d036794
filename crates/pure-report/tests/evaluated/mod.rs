//! An evaluation of a model that is right now and then, and its page.

use std::collections::BTreeMap;

use pure_core::Finish;
use pure_data::QuestionFields;
use pure_eval::{
    Benchmark, BenchmarkResults, Fingerprint, Generation, JudgedProblem, Results, Sample,
};
use pure_report::{EvaluatedBenchmark, evaluation_page};
use pure_verify::Verifier;
use serde_json::{Map, json};

/// Samples of each problem.
pub const SAMPLES: usize = 4;

/// Text that would be more than text in a page that did not see to it.
pub const HOSTILE: &str = "</script><img src=x onerror=\"window.hacked = 1\"> & <b>bold</b>";

/// The benchmarks of the evaluation, of so many problems each, and their samples.
pub fn evaluation(problems: usize) -> Vec<(Benchmark, Vec<Sample>)> {
    let made = |name: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("{name}.jsonl"));
        let line = |number: usize| {
            let question = match number {
                0 => HOSTILE.to_owned(),
                _ => format!("{name}: what is {number} + {number}?"),
            };
            json!({
                "id": format!("p{number}"), "question": question, "answer": (2 * number).to_string(),
                "level": 1 + number % 5, "subject": (["Algebra", "Number Theory"][number % 2]),
            })
        };
        let lines = (0..problems).map(|number| format!("{}\n", line(number)));
        std::fs::write(&path, lines.collect::<String>()).unwrap();
        let (fields, verifier) = (QuestionFields::default(), Verifier::default());
        let benchmark = Benchmark::read(&path, &fields, &verifier).unwrap();
        let samples = (0..problems * SAMPLES).map(|place| sample(&benchmark, place));
        let samples = samples.collect();
        (benchmark, samples)
    };
    ["first", "second"].map(made).into()
}

/// Of four samples one is right, one wrong, one cut off, and one, whose rewards are of steps that its text does not tell
/// apart, gives no answer.
fn sample(benchmark: &Benchmark, place: usize) -> Sample {
    let (problem, number) = (&benchmark.problems[place / SAMPLES], place % SAMPLES);
    let twice = 2 * (place / SAMPLES);
    let (text, rewards, finish) = match number {
        0 => (
            format!("Twice that is {twice}.\n\nSo \\boxed{{{twice}}}"),
            vec![0.9, 0.75],
            Finish::End,
        ),
        1 => (
            format!(
                "Add them up: {HOSTILE}\n\nThat is {}.\n\nSo \\boxed{{{}}}",
                twice + 1,
                twice + 1
            ),
            vec![0.8, -0.5, 0.1],
            Finish::End,
        ),
        2 => (
            "Let us see.\n\nLet us".to_owned(),
            vec![0.2, -0.1],
            Finish::Length,
        ),
        _ => ("I do not know.".to_owned(), vec![-0.9, -0.8], Finish::End),
    };
    let generation = Generation {
        num_tokens: text.len() / 3,
        cumulative_logprob: Some(-1.0),
        text,
        finish,
    };
    let mut sample = Sample::verified(problem, number, generation, &Verifier::default());
    sample.rewards = Some(rewards);
    sample
}

/// The page of an evaluation.
pub fn page(evaluation: &[(Benchmark, Vec<Sample>)]) -> String {
    let judge = |(benchmark, samples): &(Benchmark, Vec<Sample>)| {
        JudgedProblem::all(benchmark, samples, &Verifier::default()).unwrap()
    };
    let judged: Vec<Vec<JudgedProblem>> = evaluation.iter().map(judge).collect();
    let found = evaluation.iter().zip(&judged);
    let found =
        found.map(|((benchmark, _), judged)| BenchmarkResults::of(benchmark, judged, 0).unwrap());
    let settings = Map::from_iter([("template".to_owned(), json!("<chat>"))]);
    let fingerprint = Fingerprint { bytes: 1, crc32: 2 };
    let fingerprints = BTreeMap::from([("model".to_owned(), fingerprint)]);
    let results = Results::of(settings, fingerprints, 0, found.collect());
    let shown = evaluation.iter().zip(&judged);
    let shown = shown.map(|((benchmark, samples), judged)| EvaluatedBenchmark {
        benchmark,
        samples,
        judged,
    });
    evaluation_page("runs/sft", &results, &shown.collect::<Vec<_>>())
}
