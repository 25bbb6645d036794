//! What the commands that train have in common: settings from options and a file, a run's folder, a watcher.

mod facts;
mod history;
mod lines;
mod outcome;
mod pace;
mod rows;
#[cfg(feature = "dashboard")]
mod screen;

use std::io::{IsTerminal, stdout};
use std::path::{Path, PathBuf};

use burn::train::Interrupter;
use clap::Args;
use indicatif::BinaryBytes;
use miette::miette;
use pure::model::{DeviceChoice, PresentDevice, Room};
use pure::run::{Ended, MemoryForecast, Run, Watcher, checkpoint_steps};
use pure::settings::{self, Override, Validate};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use self::facts::{at_once, facts, memory_facts};
use self::lines::Lines;
pub use self::rows::Trainee;
use super::Outcome;
use super::diagnostic::{explain, explain_config, explain_run};
use super::output::print;

/// How to train.
#[derive(Args)]
pub struct Training {
    /// Folder of the model to begin with: the setting `model`
    #[arg(long, value_name = "DIR")]
    model: Option<String>,
    /// Folder of the run, and its result in `model` in it: the setting `output`
    #[arg(long, value_name = "DIR")]
    output: Option<String>,
    /// A TOML file with settings, which options go before; `pure config --list` says what each of them does
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Any setting: --set lr_scheduler.learning_rate=1e-4. Can be given again
    #[arg(long = "set", value_name = "KEY=VALUE")]
    overrides: Vec<Override>,
    /// Check everything, show all settings and what the run will take, and stop
    #[arg(long)]
    dry_run: bool,
    /// With --dry-run: plan for a GPU of so many gigabytes, in place of the device that is here
    #[arg(long, value_name = "GB", requires = "dry_run")]
    gpu_memory: Option<u64>,
    /// Go on with a run: there must be one (one that is there is gone on with in any case)
    #[arg(long)]
    resume: bool,
    /// Lines in place of the dashboard, as where there is no terminal, TERM is dumb, or CI is set
    #[arg(long)]
    plain: bool,
    /// Device: auto, cpu, or cuda, wgpu, vulkan, metal, rocm with a number if need be (cuda:1)
    #[arg(long, value_name = "DEVICE", default_value = "auto")]
    device: DeviceChoice,
}

impl Training {
    /// The settings: those of the file, if there is one, under what the options say, these under `--set`.
    pub fn settings<T>(&self, options: Vec<Override>) -> miette::Result<T>
    where
        T: DeserializeOwned + Validate,
    {
        let mut all = options;
        all.extend(setting("model", self.model.as_ref())?);
        all.extend(setting("output", self.output.as_ref())?);
        all.extend_from_slice(&self.overrides);
        let loaded = match &self.config {
            Some(file) => settings::load(file, &all),
            None => settings::parse("the command line".as_ref(), "", &all),
        };
        let loaded = loaded.map_err(explain_config)?;
        for renamed in &loaded.renamed {
            eprintln!("{renamed}");
        }
        Ok(loaded.settings)
    }

    /// The same with another file of settings, which none may be named beside.
    pub fn with_config(mut self, file: PathBuf) -> Self {
        self.config = Some(file);
        self
    }

    /// Whether neither a file nor `--set` says something of a key or of its table.
    pub fn leaves_open(&self, key: &str) -> bool {
        self.config.is_none() && !self.overrides.iter().any(|set| set.is_of(key))
    }

    /// The device of the run.
    pub fn device(&self) -> miette::Result<PresentDevice> {
        self.device.open().map_err(explain)
    }

    /// The memory that the run has on a device.
    pub fn room(&self, device: &PresentDevice) -> Room {
        match self.gpu_memory {
            Some(gigabytes) => Room {
                is_host: false,
                bytes: Some(gigabytes.saturating_mul(1_000_000_000)),
            },
            None => device.room(),
        }
    }

