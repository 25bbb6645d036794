//! A reward model of the built-in task, from its labelled answers to how good it is.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use burn::train::Interrupter;
use pure::data::{LabelledAnswers, ReadOptions};
use pure::files::{Lines, write};
use pure::model::Checkpoint;
use pure::prm::{Evaluator, PrmConfig, PrmTraining, StepReader, StepTokens};
use pure::run::{Ended, Run};
use pure::settings;
use pure::task::share;

use crate::completed::Completed;
use crate::options::Compute;
use crate::prepare::Prepared;
use crate::reward_models::{COMPLETED, HOT, RewardModel};
use crate::shipped;
use crate::show::progress;
use crate::variants::Strength;

/// Teaches a reward model, and tells how good it is on unseen answers of the policy.
pub fn teach(
    of: &RewardModel,
    strength: Strength,
    prepared: &Prepared,
    compute: &Compute,
    interrupter: &Interrupter,
) -> Result<(), Box<dyn Error>> {
    if of.learns_from_completions() {
        let completed = Completed {
            policy: &prepared.policy,
            longest: prepared.task.longest(),
            seed: prepared.seed,
        };
        let [path, answers] = [COMPLETED, HOT].map(|file| prepared.data.join(file));
        completed.write(&path, &answers, compute, interrupter)?;
    }
    let mut settings: PrmConfig = prepared.task.prm(shipped::PRM.settings(of.settings())?);
    settings.output = prepared.taught(of, strength);
    let name = format!("{}{}", of.name, strength.suffix());
    settings.model = prepared.folder.join("trunk/model");
    settings.data = (of.data.iter())
        .map(|file| thinned(&prepared.data, file, strength.one_of(), prepared.seed))
        .collect::<Result<_, _>>()?;
    settings.consensus = of.consensus.map(|file| prepared.data.join(file));
    settings.held_out = Some(prepared.data.join("steps_held_out.jsonl"));
    settings.seed = prepared.seed;
    settings.precision = compute.precision;
    let (output, text) = (settings.output.clone(), settings::resolved(&settings)?);
    let training = PrmTraining::prepare(settings)?;
    let run = Run::open(&output, &text, &training.inputs())?;
    if run.is_done() {
        return Ok(());
    }
    run.note_start(&compute.name)?;
    let start = Instant::now();
    let ended = training.run(
        &run,
        &compute.device,
        |_, _, _| progress(&name),
        interrupter,
    )?;
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
