//! Runs that are watched and stopped at the dashboard, in a pseudo-terminal of `script` (util-linux).

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::resuming::count;
use super::{Bench, journal, policy_bench};
use crate::command_line::out;

/// How a person, or a scheduler, stops a run.
#[derive(Debug, Clone, Copy)]
enum Stop {
    /// `q`.
    Key,
    CtrlC,
    Terminate,
}

/// What tells that the dashboard shows, and that the screen from before is shown again.
const ENTERED: &str = "\u{1b}[?1049h";
const LEFT: &str = "\u{1b}[?1049l";

/// A command in a pseudo-terminal; its process number is written to the file `pid`.
fn start(bench: &Bench, arguments: &str) -> Child {
    terminal(bench, arguments)
        .spawn()
        .expect("util-linux has `script`")
}

fn terminal(bench: &Bench, arguments: &str) -> Command {
    let program = env!("CARGO_BIN_EXE_pure");
    let arguments: Vec<String> = arguments.split(' ').map(|a| format!("'{a}'")).collect();
    let arguments = arguments.join(" ");
    let command = format!("stty cols 80 rows 24; echo $$ > pid; exec {program} {arguments}");
    let mut script = Command::new("script");
    script
        .args(["-qefc", &command, "/dev/null"])
        .current_dir(bench.path(""))
        .env("TERM", "xterm-256color")
        .env_remove("CI")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    script
}

/// Stops a run as soon as its journal has so many lines more.
fn stopped(bench: &Bench, arguments: &str, journal: &Path, more: usize, stop: Stop) -> Output {
    let lines = count(journal) + more;
    let mut child = start(bench, arguments);
    let begun = Instant::now();
    while count(journal) < lines && child.try_wait().unwrap().is_none() {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "it does not begin"
        );
        sleep(Duration::from_millis(2));
    }
    let mut terminal = child.stdin.take().unwrap();
    let mut output = None;
    let reader = child.stdout.take().unwrap();
    let reading = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let mut reader = reader;
        std::io::Read::read_to_end(&mut reader, &mut bytes).unwrap();
        bytes
    });
    while output.is_none() {
        match stop {
            Stop::Key | Stop::CtrlC => {
                let key = if matches!(stop, Stop::Key) {
                    b"q"
                } else {
                    b"\x03"
                };
                let _ = terminal.write_all(key);
                let _ = terminal.flush();
            }
            Stop::Terminate => {
                let pid = fs::read_to_string(bench.path("pid")).unwrap();
                Command::new("kill").arg(pid.trim()).status().unwrap();
            }
        }
        // Once is enough; a second signal would end the process at once.
        let since = Instant::now();
        while output.is_none() && since.elapsed() < Duration::from_secs(20) {
            output = child.try_wait().unwrap();
            sleep(Duration::from_millis(5));
        }
        assert!(
            begun.elapsed() < Duration::from_secs(100),
            "{stop:?} is not heard"
        );
    }
    Output {
        status: output.unwrap(),
        stdout: reading.join().unwrap(),
        stderr: Vec::new(),
    }
}

/// Stops a run in each way, goes on with it, and compares it with one that was not stopped.
fn stopping(bench: &Bench, command: &str, journals: &[&str]) {
    let whole = format!("{command} --plain --set output=whole");
    let whole: Vec<&str> = whole.split(' ').collect();
    assert!(bench.run(&whole).status.success());

    let command = format!("{command} --set output=stopped");
    let mut stops = 0;
    for stop in [Stop::Key, Stop::CtrlC, Stop::Terminate] {
        let running = bench.path("stopped").join(journals[0]);
        let ended = stopped(bench, &command, &running, 2, stop);
        let said = out(&ended);
        assert!(said.contains(ENTERED), "{stop:?}: {said}");
        assert!(said.contains(LEFT), "{stop:?} leaves the terminal as it is");
        assert!(said.contains("saves a checkpoint and stops"), "{said}");
        if !ended.status.success() {
            stops += 1;
            assert!(said.contains("steps are saved"), "{stop:?}: {said}");
        }
    }
    assert!(stops > 0, "none of them came in time");
    let mut child = start(bench, &command);
    drop(child.stdin.take());
    let ended = child.wait_with_output().unwrap();
    let said = out(&ended);
    assert!(ended.status.success(), "{said}");
    let (_, after) = said.rsplit_once(LEFT).expect("the dashboard closes");
    for line in [
        "last     ",
        "noticed  ",
        "result   stopped/model",
        "next     pure ",
    ] {
        assert!(after.contains(line), "no `{line}` in {after}");
    }
    for name in journals {
        let name = Path::new(name).parent().unwrap();
        let of = |run: &str| journal(&bench.path(run).join(name));
        assert_eq!(of("stopped"), of("whole"));
    }
    assert!(bench.weights("stopped") == bench.weights("whole"));
}

#[test]
fn fine_tuning_stopped_at_its_dashboard_goes_on_to_the_same_bits() {
    let command = "sft --config sft.toml --set num_train_epochs=150";
    stopping(&Bench::new(), command, &["metrics.jsonl"]);
}

#[test]
fn a_reward_model_stopped_at_its_dashboard_goes_on_to_the_same_bits() {
    let command = "prm train --config prm.toml --set stages=[{trains=\"all\",num_train_epochs=300,lr_scheduler={learning_rate=1e-3}}]";
    stopping(&Bench::new(), command, &["stage-1/metrics.jsonl"]);
}

#[test]
fn a_policy_stopped_at_its_dashboard_goes_on_to_the_same_bits() {
    let command = "train --config train.toml --set iterations=60";
    stopping(&policy_bench(), command, &["metrics.jsonl"]);
}

#[test]
fn a_dumb_terminal_and_ci_are_told_lines() {
    let bench = Bench::new();
    for (variable, value) in [("TERM", "dumb"), ("CI", "true")] {
        let mut command = terminal(
            &bench,
            &format!("sft --config sft.toml --output {variable}"),
        );
        let ended = command.env(variable, value).stdin(Stdio::null()).output();
        let said = out(&ended.unwrap());
        assert!(!said.contains(ENTERED), "{variable}: {said}");
        assert!(said.contains("held out: loss"), "{variable}: {said}");
    }
}
