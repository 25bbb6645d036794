//! Runs that are killed again and again. Every kill is shown to have hit by what is left behind, and what
//! comes of the run is, byte for byte, what comes of one that nobody disturbs.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{Bench, journal, policy_bench};
use crate::command_line::err;

/// The signal that no process hears of.
const KILL: i32 = 9;

/// How often a kill is tried again that hit another place than it was meant for.
const TRIES: u32 = 25;

/// Where a run is hit.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// Before it takes a step, so many milliseconds after its process began.
    Start(u64),
    /// Behind a new checkpoint and so many steps, which are lost.
    Step(usize),
    /// In the midst of a checkpoint of which so many files are there.
    Checkpoint(usize),
}

/// Twenty of them. Where a step is asked for the run has come further than before; nowhere else need it.
fn places() -> impl Iterator<Item = Place> {
    [0, 2, 5, 10, 20].into_iter().zip(0..).flat_map(|(ms, n)| {
        [
            Place::Start(ms),
            Place::Step(1),
            Place::Checkpoint(n % 4),
            Place::Step(2),
        ]
    })
}

/// What can be seen of a run from outside, its stages in a row.
#[derive(Debug, Default)]
struct Seen {
    /// Steps that are in the newest checkpoint.
    saved: usize,
    /// The lines of the steps taken; each has its time, so no two are the same.
    steps: Vec<String>,
    /// Files of a checkpoint that is not whole, if there is one.
    partial: Option<usize>,
}

impl Seen {
    fn of(run: &Path) -> Self {
        let mut seen = Self::default();
        for stage in ["", "stage-1", "stage-2"] {
            let stage = run.join(stage);
            let text = fs::read_to_string(stage.join("metrics.jsonl")).unwrap_or_default();
            let steps = text
                .split_inclusive('\n')
                .filter(|line| line.ends_with('\n') && line.contains("\"split\":\"train\""));
            seen.steps.extend(steps.map(str::to_owned));
            let checkpoints = fs::read_dir(stage.join("checkpoints"));
            let names = checkpoints.into_iter().flatten().flatten();
            let mut saved = 0;
            for entry in names {
                let name = entry.file_name().into_string().unwrap();
                match name.strip_prefix("step-").unwrap().parse() {
                    Ok(step) => saved = saved.max(step),
                    Err(_) => {
                        let files = fs::read_dir(entry.path());
                        seen.partial = Some(files.into_iter().flatten().count());
                    }
                }
            }
            seen.saved += saved;
        }
        seen
    }
}

impl Place {
    /// Whether it is time to kill a run that was found as `before`.
    fn is_reached(self, before: &Seen, now: &Seen, runs_for: Duration, tries: u32) -> bool {
        match self {
            Self::Start(ms) => runs_for >= Duration::from_millis(ms >> tries.min(63)),
            Self::Step(steps) => now.saved > before.saved && now.steps.len() >= now.saved + steps,
            Self::Checkpoint(files) => now.partial.is_some_and(|there| there >= files),
        }
    }

    /// Whether a killed run was hit there, by what it left behind.
    fn is_hit(self, before: &Seen, after: &Seen) -> bool {
        match self {
            Self::Start(_) => before.steps.starts_with(&after.steps),
            Self::Step(_) => {
                let is_further = after.saved > before.saved;
                is_further && after.steps.len() > after.saved && after.partial.is_none()
            }
            Self::Checkpoint(_) => after.partial.is_some(),
        }
    }
}

/// A command whose process is killed.
struct Victim<'a> {
    bench: &'a Bench,
    arguments: &'a [&'a str],
    run: PathBuf,
}

impl Victim<'_> {
    /// Kills it in a place, as often as it takes to hit it there, and tells how often it was missed.
    fn kill(&self, place: Place) -> u32 {
        for tries in 0..TRIES {
            let before = Seen::of(&self.run);
            let mut child = self.spawn();
            let start = Instant::now();
            // What an earlier kill left of a checkpoint goes as soon as the run is opened.
            let mut is_clean = before.partial.is_none();
            loop {
                let mut now = Seen::of(&self.run);
                is_clean |= now.partial.is_none();
                now.partial = now.partial.filter(|_| is_clean);
                if place.is_reached(&before, &now, start.elapsed(), tries) {
                    break;
                }
                let ended = child.try_wait().unwrap();
                assert!(ended.is_none(), "{place:?}: {ended:?} before it is hit");
                let is_patient = start.elapsed() < Duration::from_secs(100);
                assert!(is_patient, "{place:?} is not reached");
                sleep(Duration::from_micros(200));
            }
            child.kill().unwrap();
            let status = child.wait().unwrap();
            assert_eq!(status.signal(), Some(KILL), "{place:?}: it had ended");
            let is_done = self.run.join("model").exists();
            assert!(!is_done, "{place:?}: the run was over");
            if place.is_hit(&before, &Seen::of(&self.run)) {
                return tries;
            }
        }
        panic!("{place:?} was missed {TRIES} times");
    }

    /// Kills it while its result is written, as often as it takes; a result that was quicker is removed.
    fn kill_at_the_end(&self) {
        let [result, partial] = ["model", "model.partial"].map(|name| self.run.join(name));
        for _ in 0..TRIES {
            let mut child = self.spawn();
            while !partial.exists() && child.try_wait().unwrap().is_none() {
                sleep(Duration::from_micros(100));
            }
            child.kill().unwrap();
            let status = child.wait().unwrap();
            if !result.exists() && partial.exists() {
                assert_eq!(status.signal(), Some(KILL));
                return;
            }
            if result.exists() {
                fs::remove_dir_all(&result).unwrap();
            }
        }
        panic!("the result was missed {TRIES} times");
    }

    fn spawn(&self) -> Child {
        let mut command = self.bench.command(self.arguments);
        let command = command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    }
}

