//! From nothing to a base policy and a reward model. Every part is a file or a folder that is there whole or
//! not at all, so what is there is not made again.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use burn::tensor::Device;
use burn::train::Interrupter;
use pure::data::{LabelledAnswers, ReadOptions};
use pure::files::{Lines, write, write_folder};
use pure::model::{Checkpoint, ModelConfig, Precision, Room, copy_tokenizer};
use pure::prm::{Evaluator, PrmConfig, PrmTraining, StepReader, StepTokens};
use pure::run::{Ended, Run};
use pure::settings;
use pure::sft::{Sft, SftConfig};
use pure::task::chain::{Split, make};
use pure::task::share;

use crate::arms::Arm;
use crate::drawn::Drawn;
use crate::options::Compute;
use crate::shipped::{self, Shipped};
use crate::show::progress;
use crate::task::Task;

/// What every arm begins with.
pub struct Prepared {
    pub data: PathBuf,
    pub policy: PathBuf,
    pub reward_model: PathBuf,
    /// One that was taught too little.
    pub weak_reward_model: PathBuf,
    pub folder: PathBuf,
    pub task: Task,
    pub seed: u64,
}

pub fn prepare(
    folder: &Path,
    seed: u64,
    task: Task,
    compute: &Compute,
    arms: &[Arm],
    interrupter: &Interrupter,
) -> Result<Prepared, Box<dyn Error>> {
    let prepared = Prepared {
        data: folder.join("data"),
        policy: folder.join("sft/model"),
        reward_model: folder.join("prm/model"),
        weak_reward_model: folder.join("weak-prm/model"),
        folder: folder.to_owned(),
        task,
        seed,
    };
    let data = &prepared.data;
    make_data(data, task, seed)?;
    model(&folder.join("init"), data, seed, &compute.device)?;
    let sft = |name: &str, shipped: &Shipped, from: &Path| -> Result<(), Box<dyn Error>> {
        let mut settings: SftConfig = task.sft(shipped.settings()?);
        settings.model = from.to_owned();
        settings.data = data.join(name).with_extension("jsonl");
        settings.output = folder.join(name);
        settings.seed = seed;
        fine_tune(name, settings, compute, interrupter)
    };
    sft("sft", &shipped::SFT, &folder.join("init/model"))?;
    sft("trunk", &shipped::TRUNK, &prepared.policy)?;
    let hot = Drawn {
        level: task.level,
        split: Split::Train,
        answers: task.drawn(),
        longest: task.longest(),
        temperature: 1.5,
    };
    let draw =
        |drawn: &Drawn, file: &str| drawn.write(&data.join(file), &prepared.policy, seed, compute);
    draw(&hot, "hot_steps.jsonl")?;
    let unseen = Drawn {
        split: Split::HeldOut,
        answers: 2048,
        temperature: 1.0,
        ..hot
    };
    draw(&unseen, "unseen_steps.jsonl")?;
    reward_model("prm", &prepared, 1, compute, interrupter)?;
    if arms.iter().any(|arm| arm.weak) {
        reward_model("weak-prm", &prepared, WEAKER, compute, interrupter)?;
    }
    Ok(prepared)
}

/// The weak reward model learns from one answer of so many.
const WEAKER: u32 = 8;

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

/// A reward model that learns from one of so many answers, and how good it is on unseen answers of the
/// policy.
fn reward_model(
    name: &str,
    prepared: &Prepared,
    one_of: u32,
    compute: &Compute,
    interrupter: &Interrupter,
) -> Result<(), Box<dyn Error>> {
    let mut settings: PrmConfig = prepared.task.prm(shipped::PRM.settings()?);
    settings.output = prepared.folder.join(name);
    settings.model = prepared.folder.join("trunk/model");
    settings.data = ["steps.jsonl", "hot_steps.jsonl"]
        .iter()
        .map(|file| thinned(&prepared.data, file, one_of, prepared.seed))
        .collect::<Result<_, _>>()?;
    settings.held_out = Some(prepared.data.join("steps_held_out.jsonl"));
    settings.seed = prepared.seed;
    settings.precision = compute.precision;
    let (output, text) = (settings.output.clone(), settings::resolved(&settings)?);
    let training = PrmTraining::prepare(settings)?;
    let run = Run::open(&output, &text, &training.inputs())?;
    if run.is_done() {
        return Ok(());
    }
    let start = Instant::now();
    let ended = training.run(&run, &compute.device, |_, _, _| progress(name), interrupter)?;
    let Ended::Done(prm) = ended else {
        return Err("interrupted".into());
    };
    let evaluator = Evaluator {
        prm,
        reader: StepReader::of(&Checkpoint::open(run.model())?, &StepTokens::default())?,
        batch_tokens: 8192,
    };
    let unseen = prepared.data.join("unseen_steps.jsonl");
    let answers = LabelledAnswers::open(&unseen, ReadOptions::default())?;
    let quality = evaluator.steps(answers, 0.5)?.quality;
    let percent = |recall: Option<f64>| 100.0 * recall.unwrap_or_default();
    println!(
        "{name}: finds {:.1} % of the bad steps in unseen answers and passes {:.1} % of the good; {:.0} s",
        percent(quality.bad.recall),
        percent(quality.good.recall),
        start.elapsed().as_secs_f64()
    );
    Ok(())
}

/// A file of the data with one of so many of its records, drawn at random: in the file they come in turns,
/// and every eighth of them is of one kind.
fn thinned(data: &Path, file: &str, one_of: u32, seed: u64) -> Result<PathBuf, pure::files::Error> {
    let path = data.join(file);
    if one_of == 1 {
        return Ok(path);
    }
    let mut drawn = String::new();
    for line in share(Lines::open(&path)?, one_of, seed, file) {
        drawn += &line?.text;
        drawn.push('\n');
    }
    let thin = path.with_extension(format!("one-of-{one_of}.jsonl"));
    write(&thin, drawn)?;
    Ok(thin)
}
