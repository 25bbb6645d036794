//! Reinforcement learning, once a variant.

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use burn::train::Interrupter;
use pure::rl::{PolicyConfig, PolicyTraining};
use pure::run::{Ended, Run};
use pure::settings::{self, ConfigError};

use crate::options::Compute;
use crate::prepare::Prepared;
use crate::show::progress;
use crate::variants::Variant;

/// The settings of a run.
pub fn settings_of(
    variant: &Variant,
    prepared: &Prepared,
    compute: &Compute,
) -> Result<PolicyConfig, ConfigError> {
    let mut settings = prepared.task.policy(variant.settings()?);
    settings.output = prepared.folder.join(variant.name());
    settings.model = prepared.policy.clone();
    settings.seed = prepared.seed;
    settings.precision = compute.precision;
    settings.prompts.file = Some(prepared.data.join("train.jsonl"));
    if let Some(reward_model) = &mut settings.reward_model {
        reward_model.model = prepared.reward_model(variant);
    }
    if let Some(evaluation) = &mut settings.evaluation {
        evaluation.prompts = prepared.data.join("held_out.jsonl");
    }
    Ok(settings)
}

/// Trains a policy, and tells the folder of its run.
pub fn reinforce(
    variant: &Variant,
    prepared: &Prepared,
    compute: &Compute,
    interrupter: &Interrupter,
) -> Result<PathBuf, Box<dyn Error>> {
    let settings = settings_of(variant, prepared, compute)?;
    let (folder, text) = (settings.output.clone(), settings::resolved(&settings)?);
    let training = PolicyTraining::prepare(settings)?;
    let run = Run::open(&folder, &text, &training.inputs())?;
    if run.is_done() {
        return Ok(folder);
    }
    run.note_start(&compute.name)?;
    let name = variant.name();
    println!("\n{name}: {}", variant.arm.about);
    let start = Instant::now();
    match training.run(&run, &compute.device, progress(&name), interrupter)? {
        Ended::Done(_) => println!("{name}: {:.0} s", start.elapsed().as_secs_f64()),
        Ended::Interrupted { .. } => return Err("interrupted".into()),
    }
    Ok(folder)
}