    /// Warns if what the run takes is more than there is, and tells what would fit.
    pub fn warn(room: Room, memory: &MemoryForecast) {
        let Some(there) = room.bytes.filter(|_| room.is_tight(memory.peak())) else {
            return;
        };
        let advice = match memory.fitting(there) {
            Some(savings) => {
                let sets = savings
                    .iter()
                    .map(|saving| format!(" --set {}", saving.setting));
                format!("it fits with{}", sets.collect::<String>())
            }
            None => "no setting makes it fit: take a smaller model or a larger device".to_owned(),
        };
        eprintln!(
            "warning: this takes about {}, and there are {}; {advice}",
            BinaryBytes(memory.peak()),
            BinaryBytes(there)
        );
    }

    /// The run's folder; none if it is done already, or if no more is asked for than the settings and what the run will
    /// take.
    pub fn begin(
        &self,
        folder: &Path,
        settings: &impl Serialize,
        facts: &[(&str, String)],
        inputs: &[&Path],
        may_change: &[&str],
        device: &PresentDevice,
    ) -> miette::Result<Option<Run>> {
        let text = settings::resolved(settings).map_err(explain_config)?;
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
        let run = Run::open_to_prolong(folder, &text, inputs, may_change).map_err(explain_run)?;
        if run.is_done() {
            eprintln!("the run is done already");
            print(format_args!("{}\n", run.model().display()))?;
            return Ok(None);
        }
        let device = format!("{device} ({})", device.description);
        run.note_start(&device).map_err(explain_run)?;
        Ok(Some(run))
    }

    /// A dashboard on a terminal, else lines that tell the numbers of the headline, or all if it is empty.
    #[cfg_attr(
        not(feature = "dashboard"),
        expect(unused_variables, reason = "they are for the dashboard")
    )]
    pub fn watcher(
        &self,
        name: &str,
        folder: &Path,
        trainee: Trainee,
        headline: &'static [&'static str],
        interrupter: &Interrupter,
    ) -> Box<dyn Watcher> {
        #[cfg(feature = "dashboard")]
        if self.has_dashboard() {
            let title = format!("{}: {name}", folder.display());
            return Box::new(screen::Screen::new(&title, trainee, interrupter));
        }
        Box::new(Lines::new(name, headline))
    }

    /// Tells how a run ended, what came of it, and the command that most would give now.
    pub fn end<M>(
        &self,
        run: &Run,
        ended: Ended<M>,
        trainee: Trainee,
        next: &str,
    ) -> miette::Result<Outcome> {
        let next = matches!(ended, Ended::Done(_)).then_some(next);
        for line in outcome::lines(run.folder(), trainee, next) {
            eprintln!("{line}");
        }
        match ended {
            // On a terminal the lines have told it.
            Ended::Done(_) if stdout().is_terminal() => Ok(Outcome::Done),
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

    #[cfg(feature = "dashboard")]
    fn has_dashboard(&self) -> bool {
        let is = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let is_dumb = is("TERM").is_some_and(|term| term == "dumb");
        !self.plain && stdout().is_terminal() && !is_dumb && is("CI").is_none()
    }
}

/// Refuses fewer steps than a run has taken.
pub fn refuse_to_shorten(run: &Path, steps: usize, trainee: Trainee) -> miette::Result<()> {
    let advice = match trainee {
        Trainee::Policy => {
            "`pure train --from RUN@STEP` begins a branch from an earlier checkpoint, in a folder of its own"
        }
        Trainee::Model | Trainee::RewardModel => {
            "`--model RUN@STEP` begins with the model of an earlier checkpoint, in a folder of its own"
        }
    };
    match checkpoint_steps(run).last() {
        Some(&made) if made > steps => Err(miette!(
            help = advice,
            "the run in {} has made {made} {}s, more than the {steps} that are asked for",
            run.display(),
            trainee.step()
        )),
        _ => Ok(()),
    }
}

/// What an option sets, if it is given.
pub fn setting<T: Serialize>(key: &str, option: Option<T>) -> miette::Result<Option<Override>> {
    let set = option.map(|value| Override::new(key, value));
    set.transpose().map_err(explain_config)
}
