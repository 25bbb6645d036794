//! From nothing to a base policy and a reward model. Every part is a file or a folder that is there whole or
//! not at all, so what is there is not made again.

use std::collections::BTreeSet;
use std::error::Error;
use std::iter;
use std::path::{Path, PathBuf};
use std::time::Instant;

use burn::tensor::Device;
use burn::train::Interrupter;
use pure::files::write_folder;
use pure::model::{Checkpoint, ModelConfig, Precision, Room, copy_tokenizer};
use pure::run::{Ended, Run};
use pure::settings;
use pure::sft::{Sft, SftConfig};
use pure::task::chain::{Split, make};

use crate::drawn::Drawn;
use crate::options::Compute;
use crate::reward_models::{HOT, RewardModel};
use crate::shipped::{self, Shipped};
use crate::show::progress;
use crate::task::Task;
use crate::teach::teach;
use crate::variants::{Strength, Variant};

/// What every arm of a seed begins with: where it is.
pub struct Prepared {
    pub data: PathBuf,
    pub policy: PathBuf,
    pub folder: PathBuf,
    pub task: Task,
    pub seed: u64,
}

impl Prepared {
    pub fn of(folder: &Path, seed: u64, task: Task) -> Self {
        let folder = folder.join(format!("seed-{seed}"));
        Self {
            data: folder.join("data"),
            policy: folder.join("sft/model"),
            folder,
            task,
            seed,
        }
    }

    /// The folder of a reward model's training.
    pub fn taught(&self, reward_model: &RewardModel, strength: Strength) -> PathBuf {
        let name = format!("{}{}", reward_model.name, strength.suffix());
        self.folder.join(name)
    }

    /// The reward model of a variant.
    pub fn reward_model(&self, variant: &Variant) -> PathBuf {
        let taught = self.taught(&variant.arm.reward_model, variant.strength);
        taught.join("model")
    }
}

/// Makes what is not there of what some variants begin with.
pub fn prepare(
    prepared: &Prepared,
    variants: &[Variant],
    compute: &Compute,
    interrupter: &Interrupter,
) -> Result<(), Box<dyn Error>> {
    let Prepared {
        data,
        policy,
        folder,
        task,
        seed,
    } = prepared;
    let (task, seed) = (*task, *seed);
    make_data(data, task, seed)?;
    model(&folder.join("init"), data, seed, &compute.device)?;
    let sft = |name: &str, shipped: &Shipped, from: &Path| -> Result<(), Box<dyn Error>> {
        let mut settings: SftConfig = task.sft(shipped.settings(iter::empty())?);
        settings.model = from.to_owned();
        settings.data = data.join(name).with_extension("jsonl");
        settings.output = folder.join(name);
        settings.seed = seed;
        fine_tune(name, settings, compute, interrupter)
    };
    sft("sft", &shipped::SFT, &folder.join("init/model"))?;
    sft("trunk", &shipped::TRUNK, policy)?;
    let hot = Drawn {
        level: task.level,
        split: Split::Train,
        answers: task.drawn(),
        longest: task.longest(),
        temperature: 1.5,
    };
    let draw = |drawn: &Drawn, file: &str| drawn.write(&data.join(file), policy, seed, compute);
    draw(&hot, HOT)?;
    let unseen = Drawn {
        split: Split::HeldOut,
        answers: 2048,
        temperature: 1.0,
        ..hot
    };
    draw(&unseen, "unseen_steps.jsonl")?;
    let mut taught = BTreeSet::new();
    for Variant { arm, strength } in variants {
        let is_new = arm.reward_model.is_taught()
            && taught.insert(prepared.taught(&arm.reward_model, *strength));
        if is_new {
            teach(&arm.reward_model, *strength, prepared, compute, interrupter)?;
        }
    }
    Ok(())
}

fn make_data(folder: &Path, task: Task, seed: u64) -> Result<(), Box<dyn Error>> {
    if folder.join("data.json").exists() {
        return Ok(());
    }
    let sizes = task.data(seed);
    write_folder(folder, |partial| make(&sizes, partial))?;
    println!(
        "a task of {} prompts and {} solutions, from seed {seed}",
        sizes.train, sizes.sft
    );
    Ok(())
}

/// A model that knows nothing.
fn model(folder: &Path, data: &Path, seed: u64, device: &Device) -> Result<(), Box<dyn Error>> {
    let folder = folder.join("model");
    if folder.exists() {
        return Ok(());
    }
    let shape = ModelConfig::from_json(shipped::MODEL.text)?;
    device.seed(seed);
    write_folder(&folder, |partial| -> Result<(), Box<dyn Error>> {
        Checkpoint::create(partial, &shape, &shape.init(device), Precision::F32)?;
        Ok(copy_tokenizer(data.join("tokenizer"), partial)?)
    })?;
    println!("a model of {} parameters", shape.parameters());
    Ok(())
}

fn fine_tune(
    name: &str,
    mut settings: SftConfig,
    compute: &Compute,
    interrupter: &Interrupter,
) -> Result<(), Box<dyn Error>> {
    settings.precision = compute.precision;
    let (output, text) = (settings.output.clone(), settings::resolved(&settings)?);
    let sft = Sft::prepare(settings)?;
    let run = Run::open(&output, &text, &sft.inputs())?;
    if run.is_done() {
        return Ok(());
    }
    run.note_start(&compute.name)?;
    let start = Instant::now();
    let steps = sft.forecast(Room::HOST).steps;
    if let Ended::Interrupted { .. } =
        sft.run(&run, &compute.device, progress(name), interrupter)?
    {
        return Err("interrupted".into());
    }
    println!(
        "{name}: {steps} steps in {:.0} s",
        start.elapsed().as_secs_f64()
    );
    Ok(())
}
