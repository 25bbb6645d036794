//! From nothing to a base policy and a reward model. Every part is a folder; what is there is not made
//! again.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use burn::tensor::Device;
use burn::train::Interrupter;
use pure::data::LabelledAnswers;
use pure::data::ReadOptions;
use pure::data::chain::{Level, MakeOptions, Problem, Problems, Split, judge, make};
use pure::model::{Checkpoint, Precision, copy_tokenizer, read_config};
use pure::rollout::{Engine, EngineOptions, Request, Sampling, sample_all};
use pure::train::config;
use pure::train::{
    Ended, Evaluator, PrmConfig, PrmTraining, Run, Sft, SftConfig, StepReader, StepTokens,
};
use serde_json::json;

use crate::arms::Arm;
use crate::options::Options;
use crate::show::progress;

/// What every arm begins with.
pub struct Prepared {
    pub data: PathBuf,
    pub policy: PathBuf,
    pub reward_model: PathBuf,
    /// One that was taught too little.
    pub weak_reward_model: PathBuf,
    pub folder: PathBuf,
}

/// The longest answer that the reward model learns from: five times what a solution takes.
const LONGEST: usize = 160;

pub fn prepare(
    folder: &Path,
    seed: u64,
    options: &Options,
    device: &Device,
    arms: &[Arm],
) -> Result<Prepared, Box<dyn Error>> {
    let prepared = Prepared {
        data: folder.join("data"),
        policy: folder.join("sft/model"),
        reward_model: folder.join("prm/model"),
        weak_reward_model: folder.join("weak-prm/model"),
        folder: folder.to_owned(),
    };
    let data = &prepared.data;
    task(data, seed, options)?;
    model(&folder.join("init"), data, seed, device)?;
    let sft = |name: &str, from: &Path, data: PathBuf| -> Result<(), Box<dyn Error>> {
        let mut settings: SftConfig = settings(&format!("{name}.toml"))?;
        settings.model = from.to_owned();
        settings.data = data;
        settings.output = folder.join(name);
        settings.seed = seed;
        if options.quick {
            settings.steps = settings.steps.map(|steps| steps.min(50));
        }
        fine_tune(name, settings, device)
    };
    sft("sft", &folder.join("init/model"), data.join("sft.jsonl"))?;
    sft("trunk", &prepared.policy, data.join("trunk.jsonl"))?;
    let level = level(options);
    let hot = Drawn {
        level,
        split: Split::Train,
        answers: if options.quick { 2048 } else { 8192 },
        temperature: 1.5,
    };
    hot.write(
        &data.join("hot_steps.jsonl"),
        &prepared.policy,
        seed,
        device,
    )?;
    let unseen = Drawn {
        level,
        split: Split::HeldOut,
        answers: 2048,
        temperature: 1.0,
    };
    unseen.write(
        &data.join("unseen_steps.jsonl"),
        &prepared.policy,
        seed,
        device,
    )?;
    reward_model("prm", &prepared, seed, 1, device)?;
    if arms.iter().any(|arm| arm.weak) {
        reward_model("weak-prm", &prepared, seed, WEAKER, device)?;
    }
    Ok(prepared)
}

/// The weak reward model sees one lesson of so many.
const WEAKER: usize = 8;

/// Settings that ship with the project.
pub fn settings<T>(name: &str) -> Result<T, Box<dyn Error>>
where
    T: serde::de::DeserializeOwned + config::Validate,
{
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs/chain");
    Ok(config::load(&folder.join(name), &[])?)
}

fn task(folder: &Path, seed: u64, options: &Options) -> Result<(), Box<dyn Error>> {
    if folder.join("data.json").exists() {
        return Ok(());
    }
    let sizes = match options.quick {
        true => MakeOptions {
            level: level(options),
            sft: 19_200,
            trunk: 3_200,
            steps: 4_096,
            ..MakeOptions::default()
        },
        false => MakeOptions::default(),
    };
    make(&MakeOptions { seed, ..sizes }, folder)?;
    println!(
        "a task of {} prompts and {} solutions, from seed {seed}",
        sizes.train, sizes.sft
    );
    Ok(())
}

/// Quickly, there are two operations in place of five.
fn level(options: &Options) -> Level {
    Level {
        operations: if options.quick {
            2
        } else {
            Level::base().operations
        },
        ..Level::base()
    }
}

/// A model that knows nothing.
fn model(folder: &Path, data: &Path, seed: u64, device: &Device) -> Result<(), Box<dyn Error>> {
    let folder = folder.join("model");
    if folder.join("tokenizer.json").exists() {
        return Ok(());
    }
    let shape = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs/chain/model.json");
    let shape = read_config(&shape)?;
    device.seed(seed);
    Checkpoint::create(&folder, &shape, &shape.init(device), Precision::F32)?;
    copy_tokenizer(data.join("tokenizer"), &folder)?;
    println!("a model of {} parameters", shape.parameters());
    Ok(())
}

