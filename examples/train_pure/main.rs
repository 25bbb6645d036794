//! The paper's claim, on this machine, in minutes: the same model, the same rewards, the same settings;
//! where a token's credit is the **sum** of the step rewards to come, the policy learns to write steps
//! that please and never to finish; where it is their **minimum**, it learns to solve.
//!
//! ```sh
//! cargo run --example train_pure                                 # soft-min+vr and sum
//! cargo run --release --example train_pure -- --arms all --seeds 5
//! cargo run --release --example train_pure -- --level long --arms vr,soft-min,soft-min+vr
//! cargo run --release --example train_pure -- --table            # all arms, ranked; hours, and it goes on when stopped
//! ```
//!
//! Nothing is downloaded and nothing is prepared: from a seed it makes the task, fine-tunes a base
//! policy that solves about half of it, teaches a reward model what an oracle says of steps, and runs
//! reinforcement learning once for each arm. Arms differ in credit and reward alone. What was done is
//! kept under `--output`; the same command goes on with it.
//!
//! Departures from the paper: the model is small and knows nothing but the task, so the reward model
//! learns from an oracle, from made answers and from the policy's own, where the paper's learned from
//! people and began from a model that knew mathematics.
#![recursion_limit = "256"]

mod arms;
mod completed;
mod drawn;
mod options;
mod pace;
mod prepare;
mod reinforce;
mod reward_models;
mod shipped;
mod show;
mod table;
mod task;
mod teach;
mod variants;

use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use pure::run::stop_on_signals;

use crate::options::Options;
use crate::prepare::{Prepared, prepare};
use crate::reinforce::reinforce;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    pure::model::guard_devices();
    pure::model::keep_freed_memory();
    let options = Options::parse();
    let variants = options.variants()?;
    let compute = options.compute()?;
    let (task, folder) = (options.task(), options.folder());
    let interrupter = stop_on_signals();
    let start = Instant::now();
    if options.table {
        table::table(&options, &compute, &interrupter)?;
    } else {
        let mut runs = Vec::new();
        for seed in options.seeds() {
            let prepared = Prepared::of(&folder, seed, task);
            prepare(&prepared, &variants, &compute, &interrupter)?;
            for variant in &variants {
                runs.push(reinforce(variant, &prepared, &compute, &interrupter)?);
            }
        }
        show::results(&runs, &folder)?;
    }
    println!("{:.0} seconds in all", start.elapsed().as_secs_f64());
    Ok(())
}
