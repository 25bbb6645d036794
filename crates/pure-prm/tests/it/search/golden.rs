//! Searches that were not played through here: tests/golden/make_search.py did.

use std::collections::HashMap;

use pure_prm::BeamSearchConfig;
use serde::Deserialize;

use super::policy::{Scripted, judge};
use super::{found, problem};

#[derive(Deserialize)]
struct Case {
    n: usize,
    beam_width: usize,
    aggregate: String,
    nodes: HashMap<String, Node>,
    answers: Vec<(String, f64)>,
    rounds: usize,
    sampled: usize,
    judged: u64,
}

#[derive(Deserialize)]
struct Node {
    reward: f32,
    children: Vec<(String, bool)>,
}

#[test]
fn a_search_finds_what_playing_it_through_on_lists_finds() {
    let cases = include_str!("../../golden/search.json");
    let cases: Vec<Case> = serde_json::from_str(cases).unwrap();
    assert_eq!(cases.len(), 80);
    for (number, case) in cases.iter().enumerate() {
        let mut policy = Scripted::new(|so_far, sample| {
            let path = so_far.trim_end().replace("\n\n", "|");
            let (step, ends) = &case.nodes[&path].children[sample];
            format!("{step}{}", if *ends { ";" } else { "\n\n" })
        });
        let config = BeamSearchConfig {
            n: case.n,
            beam_width: case.beam_width,
            aggregate: case.aggregate.parse().unwrap(),
        };
        let mut reward = judge(|steps| case.nodes[&steps.join("|")].reward);
        let found = found(config, &mut policy, &mut reward, problem(99));
        let answers = found
            .answers
            .iter()
            .map(|answer| answer.text.replace("\n\n", "|"));
        let expected = case.answers.iter().map(|(text, _)| text.clone());
        assert!(answers.eq(expected), "case {number}: {found:?}");
        for (answer, (_, score)) in found.answers.iter().zip(&case.answers) {
            assert!(
                (answer.score.unwrap() - score).abs() < 1e-12,
                "case {number}: {answer:?}"
            );
        }
        let samples = policy
            .calls
            .iter()
            .flatten()
            .map(|request| request.samples.len());
        assert_eq!(samples.sum::<usize>(), case.sampled, "case {number}");
        assert_eq!(policy.calls.len(), case.rounds, "case {number}");
        assert_eq!(found.rounds, case.rounds, "case {number}");
        assert_eq!(found.compute.prm_tokens, 100 * case.judged, "case {number}");
    }
}
