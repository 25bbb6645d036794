//! The ranking of runs that are written by hand: its numbers, worked by hand, and its page.

use std::fs;
use std::path::{Path, PathBuf};

use pure_report::ranking::{Entry, MeanInterval, OverSeeds, Ranking};
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

/// Writes a run: its accuracies at evaluations, and the notices of its monitor. Every iteration samples 100 tokens and
/// learns from 60.
fn run(
    folder: &Path,
    seed: u64,
    asked: u64,
    accuracies: &[(u64, f64)],
    notices: &[(u64, &str, Value)],
) -> PathBuf {
    let folder = folder.join(format!("seed-{seed}"));
    fs::create_dir_all(&folder).unwrap();
    let config =
        format!("output = \"o\"\niterations = {asked}\nseed = {seed}\n[method]\nwhiten = true\n");
    fs::write(folder.join("config.toml"), config).unwrap();
    let mut lines = Vec::new();
    let last = accuracies.last().unwrap().0;
    for step in 1..=last {
        lines.push(json!({
            "step": step, "split": "train", "accuracy": 0.5, "tokens_sampled": 100.0, "tokens_trained": 60.0,
            "time": {"step": 0.5, "rollout": 0.25},
        }));
    }
    for (step, accuracy) in accuracies {
        lines.push(json!({
            "step": step, "split": "valid", "accuracy": accuracy, "truncated": 0.1, "steps_per_answer": 6.0,
            "time": {"evaluation": 1.0},
        }));
    }
    for (step, notice, evidence) in notices {
        lines.push(
            json!({"step": step, "split": "monitor", "notice": notice, "evidence": evidence}),
        );
    }
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    fs::write(folder.join("metrics.jsonl"), lines).unwrap();
    folder
}

fn entry(name: &str, runs: Vec<Option<Vec<PathBuf>>>) -> Entry {
    Entry {
        name: name.to_owned(),
        about: format!("what {name} is"),
        settings: vec![format!("key={name}")],
        runs,
    }
}

const HACK: &str = "the reward is being hacked: over the last 5 iterations …";
const CUT: &str = "truncated is above 0.9 for 3 iterations; the run ends here";

/// Two arms that learn, one of which is hacked where the reward model is weak, and one without a finished run.
fn ranking(folder: &TempDir) -> Ranking {
    let at = |name: &str| folder.path().join(name);
    let hack = (
        7,
        HACK,
        json!({"accuracy": [[2, 0.5]], "process": [[2, 4.0]]}),
    );
    let cut = (13, CUT, json!({"truncated": [[13, 0.95]]}));
    let slow = vec![
        run(
            &at("slow"),
            0,
            40,
            &[(0, 0.5), (10, 0.6), (20, 0.65), (40, 0.7)],
            &[],
        ),
        run(
            &at("slow"),
            1,
            40,
            &[(0, 0.5), (10, 0.5), (20, 0.55), (40, 0.5)],
            &[],
        ),
    ];
    let quick = vec![
        run(
            &at("quick"),
            0,
            40,
            &[(0, 0.4), (10, 0.9), (20, 0.8), (40, 0.7)],
            &[],
        ),
        run(
            &at("quick"),
            1,
            40,
            &[(0, 0.6), (10, 0.8), (20, 0.9), (40, 0.8)],
            &[],
        ),
        run(
            &at("quick"),
            2,
            40,
            &[(0, 0.5), (10, 0.7), (20, 0.7), (40, 0.9)],
            &[],
        ),
    ];
    let hacked = vec![
        run(
            &at("weak"),
            0,
            40,
            &[(0, 0.5), (10, 0.3), (13, 0.1)],
            &[hack.clone(), cut],
        ),
        run(
            &at("weak"),
            1,
            40,
            &[(0, 0.5), (10, 0.6), (20, 0.6), (40, 0.3)],
            &[hack],
        ),
    ];
    let entries = [
        entry("none", vec![Some(Vec::new()), Some(Vec::new())]),
        entry("slow", vec![Some(slow), None]),
        entry("quick", vec![Some(quick), Some(hacked)]),
    ];
    Ranking::read(&["strong", "weak"], 19, &entries).unwrap()
}

#[track_caller]
fn assert_is(found: Option<MeanInterval>, mean: f64, half_width: f64) {
    let found = found.unwrap();
    let half = found.half_width.unwrap();
    let is_near = (found.mean - mean).abs() < 1e-9 && (half - half_width).abs() < 1e-3;
    assert!(is_near, "{found:?}, expected {mean} ± {half_width}");
}

