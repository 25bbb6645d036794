//! Runs whose files cannot grow: the system refuses a write in the middle of a file, as a full disk does.
//!
//! What a process writes is limited by `ulimit -f`, with the signal that comes with it ignored, so that the
//! write itself fails. A file may have so many blocks of 512 bytes.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::{Bench, journal, policy_bench};
use crate::command_line::err;

const BLOCK: u64 = 512;

/// Runs the program where no file may be longer.
fn run_within(bench: &Bench, blocks: u64, arguments: &[&str]) -> Output {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &script, "sh", env!("CARGO_BIN_EXE_pure")]);
    let command = command.args(arguments).current_dir(bench.path(""));
    command.output().unwrap()
}

/// Blocks that all of a file but its last ones fit in.
fn nearly(file: &Path) -> u64 {
    (file.metadata().unwrap().len() - 1) / BLOCK
}

/// Does a command where ever more fits, always too little, and then without a limit, and compares with an
/// undisturbed run. `files` are too long, one after the other.
fn filling(bench: &Bench, command: &str, files: &[&str]) {
    let whole = format!("{command} --set output=whole");
    let done = bench.run(&whole.split(' ').collect::<Vec<_>>());
    assert!(done.status.success(), "{}", err(&done));
    let full = format!("{command} --set output=full");
    let arguments: Vec<&str> = full.split(' ').collect();
    for file in files {
        let blocks = nearly(&bench.path("whole").join(file));
        let failed = run_within(bench, blocks, &arguments);
        let said = err(&failed);
        assert_eq!(failed.status.code(), Some(1), "{file}: {said}");
        // EFBIG, where a disk says ENOSPC.
        assert!(said.contains("os error 27"), "{file}: {said}");
        let name = Path::new(file).file_name().unwrap().to_str().unwrap();
        let is_named = said.contains(name) || said.contains("step-");
        assert!(is_named && !said.contains("panicked"), "{file}: {said}");
        assert!(!bench.path("full/model").exists(), "{file}");
    }
    let resumed = bench.run(&arguments);
    assert!(resumed.status.success(), "{}", err(&resumed));
    let [whole, full] = ["whole", "full"].map(|run| bench.path(run));
    assert_eq!(journal(&full), journal(&whole));
    for name in ["model/model.safetensors", "samples.jsonl"] {
        let [expected, found] = [&whole, &full].map(|run| fs::read(run.join(name)).ok());
        assert!(found == expected, "{name} differs");
    }
}

#[test]
fn fine_tuning_whose_files_cannot_grow_goes_on_to_the_same_bytes_once_they_can() {
    let files = [
        "checkpoints/step-000096/model.bpk",
        "checkpoints/step-000096/optimizer.bpk",
        "metrics.jsonl",
    ];
    filling(&Bench::new(), "sft --config sft.toml", &files);
}

#[test]
fn a_policy_whose_files_cannot_grow_goes_on_to_the_same_bytes_once_they_can() {
    let files = ["checkpoints/step-000030/optimizer.bpk", "samples.jsonl"];
    filling(&policy_bench(), "train --config train.toml", &files);
}