/// The files of a folder, by name.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths
        .map(|path| (path.file_name().unwrap().into(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

/// Does a command undisturbed, and again with twenty kills and one more while its result is written, and
/// compares everything that both leave behind.
fn kill_twenty_times(bench: &Bench, command: &str, stages: &[&str]) {
    let whole = format!("{command} --set output=whole");
    let done = bench.run(&whole.split(' ').collect::<Vec<_>>());
    assert!(done.status.success(), "{}", err(&done));

    let killed = format!("{command} --set output=killed");
    let arguments: Vec<&str> = killed.split(' ').collect();
    let victim = Victim {
        bench,
        arguments: &arguments,
        run: bench.path("killed"),
    };
    let missed: Vec<u32> = places().map(|place| victim.kill(place)).collect();
    assert_eq!(missed.len(), 20);
    let more: u32 = missed.iter().sum();
    println!("20 kills hit their places, {more} others of {killed}");
    victim.kill_at_the_end();
    let resumed = bench.run(&arguments);
    assert!(resumed.status.success(), "{}", err(&resumed));

    let [whole, killed] = ["whole", "killed"].map(|run| bench.path(run));
    for stage in stages {
        let [expected, found] = [&whole, &killed].map(|run| journal(&run.join(stage)));
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "{stage}");
        }
        assert_eq!(found.len(), expected.len(), "{stage}");
    }
    for stage in stages.iter().chain(&[""]) {
        let [expected, found] = [&whole, &killed].map(|run| files(&run.join(stage).join("model")));
        assert!(found == expected, "the models of {stage:?} differ");
    }
    let [expected, found] = [whole, killed].map(|run| fs::read(run.join("samples.jsonl")).ok());
    assert!(found == expected, "the samples differ");
    assert_eq!(found.is_some(), command.starts_with("train"));
}

#[test]
fn fine_tuning_that_is_killed_twenty_times_ends_in_the_same_bytes() {
    let command = "sft --config sft.toml --set num_train_epochs=30";
    kill_twenty_times(&Bench::new(), command, &[""]);
}

#[test]
fn a_reward_model_whose_training_is_killed_twenty_times_ends_in_the_same_bytes() {
    let stages = "stages=[{trains=\"head\",num_train_epochs=12,lr_scheduler={learning_rate=1e-2}},\
                  {trains=\"all\",num_train_epochs=32,lr_scheduler={learning_rate=1e-3}}]";
    let command = format!("prm train --config prm.toml --set {stages}");
    kill_twenty_times(&Bench::new(), &command, &["stage-1", "stage-2"]);
}

#[test]
fn a_policy_whose_training_is_killed_twenty_times_ends_in_the_same_bytes() {
    let command = "train --config train.toml --set iterations=90 --set checkpoints.save_steps=3";
    kill_twenty_times(&policy_bench(), command, &[""]);
}

/// Adapters with dropout, whose masks must be those that they would have been.
const ADAPTERS: &str = "--set lora.rank=4 --set lora.dropout=0.2";

#[test]
fn adapters_whose_training_is_killed_twenty_times_end_in_the_same_bytes() {
    let command = format!("sft --config sft.toml --set num_train_epochs=30 {ADAPTERS}");
    kill_twenty_times(&Bench::new(), &command, &[""]);
}

#[test]
fn adapters_of_a_policy_killed_twenty_times_end_in_the_same_bytes() {
    let command = format!(
        "train --config train.toml --set iterations=90 --set checkpoints.save_steps=3 {ADAPTERS}"
    );
    kill_twenty_times(&policy_bench(), &command, &[""]);
}

#[test]
fn fine_tuning_in_bf16_that_is_killed_twenty_times_ends_in_the_same_bytes() {
    let command = "sft --config sft.toml --set num_train_epochs=30 --set precision=bf16";
    kill_twenty_times(&Bench::new(), command, &[""]);
}
