//! `--table`: every arm with a strong reward model and with a weak one, from several seeds, ranked on one page.
//!
//! A run is a cell. All arms of a seed with the strong reward model come first, then those with the weak one, then the
//! next seed: what is there when it is stopped is of use. The same command goes on, in the middle of a run if need be;
//! what is finished is not made again. The page is written after each run.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use burn::train::Interrupter;
use pure::report::ranking::{Course, Entry, Ranking};
use pure::settings;

use crate::arms::ARMS;
use crate::options::{Compute, Options};
use crate::pace::{Timed, in_words, seconds_left};
use crate::prepare::{Prepared, prepare};
use crate::reinforce::{reinforce, settings_of};
use crate::reward_models::{PRM, RewardModel};
use crate::variants::{Strength, Variant};

/// The runs of the table.
struct Cells {
    folder: PathBuf,
    early: u64,
    /// A block a seed and strength, in the order in which they are run.
    blocks: Vec<(Prepared, Vec<Cell>)>,
}

/// A run of the table.
struct Cell {
    variant: Variant,
    run: PathBuf,
    /// Its settings, as its folder holds them.
    text: String,
}

/// Makes the table, or goes on with it.
pub fn table(
    options: &Options,
    compute: &Compute,
    interrupter: &Interrupter,
) -> Result<(), Box<dyn Error>> {
    let cells = Cells::of(options, compute)?;
    let mut failed = Vec::new();
    cells.tell_plan()?;
    for (prepared, block) in &cells.blocks {
        if block.iter().all(Cell::is_done) {
            continue;
        }
        let variants: Vec<Variant> = block.iter().map(|cell| cell.variant).collect();
        prepare(prepared, &variants, compute, interrupter)?;
        for cell in block.iter().filter(|cell| !cell.is_done()) {
            if let Err(error) = reinforce(&cell.variant, prepared, compute, interrupter) {
                if interrupter.should_stop() {
                    return Err(error);
                }
                // Hours of other runs must not wait for somebody to see this.
                println!("{}: {error}", cell.run.display());
                failed.push(cell.run.display().to_string());
                continue;
            }
            println!("{}", cells.write()?);
        }
    }
    println!("\n{}", cells.write()?);
    match failed.as_slice() {
        [] => Ok(()),
        failed => Err(format!("these runs failed, as said above: {}", failed.join(", ")).into()),
    }
}

impl Cells {
    fn of(options: &Options, compute: &Compute) -> Result<Self, Box<dyn Error>> {
        let (folder, task, variants) = (options.folder(), options.task(), options.variants()?);
        let mut blocks = Vec::new();
        for seed in options.seeds() {
            for strength in Strength::ALL {
                let prepared = Prepared::of(&folder, seed, task);
                let of_block = variants.iter().filter(|it| it.strength == strength);
                let cells = of_block.map(|variant| Cell::of(*variant, &prepared, compute));
                let cells = cells.collect::<Result<Vec<_>, _>>()?;
                blocks.push((prepared, cells));
            }
        }
        Ok(Self {
            folder,
            early: task.early(),
            blocks,
        })
    }

    fn all(&self) -> impl Iterator<Item = &Cell> + Clone {
        self.blocks.iter().flat_map(|(_, cells)| cells)
    }

    fn tell_plan(&self) -> Result<(), Box<dyn Error>> {
        println!(
            "the table is of {} runs, in this order:",
            self.all().count()
        );
        for (prepared, cells) in &self.blocks {
            let done = cells.iter().filter(|cell| cell.is_done()).count();
            let names: Vec<String> = cells.iter().map(|cell| cell.variant.name()).collect();
            let (seed, all) = (prepared.seed, cells.len());
            println!(
                "  seed {seed}, {done} of {all} finished: {}",
                names.join(", ")
            );
        }
        println!("{}", self.write()?);
        Ok(())
    }

    /// Writes the page and the file for programs, and says how far it is.
    fn write(&self) -> Result<String, Box<dyn Error>> {
        let done = self.all().filter(|cell| cell.is_done()).count();
        let planned = self.all().count();
        if done == 0 {
            return Ok("none is finished yet, so nobody knows how long they take".to_owned());
        }
        let ranking = self.ranking()?;
        let page = self.folder.join("table.html");
        let title = format!("{} ways to be paid", ranking.arms.len());
        pure::files::write(
            &page,
            ranking.to_html(&title, INTRODUCTION, [done, planned]),
        )?;
        pure::files::write(self.folder.join("table.json"), ranking.to_json())?;
        let timed: Vec<Timed> = self.all().map(Cell::timed).collect();
        let left = seconds_left(&timed).map(in_words).unwrap_or_default();
        let page = page.display();
        Ok(format!(
            "{done} of {planned} runs are finished, {left} left at their pace, without preparing; {page} has them"
        ))
    }

    fn ranking(&self) -> Result<Ranking, pure::report::Error> {
        let of_arm = |name: &str, strength| {
            let cells = self.all();
            let cells = cells.filter(move |cell| {
                let Variant { arm, strength: own } = cell.variant;
                arm.name == name && own == strength
            });
            let mut cells = cells.peekable();
            cells.peek()?;
            let done = cells.filter(|cell| cell.is_done());
            Some(done.map(|cell| cell.run.clone()).collect())
        };
        let entries = ARMS.iter().map(|arm| Entry {
            name: arm.name.to_owned(),
            about: arm.about.to_owned(),
            settings: arm
                .settings()
                .map(str::to_owned)
                .chain(taught(&arm.reward_model))
                .collect(),
            runs: Strength::ALL
                .map(|strength| of_arm(arm.name, strength))
                .into(),
        });
        let entries = entries.filter(|entry| entry.runs.iter().any(Option::is_some));
        let conditions = Strength::ALL.map(Strength::name);
        Ranking::read(&conditions, self.early, &entries.collect::<Vec<_>>())
    }
}

const INTRODUCTION: &str = "Every arm trains the same small policy on the built-in task, with the same settings but for \
    those in the table at the end; none was tuned for any arm. The strong reward model has learned from all labelled \
    answers, the weak one from an eighth of them. Arms that ask no reward model have one column.";

/// In what a reward model differs from the usual one.
fn taught(own: &RewardModel) -> Vec<String> {
    let data = (own.is_taught() && own.data != PRM.data).then(|| format!("data={:?}", own.data));
    let consensus = own.consensus.map(|file| format!("consensus={file:?}"));
    let others = data.into_iter().chain(consensus);
    let all = others.chain(own.settings().map(str::to_owned));
    all.map(|setting| format!("{}: {setting}", own.name))
        .collect()
}

impl Cell {
    fn of(
        variant: Variant,
        prepared: &Prepared,
        compute: &Compute,
    ) -> Result<Self, settings::ConfigError> {
        let settings = settings_of(&variant, prepared, compute)?;
        Ok(Self {
            variant,
            run: settings.output.clone(),
            text: settings::resolved(&settings)?,
        })
    }

    /// How long it has been trained.
    fn timed(&self) -> Timed {
        // What has not begun has no journal.
        let seconds = Course::read(&self.run, 0).map_or(0.0, |course| course.seconds);
        Timed {
            arm: self.variant.arm.name,
            is_weak: self.variant.strength == Strength::Weak,
            is_finished: self.is_done(),
            seconds,
        }
    }

    /// Whether it ended, by the settings that it has today: of others the run itself will complain.
    fn is_done(&self) -> bool {
        let config = fs::read_to_string(self.run.join("config.toml"));
        self.run.join("model").exists() && config.is_ok_and(|config| config == self.text)
    }
}
