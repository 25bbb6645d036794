//! What was cut off goes on, and ends as if it had not been.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{DRAWN, Place, told};
use crate::command_line::{err, interrupt};

const BENCHMARKS: [&str; 2] = ["sums.jsonl", "more.jsonl"];

/// Two benchmarks, and how they are evaluated.
fn evaluation() -> (Place, Vec<&'static str>) {
    let place = Place::new();
    place.benchmark(BENCHMARKS[0], &["1"; 20]);
    place.benchmark(BENCHMARKS[1], &["2"; 12]);
    let more = ["--max-num-seqs", "7", "--max-new-tokens", "150"];
    (place, [&DRAWN[..], &more].concat())
}

#[test]
fn a_killed_evaluation_ends_with_the_bytes_of_an_unbroken_one() {
    let (place, more) = evaluation();
    place.evaluated(&BENCHMARKS, "whole", &more);
    let whole = place.left("whole");
    let arguments = place.arguments(&BENCHMARKS, "cut", &more);
    let (mut kills, mut ended) = (0, false);
    while !ended {
        let mut child = Command::new(env!("CARGO_BIN_EXE_pure"))
            .args(&arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Later each time, so that it comes to an end.
        std::thread::sleep(Duration::from_millis(60 + 83 * kills));
        ended = child.try_wait().unwrap().is_some();
        if !ended {
            child.kill().unwrap();
            child.wait().unwrap();
            kills += 1;
        }
    }
    assert!(kills > 0);
    assert!(place.left("cut") == whole, "after {kills} kills");
}

#[test]
fn samples_that_are_cut_off_anywhere_are_sampled_again() {
    let (place, more) = evaluation();
    place.evaluated(&BENCHMARKS, "out", &more);
    let whole = place.left("out");
    for (file, share) in [
        ("sums", 0.0),
        ("sums", 0.31),
        ("more", 0.77),
        ("more", 0.999),
    ] {
        let path = place.path(&format!("out/{file}/samples.jsonl"));
        let bytes = fs::read(&path).unwrap();
        let kept = (bytes.len() as f64 * share) as usize;
        fs::write(&path, &bytes[..kept]).unwrap();
        fs::remove_file(place.path("out/results.json")).unwrap();
        place.evaluated(&BENCHMARKS, "out", &more);
        assert!(place.left("out") == whole, "{file} {share}");
    }
}

#[test]
fn ctrl_c_keeps_what_is_finished_and_says_how_to_go_on() {
    let (place, more) = evaluation();
    // One at a time, so that some are finished long before the last.
    let more: Vec<&str> = more
        .iter()
        .map(|&one| if one == "7" { "1" } else { one })
        .collect();
    let mut child = Command::new(env!("CARGO_BIN_EXE_pure"))
        .args(place.arguments(&BENCHMARKS, "out", &more))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let samples = place.path("out/sums/samples.jsonl");
    while fs::metadata(&samples).map_or(0, |file| file.len()) == 0 {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::sleep(Duration::from_millis(2));
    }
    let stopped = interrupt(child);
    assert_eq!(stopped.status.code(), Some(1), "{}", err(&stopped));
    let told = err(&stopped);
    assert!(
        told.contains("of 192 records; the same command goes on with them"),
        "{told}"
    );
    assert!(!place.path("out/results.json").exists());
    assert!(!place.samples("out/sums/samples.jsonl").is_empty());
}

#[test]
fn samples_are_not_gone_on_with_in_another_way_nor_by_two_at_once() {
    let (place, more) = evaluation();
    place.evaluated(&BENCHMARKS, "out", &more);
    let whole = place.left("out");
    let refused = |more: &[&str]| {
        let told = told(&place.eval(&BENCHMARKS, "out", more));
        assert!(place.left("out") == whole, "{told}");
        told
    };
    let other = |setting: &'static str, value: &'static str| {
        let mut more = more.clone();
        match more.iter().position(|&one| one == setting) {
            Some(at) => more[at + 1] = value,
            None => more.extend([setting, value]),
        }
        more
    };
    for (setting, value, words) in [
        ("--seed", "4", "`sampling.seed` was 3 and is 4"),
        ("--n", "2", "`n` was 6 and is 2"),
        (
            "--template",
            "plain",
            "`template` was \"chat\" and is \"plain\"",
        ),
        ("--limit", "2", "`limit` was null and is 2"),
        (
            "--mode",
            "math",
            "`verifier.mode` was \"sound\" and is \"math\"",
        ),
    ] {
        let told = refused(&other(setting, value));
        assert!(told.contains(words), "{told}");
    }
    let writer = fs::File::open(place.path("out/more/samples.jsonl")).unwrap();
    writer.lock().unwrap();
    let told = refused(&more);
    assert!(told.contains("written by another process"), "{told}");
    drop(writer);

    // Another file of the same name.
    place.benchmark("more.jsonl", &["7"; 12]);
    let told = refused(&more);
    assert!(told.contains("`benchmark.crc32` was"), "{told}");
    place.benchmark("more.jsonl", &["2"; 12]);
    // Other weights in the same folder.
    let weights = place.path("model/model.safetensors");
    let mut bytes = fs::read(&weights).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&weights, bytes).unwrap();
    let told = refused(&more);
    assert!(told.contains("`weights.crc32` was"), "{told}");
}
