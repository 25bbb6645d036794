//! `results.json` and the table.

use std::collections::BTreeMap;

use pure_eval::{BenchmarkResults, Fingerprint, JudgedProblem, Results, Sample};
use pure_verify::Verifier;
use serde_json::{Map, json};

use crate::{benchmark, sample};

fn made(name: &str, answers: [&[&str]; 2], rewards: Option<f32>) -> BenchmarkResults {
    let mut of = benchmark(&[("a", "1"), ("b", "2")]);
    of.name = name.to_owned();
    for (problem, level) in of.problems.iter_mut().zip(["10", "9"]) {
        problem.level = Some(level.to_owned());
    }
    let samples = of
        .problems
        .iter()
        .zip(answers)
        .flat_map(|(problem, answers)| {
            let numbered = answers.iter().enumerate();
            numbered.map(|(number, answer)| Sample {
                rewards: rewards.map(|reward| vec![reward]),
                ..sample(problem, number, answer)
            })
        });
    let samples: Vec<Sample> = samples.collect();
    let judged = JudgedProblem::all(&of, &samples, &Verifier::default()).unwrap();
    BenchmarkResults::of(&of, &judged, 0).unwrap()
}

fn results() -> Results {
    let mut settings = Map::new();
    settings.insert("model".to_owned(), json!("M"));
    settings.insert("template".to_owned(), json!("qwen-boxed"));
    let fingerprint = Fingerprint { bytes: 9, crc32: 7 };
    let greedy = made("greedy", [&["1"], &["1"]], None);
    let sampled = made("sampled", [&["1", "1", "3"], &["2", "1"]], Some(0.5));
    let fingerprints = BTreeMap::from([("model".to_owned(), fingerprint)]);
    Results::of(settings, fingerprints, 0, vec![greedy, sampled])
}

#[test]
fn what_is_written_is_read_again_and_is_the_same_every_time() {
    let text = results().json();
    assert_eq!(text, results().json());
    let again: Results = serde_json::from_str(&text).unwrap();
    assert_eq!(again, results());
    assert!(
        text.starts_with(
            "{\n  \"settings\": {\n    \"model\": \"M\",\n    \"template\": \"qwen-boxed\"\n  },"
        ),
        "{text}"
    );
}

#[test]
fn scores_for_a_comparison_are_in_the_results() {
    let results = results();
    let scores = results.benchmarks[1].scores();
    let found: Vec<_> = scores
        .iter()
        .map(|score| (score.id.as_str(), score.value))
        .collect();
    assert_eq!(found, [("a", 2.0 / 3.0), ("b", 0.5)]);
}

#[test]
fn curves_are_there_for_several_samples_and_rewards_only() {
    let results = results();
    let protocols = |of: usize| -> Vec<String> {
        let curves = results.benchmarks[of].curves.iter();
        curves.map(|curve| curve.protocol.to_string()).collect()
    };
    assert!(protocols(0).is_empty());
    assert_eq!(protocols(1).len(), 12);
    assert_eq!(protocols(1)[..3], ["pass@k", "maj@k", "best of k, min"]);
    let unjudged = made("unjudged", [&["1", "1"], &["2", "1"]], None);
    assert_eq!(unjudged.curves.len(), 2);
}

#[test]
fn the_table_says_what_was_found() {
    let text = results().to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[lines.len() - 4..],
        [
            "benchmark  problems    n  accuracy       95 %  tokens  cut off",
            "greedy            2    1    50.0 %   9.5-90.5      12      0 %",
            "sampled           2  2-3    58.3 %  50.0-66.7      12      0 %",
            "mean                        54.2 %",
        ]
    );
    // Levels in the order of their numbers.
    let level = |name: &str| {
        lines
            .iter()
            .position(|line| line.starts_with(name))
            .unwrap()
    };
    assert!(level("9 ") < level("10 "));
    let wrong = lines
        .iter()
        .filter(|line| line.starts_with("another answer"));
    assert_eq!(wrong.count(), 2);
    assert!(text.contains("pass@k"), "{text}");
}
