//! What the commands that train have in common: settings from a file, a run's folder, a watcher.

mod lines;

use std::io::{IsTerminal, stdout};
use std::path::{Path, PathBuf};

use burn::train::Interrupter;
use clap::Args;
use miette::miette;
use pure::model::{DeviceChoice, PresentDevice};
use pure::train::config::{self, Override, Validate};
use pure::train::{Ended, Error, Outlook, Run, Watcher};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use self::lines::lines;
use super::Outcome;
use super::diagnostic::{explain, explain_config, explain_training};
use super::output::print;

/// How to train.
#[derive(Args)]
pub struct Training {
    /// A TOML file with the settings; those in configs/ say what each of them does
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Change a setting of the file: --set learning_rate.peak=1e-4. Can be given again
    #[arg(long = "set", value_name = "KEY=VALUE")]
    overrides: Vec<Override>,
    /// Check everything, show all settings and what the run will take, and stop
    #[arg(long)]
    dry_run: bool,
    /// Go on with a run: there must be one (one that is there is gone on with in any case)
    #[arg(long)]
    resume: bool,
    /// Lines in place of the dashboard, as where there is no terminal
    #[arg(long)]
    plain: bool,
    /// Device: auto, cpu, or cuda, wgpu, vulkan, metal, rocm with a number if need be (cuda:1)
    #[arg(long, value_name = "DEVICE", default_value = "auto")]
    device: DeviceChoice,
}

impl Training {
    /// The settings, and the text of all of them.
    pub fn settings<T>(&self) -> miette::Result<(T, String)>
    where
        T: DeserializeOwned + Serialize + Validate,
    {
        let settings: T = config::load(&self.config, &self.overrides).map_err(explain_config)?;
        let text = config::resolved(&settings).map_err(explain_config)?;
        Ok((settings, text))
    }

    pub fn device(&self) -> miette::Result<PresentDevice> {
        self.device.open().map_err(explain)
    }

    /// Shows the settings and what the run will take, if nothing else is asked for.
    pub fn is_dry_run(&self, text: &str, facts: &[(&str, String)]) -> miette::Result<bool> {
        if !self.dry_run {
            return Ok(false);
        }
        let lines = facts
            .iter()
            .map(|(name, fact)| format!("# {name:<10} {fact}\n"));
        print(format_args!("{text}\n{}", lines.collect::<String>()))?;
        Ok(true)
    }

    /// The run's folder; none if it is done already.
    pub fn open(&self, folder: &Path, text: &str) -> miette::Result<Option<Run>> {
        if self.resume && !Run::exists(folder) {
            return Err(miette!(
                help = "without --resume a new one is begun",
                "{} holds no run to go on with",
                folder.display()
            ));
        }
        let run = Run::open(folder, text).map_err(explain_training)?;
        if run.is_done() {
            let model = run.model();
            eprintln!("the run is done already");
            print(format_args!("{}\n", model.display()))?;
            return Ok(None);
        }
        Ok(Some(run))
    }

    /// Burn's dashboard on a terminal, else lines that tell the numbers of the headline, or all if it
    /// is empty.
    pub fn watcher(&self, name: &str, steps: usize, headline: &'static [&'static str]) -> Watcher {
        match self.has_dashboard() {
            true => Watcher::Dashboard,
            false => lines(name, steps, headline),
        }
    }

    fn has_dashboard(&self) -> bool {
        !self.plain && stdout().is_terminal()
    }

    /// Repeats what a run noticed, which a dashboard has no place for.
    pub fn tell_notices(&self, run: &Run) {
        let notices = run.notices().unwrap_or_default();
        for (step, notice) in notices.iter().filter(|_| self.has_dashboard()) {
            eprintln!("after {step}: {notice}");
        }
    }

    /// Tells how a run ended.
    pub fn end<M>(&self, run: &Run, ended: Result<Ended<M>, Error>) -> miette::Result<Outcome> {
        match ended.map_err(explain_training)? {
            Ended::Done(_) => {
                print(format_args!("{}\n", run.model().display()))?;
                Ok(Outcome::Done)
            }
            Ended::Interrupted { saved } => Err(miette!(
                help = "the same command goes on from there",
                "stopped; {saved} steps are saved in {}",
                run.folder().display()
            )),
        }
    }
}

/// What a supervised run will take, line by line.
pub fn facts(outlook: &Outlook, steps: String) -> Vec<(&'static str, String)> {
    let Outlook {
        examples,
        held_out,
        too_long,
        tokens,
        memory,
        ..
    } = outlook;
    let memory = *memory as f64 / f64::from(1 << 20);
    vec![
        (
            "examples",
            format!("{examples} to learn from, {held_out} to evaluate with, {too_long} too long"),
        ),
        ("tokens", format!("{tokens} an epoch")),
        ("steps", steps),
        ("memory", format!("about {memory:.0} MiB")),
    ]
}

/// Ctrl-C ends a run after the step that it is in; once more ends it at once.
pub fn interrupter() -> Interrupter {
    let interrupter = Interrupter::new();
    let handle = interrupter.clone();
    // Where there can be no handler, Ctrl-C ends the process: a run survives that as well.
    let _ = ctrlc::set_handler(move || {
        if handle.should_stop() {
            std::process::exit(130);
        }
        handle.stop(Some("Ctrl-C"));
    });
    interrupter
}