#[test]
fn arms_are_ranked_by_their_last_accuracy_under_the_first_condition() {
    let folder = tempdir().unwrap();
    let ranking = ranking(&folder);
    let names: Vec<&str> = ranking.arms.iter().map(|arm| arm.name.as_str()).collect();
    assert_eq!(names, ["quick", "slow", "none"]);
}

#[test]
fn the_numbers_of_an_arm_are_means_over_its_seeds_with_students_interval() {
    let folder = tempdir().unwrap();
    let ranking = ranking(&folder);
    let over: &OverSeeds = ranking.arms[0].under[0].as_ref().unwrap();
    // Three seeds: 4.303 times the deviation over the root of 3. Deviations 0.1 but for the best: 0.9, 0.9, 0.9.
    assert_is(over.before, 0.5, 0.2484);
    assert_is(over.early, 0.8, 0.2484);
    assert_is(over.best, 0.9, 0.0);
    assert_is(over.last, 0.8, 0.2484);
    assert_is(over.finished, 0.9, 0.0);
    assert_is(over.steps, 6.0, 0.0);
    assert_is(over.tokens_sampled, 4000.0, 0.0);
    assert_is(over.tokens_trained, 2400.0, 0.0);
    assert!(over.process.is_none());
    // 40 iterations of half a second and 4 evaluations of one.
    assert!(over.seeds.iter().all(|seed| seed.seconds == 24.0));
    // Two seeds: 12.706 times 0.1414 over the root of 2.
    let slow: &OverSeeds = ranking.arms[1].under[0].as_ref().unwrap();
    assert_is(slow.last, 0.6, 1.2706);
    assert!(ranking.arms[1].under[1].is_none() && ranking.arms[2].under[0].is_none());
}

#[test]
fn hacks_and_early_ends_are_told_as_the_monitor_saw_them() {
    let folder = tempdir().unwrap();
    let ranking = ranking(&folder);
    let over: &OverSeeds = ranking.arms[0].under[1].as_ref().unwrap();
    let [ended, hacked] = over.seeds.as_slice() else {
        panic!("two seeds");
    };
    assert_eq!([ended.seed, hacked.seed], [0, 1]);
    assert_eq!([ended.hacked, hacked.hacked], [Some(7), Some(7)]);
    assert_eq!((ended.iterations, ended.ended.as_deref()), (13, Some(CUT)));
    assert_eq!((hacked.iterations, hacked.ended.as_deref()), (40, None));
    // A run that ended is at iteration 19 what it was when it ended.
    assert_eq!([ended.early, hacked.early], [Some(0.1), Some(0.6)]);
    assert_eq!(ended.tokens_sampled, 1300.0);
}

#[test]
fn the_page_says_how_far_it_is_and_shows_no_text_of_a_run_as_html() {
    let folder = tempdir().unwrap();
    let hostile = "<img src=x onerror=\"window.hacked = 1\">";
    let cut = (3, hostile, json!({"truncated": []}));
    let ended = run(folder.path(), 0, 40, &[(0, 0.5), (3, 0.25)], &[cut]);
    let entries = [
        entry(hostile, vec![Some(vec![ended]), None]),
        entry("later", vec![Some(Vec::new()), Some(Vec::new())]),
    ];
    let ranking = Ranking::read(&["strong", hostile], 19, &entries).unwrap();
    let page = ranking.to_html(hostile, hostile, [1, 3]);
    assert!(!page.contains("<img"), "{page}");
    assert!(page.contains("1 of 3 runs are finished"));
    assert!(page.contains("accuracy from 50 to 25 per cent"));
    // What has no run yet, and what has no meaning.
    assert!(page.contains("…") && page.contains("–"));
    let whole = ranking.to_html("t", "i", [3, 3]);
    assert!(!whole.contains("runs are finished"));
}

#[test]
fn programs_find_every_number_by_its_name() {
    let folder = tempdir().unwrap();
    let found: Value = serde_json::from_str(&ranking(&folder).to_json()).unwrap();
    assert_eq!(found["conditions"], json!(["strong", "weak"]));
    let arm = &found["arms"][0];
    assert_eq!(
        (&arm["name"], &arm["settings"]),
        (&json!("quick"), &json!(["key=quick"]))
    );
    assert_eq!(arm["under"][0]["last"]["values"], 3);
    assert_eq!(arm["under"][1]["seeds"][0]["hacked"], 7);
    assert_eq!(arm["under"][1]["seeds"][0]["accuracy"][2], json!([13, 0.1]));
    assert_eq!(found["arms"][1]["under"][1], Value::Null);
}
