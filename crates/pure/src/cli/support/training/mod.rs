//! What the commands that train have in common: settings from a file, a run's folder, a watcher.

mod lines;
mod outcome;

use std::fs;
use std::io::{IsTerminal, stdout};
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use burn::train::Interrupter;
use clap::Args;
use indicatif::BinaryBytes;
use miette::miette;
use pure::model::{DeviceChoice, DeviceKind};
use pure::run::{Ended, Forecast, Run, Watcher};
use pure::settings::{self, Override, Validate};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use self::lines::Lines;
use super::Outcome;
use super::diagnostic::{explain, explain_config, explain_run};
use super::output::print;

/// How to train.
#[derive(Args)]
pub struct Training {
    /// A TOML file with the settings; `pure config --list` says what each of them does
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Change a setting of the file: --set lr_scheduler.learning_rate=1e-4. Can be given again
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
        let loaded = settings::load(&self.config, &self.overrides).map_err(explain_config)?;
        for renamed in &loaded.renamed {
            eprintln!("{renamed}");
        }
        let text = settings::resolved(&loaded.settings).map_err(explain_config)?;
        Ok((loaded.settings, text))
    }

    /// The device of the run, with a word of warning if what the run takes is more than the machine has.
    pub fn device(&self, memory: u64) -> miette::Result<Device> {
        let device = self.device.open().map_err(explain)?;
        if device.kind == DeviceKind::Cpu
            && let Some(there) = memory_there()
            && memory > there
        {
            eprintln!(
                "warning: this takes about {}, and the machine has {}: `batch_tokens` and `gradient_checkpointing`, \
                 where there is one, take less",
                BinaryBytes(memory),
                BinaryBytes(there)
            );
        }
        Ok(device.device())
    }

    /// The run's folder; none if it is done already, or if no more is asked for than the settings and what the run will
    /// take.
    pub fn begin(
        &self,
        folder: &Path,
        text: &str,
        facts: &[(&str, String)],
        inputs: &[&Path],
    ) -> miette::Result<Option<Run>> {
        if self.dry_run {
            let line = |(name, fact): &(&str, String)| format!("# {name:<10} {fact}\n");
            let lines: String = facts.iter().map(line).collect();
            print(format_args!("{text}\n{lines}"))?;
            return Ok(None);
        }
        if self.resume && !Run::exists(folder) {
            return Err(miette!(
                help = "without --resume a new one is begun",
                "{} holds no run to go on with",
                folder.display()
            ));
        }
        let run = Run::open(folder, text, inputs).map_err(explain_run)?;
        if run.is_done() {
            eprintln!("the run is done already");
            print(format_args!("{}\n", run.model().display()))?;
            return Ok(None);
        }
        Ok(Some(run))
    }

    /// Burn's dashboard on a terminal, else lines that tell the numbers of the headline, or all if it
    /// is empty.
    #[cfg_attr(
        not(feature = "dashboard"),
        expect(unused_variables, reason = "it is for the dashboard")
    )]
    pub fn watcher(
        &self,
        name: &str,
        headline: &'static [&'static str],
        interrupter: &Interrupter,
    ) -> Box<dyn Watcher> {
        #[cfg(feature = "dashboard")]
        if self.has_dashboard() {
            return Box::new(pure::run::Dashboard::new(name, interrupter));
        }
        Box::new(Lines::new(name, headline))
    }

    /// Tells how a run ended, and what came of it where a dashboard has closed over it.
    pub fn end<M>(&self, run: &Run, ended: Ended<M>, headline: &[&str]) -> miette::Result<Outcome> {
        if self.has_dashboard() {
            outcome::tell(run.folder(), headline);
        }
        match ended {
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

    fn has_dashboard(&self) -> bool {
        cfg!(feature = "dashboard") && !self.plain && stdout().is_terminal()
    }
}

/// What a supervised run will take, line by line.
pub fn facts(forecast: &Forecast, steps: String) -> Vec<(&'static str, String)> {
    let memory = forecast.memory as f64 / f64::from(1 << 20);
    let examples = format!(
        "{} to learn from, {} to evaluate with, {} too long",
        forecast.examples, forecast.held_out, forecast.too_long
    );
    vec![
        ("examples", examples),
        ("tokens", format!("{} an epoch", forecast.tokens)),
        ("steps", steps),
        ("memory", format!("about {memory:.0} MiB")),
    ]
}

/// Bytes of the machine's memory, where the system tells: on Linux.
fn memory_there() -> Option<u64> {
    let facts = fs::read_to_string("/proc/meminfo").ok()?;
    let mut lines = facts.lines();
    let total = lines.find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = total.trim().strip_suffix(" kB")?.parse().ok()?;
    kib.checked_mul(1 << 10)
}
