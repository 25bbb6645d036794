//! `pure solve` as its users meet it.

use std::process::Output;

use serde_json::{Value, json};

use crate::command_line::{err, out, records, run, run_with_input};
use crate::joined::policy;
use crate::score::that_reads_text;

const PROBLEM: &str = "What is 1 + 1?";

struct Place {
    prm: tempfile::TempDir,
    _folder: tempfile::TempDir,
    model: String,
}

impl Place {
    fn new() -> Self {
        let (prm, folder) = (that_reads_text(), tempfile::tempdir().unwrap());
        let model = policy(prm.path(), folder.path());
        Self {
            prm,
            _folder: folder,
            model,
        }
    }

    fn prm(&self) -> &str {
        self.prm.path().to_str().unwrap()
    }

    fn solve(&self, options: &[&str]) -> Output {
        let command = ["solve", "--model", &self.model, "--prm", self.prm()];
        let sampling = [
            "--device",
            "cpu",
            "--max-new-tokens",
            "24",
            "--temperature",
            "1",
        ];
        run(&[&command[..], &sampling, options].concat())
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    serde_json::from_value(value.clone()).unwrap()
}

#[test]
fn the_chosen_answer_has_the_highest_score_of_the_rewards_that_score_gives() {
    let place = Place::new();
    for aggregate in ["min", "mean"] {
        let options = ["--n", "5", "--json", "--aggregate", aggregate, PROBLEM];
        let solved = place.solve(&options);
        assert!(solved.status.success(), "{}", err(&solved));
        let solved = records(&solved).remove(0);
        let mut answers = vec![solved["chosen"].clone()];
        answers.extend(solved["rejected"].as_array().unwrap().clone());
        assert_eq!(answers.len(), 5);
        let scores: Vec<f64> = answers
            .iter()
            .map(|it| it["score"].as_f64().unwrap())
            .collect();
        assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
        assert!(scores[0] > scores[4], "{scores:?}");
        let tokens = answers.iter().map(|it| it["tokens"].as_u64().unwrap());
        let compute = &solved["compute"];
        assert_eq!(json!(tokens.sum::<u64>()), compute["policy_tokens"]);
        assert!(compute["prm_tokens"].as_u64() > compute["policy_tokens"].as_u64());

        let lines = answers
            .iter()
            .map(|it| json!({"prompt": PROBLEM, "text": it["text"]}).to_string() + "\n");
        let score = ["score", "--prm", place.prm(), "--device", "cpu"];
        let judged = records(&run_with_input(&score, &lines.collect::<String>()));
        for ((answer, judged), score) in answers.iter().zip(&judged).zip(scores) {
            let (found, expected) = (numbers(&answer["rewards"]), numbers(&judged["rewards"]));
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(&expected) {
                assert!((found - expected).abs() < 1e-5, "{answer} {judged}");
            }
            let of_all = judged["aggregates"][aggregate].as_f64().unwrap();
            assert!(
                (score - (1.0 + of_all) / 2.0).abs() < 1e-5,
                "{answer} {judged}"
            );
        }
    }
}

#[test]
fn the_picture_shows_the_chosen_steps_what_was_rejected_and_the_tokens() {
    let place = Place::new();
    let solved = place.solve(&["--n", "3", PROBLEM]);
    assert!(solved.status.success(), "{}", err(&solved));
    let picture = out(&solved);
    assert!(picture.starts_with("answer "), "{picture}");
    assert!(picture.contains(" of 3, min 0."), "{picture}");
    assert!(picture.contains("│"), "{picture}");
    let (_, rejected) = picture.split_once("Rejected:\n").unwrap();
    let rows = rejected.lines().take_while(|line| !line.is_empty());
    assert_eq!(rows.count(), 3, "{picture}");
    assert!(
        rejected.contains("3 answers, ") && rejected.contains(" tokens read by the reward model")
    );
    // One answer has nothing beside it.
    let alone = out(&place.solve(&["--n", "1", PROBLEM]));
    assert!(
        !alone.contains("Rejected") && alone.contains("1 answer, "),
        "{alone}"
    );
}

#[test]
fn a_search_shows_the_best_of_the_answers_that_it_finished() {
    let place = Place::new();
    let beam = ["--search", "beam", "--n", "6", "--beam-width", "3"];
    let solved = place.solve(&[&beam[..], &["--json", PROBLEM]].concat());
    assert!(solved.status.success(), "{}", err(&solved));
    let solved = records(&solved).remove(0);
    let mut answers = vec![solved["chosen"].clone()];
    answers.extend(solved["rejected"].as_array().unwrap().clone());
    let scores = answers.iter().map(|it| it["score"].as_f64().unwrap());
    assert!(scores.is_sorted_by(|a, b| a >= b), "{solved}");
    let compute = |name: &str| solved["compute"][name].as_u64().unwrap();
    assert!(compute("policy_tokens") > solved["chosen"]["tokens"].as_u64().unwrap());
    assert!(compute("prm_tokens") > compute("policy_tokens"));
    let picture = out(&place.solve(&[&beam[..], &[PROBLEM]].concat()));
    assert!(picture.starts_with("answer 1 of "), "{picture}");
    let odd = place.solve(&["--search", "beam", "--n", "6", "--beam-width", "4", PROBLEM]);
    assert!(err(&odd).contains("beam width of 4"), "{}", err(&odd));
}

#[test]
fn what_cannot_be_solved_is_told() {
    let place = Place::new();
    let long = "1 + ".repeat(600);
    for (problem, said) in [
        ("", "the problem cannot be used"),
        (&long, "the problem cannot be used"),
    ] {
        let solved = place.solve(&["--raw", problem]);
        assert_eq!(solved.status.code(), Some(1));
        assert!(err(&solved).contains(said), "{}", err(&solved));
    }
    let no_prm = run(&[
        "solve",
        "--model",
        &place.model,
        "--prm",
        &place.model,
        PROBLEM,
    ]);
    assert_eq!(no_prm.status.code(), Some(1));
    assert!(err(&no_prm).contains("reward model"), "{}", err(&no_prm));
}
