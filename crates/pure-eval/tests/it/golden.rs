//! What tests/golden/make_metrics.py computed of the same samples, by trying every draw.

use std::path::Path;

use pure_data::QuestionFields;
use pure_eval::{
    Benchmark, BenchmarkResults, Comparison, Curve, Estimate, JudgedProblem, Protocol, Sample,
    Score, Verdict, read_samples,
};
use pure_verify::Verifier;
use serde_json::Value;

struct Golden {
    benchmark: Benchmark,
    before: Vec<Sample>,
    after: Vec<Sample>,
    metrics: Value,
}

fn golden() -> Golden {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let benchmark = folder.join("benchmark.jsonl");
    let metrics = std::fs::read_to_string(folder.join("metrics.json")).unwrap();
    Golden {
        benchmark: Benchmark::read(benchmark, &QuestionFields::default(), &Verifier::default())
            .unwrap(),
        before: read_samples(folder.join("before.jsonl")).unwrap(),
        after: read_samples(folder.join("after.jsonl")).unwrap(),
        metrics: serde_json::from_str(&metrics).unwrap(),
    }
}

impl Golden {
    fn judged(&self, samples: &[Sample]) -> Vec<JudgedProblem> {
        JudgedProblem::all(&self.benchmark, samples, &Verifier::default()).unwrap()
    }

    fn results(&self) -> BenchmarkResults {
        BenchmarkResults::of(&self.benchmark, &self.judged(&self.before), self.seed()).unwrap()
    }

    fn seed(&self) -> u64 {
        self.metrics["seed"].as_u64().unwrap()
    }
}

/// Whether all numbers of what was found are there, each within 1e-12. What the script does not know is not looked at.
fn assert_close(found: &Value, expected: &Value, place: &str) {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            for (name, expected) in expected {
                assert_close(&found[name], expected, &format!("{place}.{name}"));
            }
        }
        (Value::Array(found), Value::Array(expected)) => {
            assert_eq!(found.len(), expected.len(), "{place}");
            for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
                assert_close(found, expected, &format!("{place}[{index}]"));
            }
        }
        (Value::Number(found), Value::Number(expected)) => {
            let (found, expected) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
            assert!(
                (found - expected).abs() < 1e-12,
                "{place}: {found}, not {expected}"
            );
        }
        _ => assert_eq!(found, expected, "{place}"),
    }
}

#[test]
fn the_verifier_says_of_every_sample_what_its_maker_knew() {
    let golden = golden();
    assert_eq!(
        (golden.benchmark.problems.len(), golden.before.len()),
        (36, 251)
    );
    for sample in golden.before.iter().chain(&golden.after) {
        let problems = &golden.benchmark.problems;
        let problem = problems
            .iter()
            .find(|problem| problem.id == sample.id)
            .unwrap();
        let verdict = Verdict::of(
            &sample.generation.text,
            &problem.answer,
            &Verifier::default(),
        );
        assert_eq!(verdict, sample.verdict, "{}", sample.generation.text);
    }
}

#[test]
fn every_protocol_is_what_trying_every_draw_gives_problem_by_problem() {
    let golden = golden();
    let judged = golden.judged(&golden.before);
    let curves = golden.metrics["curves"].as_array().unwrap();
    assert_eq!(curves.len(), 13);
    for curve in curves {
        let protocol: Protocol = serde_json::from_value(curve.clone()).unwrap();
        for point in curve["points"].as_array().unwrap() {
            let k = point["k"].as_u64().unwrap() as usize;
            let scores = protocol.scores(&judged, k, golden.seed()).unwrap();
            let values: Value = scores.iter().map(|score| score.value).collect();
            assert_close(&values, &point["values"], &format!("{protocol}, k = {k}"));
        }
    }
}

#[test]
fn results_hold_the_same_means_and_intervals() {
    let golden = golden();
    let results = golden.results();
    let expected = golden.metrics["curves"].as_array().unwrap();
    let average = &expected[0]["points"][0];
    let estimate = |estimate: &Estimate| serde_json::to_value(estimate).unwrap();
    for name in ["value", "low", "high"] {
        assert_close(&estimate(&results.accuracy)[name], &average[name], name);
    }
    assert_eq!(results.curves.len(), 12);
    for (Curve { protocol, points }, expected) in results.curves.iter().zip(&expected[1..]) {
        let named: Protocol = serde_json::from_value(expected.clone()).unwrap();
        assert_eq!(*protocol, named);
        for (point, expected) in points.iter().zip(expected["points"].as_array().unwrap()) {
            let point = serde_json::to_value(point).unwrap();
            for name in ["k", "value", "low", "high"] {
                assert_close(
                    &point[name],
                    &expected[name],
                    &format!("{protocol}, {name}"),
                );
            }
        }
    }
    let found = serde_json::to_value(&results).unwrap();
    for part in ["by_level", "by_subject", "lengths", "wrong_answers"] {
        assert_close(&found[part], &golden.metrics[part], part);
    }
}

/// The first sample of each problem alone, as a greedy evaluation has it.
fn firsts(samples: &[Sample]) -> Vec<Sample> {
    let first = samples.iter().filter(|sample| sample.sample == 0);
    first.cloned().collect()
}

fn averages(golden: &Golden, samples: &[Sample]) -> Vec<Score> {
    let judged = golden.judged(samples);
    Protocol::Average.scores(&judged, 1, 0).unwrap()
}

fn assert_comparison(golden: &Golden, before: &[Score], after: &[Score], name: &str) {
    let found = Comparison::of(before, after, golden.seed()).unwrap();
    let expected = &golden.metrics[name];
    let numbers = serde_json::to_value(&found).unwrap();
    for number in ["before", "after", "difference"] {
        assert_close(
            &numbers[number],
            &expected[number],
            &format!("{name}, {number}"),
        );
    }
    assert_close(&numbers["test"]["p_value"], &expected["p_value"], name);
    for (changes, side) in [(&found.won, "won"), (&found.lost, "lost")] {
        let ids: Value = changes.iter().map(|change| change.id.clone()).collect();
        assert_eq!(ids, expected[side], "{name}, {side}");
    }
}

#[test]
fn greedy_accuracy_and_its_comparison_are_wilsons_and_mcnemars() {
    let golden = golden();
    let (before, after) = (firsts(&golden.before), firsts(&golden.after));
    let accuracy = Protocol::Average
        .measure(&golden.judged(&before), 1, 0)
        .unwrap();
    let accuracy = serde_json::to_value(accuracy).unwrap();
    assert_close(&accuracy, &golden.metrics["greedy"], "greedy");
    let (before, after) = (averages(&golden, &before), averages(&golden, &after));
    assert_comparison(&golden, &before, &after, "greedy_comparison");
}

#[test]
fn averages_are_compared_by_the_same_permutations() {
    let golden = golden();
    let before = averages(&golden, &golden.before);
    let after = averages(&golden, &golden.after);
    assert_comparison(&golden, &before, &after, "average_comparison");
    // Few differences, of which all signs are tried.
    assert_comparison(&golden, &before[..12], &after[..12], "few_comparison");
}