fn fine_tune(name: &str, settings: SftConfig, device: &Device) -> Result<(), Box<dyn Error>> {
    let run = Run::open(&settings.output, &config::resolved(&settings)?)?;
    if run.is_done() {
        return Ok(());
    }
    let start = Instant::now();
    let sft = Sft::prepare(settings)?;
    let steps = sft.outlook().steps;
    let watcher = progress(name, steps);
    if let Ended::Interrupted { .. } = sft.run(&run, device, watcher, Interrupter::new())? {
        return Err("interrupted".into());
    }
    println!(
        "{name}: {steps} steps in {:.0} s",
        start.elapsed().as_secs_f64()
    );
    Ok(())
}

/// A reward model, of one of so many of its lessons, and how good it is on unseen answers of the
/// policy.
fn reward_model(
    name: &str,
    prepared: &Prepared,
    seed: u64,
    one_of: usize,
    device: &Device,
) -> Result<(), Box<dyn Error>> {
    let mut settings: PrmConfig = settings("prm.toml")?;
    settings.output = prepared.folder.join(name);
    settings.model = prepared.folder.join("trunk/model");
    settings.data = ["steps.jsonl", "hot_steps.jsonl"]
        .iter()
        .map(|file| thinned(&prepared.data.join(file), one_of))
        .collect::<Result<_, _>>()?;
    settings.held_out = Some(prepared.data.join("steps_held_out.jsonl"));
    settings.seed = seed;
    let run = Run::open(&settings.output, &config::resolved(&settings)?)?;
    if run.is_done() {
        return Ok(());
    }
    let start = Instant::now();
    let training = PrmTraining::prepare(settings)?;
    let watcher = |_, _: &_, steps| progress(name, steps);
    let ended = training.run(&run, device, watcher, &Interrupter::new())?;
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

/// The file with one of so many of its lines.
fn thinned(path: &Path, one_of: usize) -> std::io::Result<PathBuf> {
    if one_of == 1 {
        return Ok(path.to_owned());
    }
    let thin = path.with_extension(format!("{one_of}.jsonl"));
    let text = fs::read_to_string(path)?;
    let lines: Vec<&str> = text.lines().step_by(one_of).collect();
    fs::write(&thin, lines.join("\n"))?;
    Ok(thin)
}

/// Answers of the policy, labelled by the oracle.
struct Drawn {
    level: Level,
    split: Split,
    answers: usize,
    temperature: f64,
}

impl Drawn {
    fn write(
        &self,
        path: &Path,
        policy: &Path,
        seed: u64,
        device: &Device,
    ) -> Result<(), Box<dyn Error>> {
        if path.exists() {
            return Ok(());
        }
        let checkpoint = Checkpoint::open(policy)?;
        let tokenizer = checkpoint.tokenizer()?;
        let sampling = Sampling {
            temperature: self.temperature,
            max_new_tokens: LONGEST,
            end_tokens: checkpoint.end_tokens()?,
            seed,
            ..Sampling::default()
        };
        let problems = Problems::new(self.level, self.split, seed)?;
        let problems: Vec<Problem> = problems.take(self.answers).collect();
        let request = |(number, problem): (usize, &Problem)| {
            Ok(Request {
                prompt: tokenizer.encode(problem.prompt(), true)?,
                samples: 0..1,
                stream: number as u64,
                sampling: sampling.clone(),
                stop: None,
            })
        };
        let requests = problems.iter().enumerate().map(request);
        let requests: Vec<Request> = requests.collect::<Result<_, pure::model::Error>>()?;
        let model = checkpoint.load(device, Precision::F32)?;
        let mut engine = Engine::new(model, EngineOptions::default());
        let (groups, _) = sample_all(&mut engine, &requests)?;
        let (mut lines, mut right) = (String::new(), 0);
        for (number, (problem, rollouts)) in problems.iter().zip(groups).enumerate() {
            let finished = rollouts[0].finish == pure::core::Finish::End;
            let text = tokenizer.decode(&rollouts[0].tokens, true);
            let judgement = judge(problem, &text, finished);
            right += usize::from(judgement.correct);
            let (steps, labels) = judgement.labelled(&text);
            if steps.is_empty() {
                continue;
            }
            let record = json!({
                "id": number,
                "prompt": problem.prompt(),
                "completions": steps,
                "labels": labels,
            });
            lines += &format!("{record}\n");
        }
        let share = 100.0 * right as f64 / self.answers as f64;
        println!(
            "{} answers of the base policy at temperature {}: {share:.1} % right",
            self.answers, self.temperature
        );
        let partial = path.with_extension("partial");
        fs::write(&partial, lines)?;
        Ok(fs::rename(partial, path)?)
    }
}
