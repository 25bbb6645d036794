//! Reinforcement learning, once an arm.

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use burn::train::Interrupter;
use pure::model::LoraConfig;
use pure::rl::{PolicyConfig, PolicyTraining};
use pure::run::{Ended, Run};
use pure::settings;

use crate::arms::Arm;
use crate::options::Compute;
use crate::prepare::Prepared;
use crate::shipped;
use crate::show::progress;

/// Trains a policy, and tells the folder of its run.
pub fn reinforce(
    arm: &Arm,
    prepared: &Prepared,
    compute: &Compute,
    interrupter: &Interrupter,
) -> Result<PathBuf, Box<dyn Error>> {
    let mut settings: PolicyConfig = prepared.task.policy(shipped::PURE.settings()?);
    settings.output = prepared.folder.join(arm.name);
    settings.model = prepared.policy.clone();
    settings.seed = prepared.seed;
    settings.precision = compute.precision;
    settings.prompts.file = Some(prepared.data.join("train.jsonl"));
    settings.prompts.with_answer = arm.with_answer;
    settings.method = arm.method(&settings.method);
    if let Some(reward_model) = &mut settings.reward_model {
        reward_model.model = match arm.weak {
            true => prepared.weak_reward_model.clone(),
            false => prepared.reward_model.clone(),
        };
    }
    if let Some(evaluation) = &mut settings.evaluation {
        evaluation.prompts = prepared.data.join("held_out.jsonl");
    }
    if arm.lora {
        settings.lora = Some(LoraConfig::default());
        let rate = settings.lr_scheduler.learning_rate;
        settings.lr_scheduler.learning_rate = rate.map(|rate| 10.0 * rate);
    }
    let (folder, text) = (settings.output.clone(), settings::resolved(&settings)?);
    let training = PolicyTraining::prepare(settings)?;
    let run = Run::open(&folder, &text, &training.inputs())?;
    if run.is_done() {
        return Ok(folder);
    }
    println!("\n{}: {}", arm.name, arm.about);
    let start = Instant::now();
    match training.run(&run, &compute.device, progress(arm.name), interrupter)? {
        Ended::Done(_) => println!("{}: {:.0} s", arm.name, start.elapsed().as_secs_f64()),
        Ended::Interrupted { .. } => return Err("interrupted".into()),
    }
    Ok(folder)
}
