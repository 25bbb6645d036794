//! The samples of an evaluation, their steps judged by a reward model.

use std::collections::HashMap;
use std::path::PathBuf;

use burn::train::Interrupter;
use clap::Args;
use indicatif::ProgressBar;
use miette::{Report, miette};
use pure::data::Prompt;
use pure::eval::{Benchmark, Compute as Tokens, Fingerprint, Sample};
use pure::model::Checkpoint;
use pure::prm::{Evaluator, Sampled, StepReader};
use serde_json::{Value, json};

use super::folder::Folder;
use crate::cli::support::engine::bar;
use crate::cli::support::{
    Compute, GrowingFile, Outcome, StepTokenArgs, explain, explain_prm, open_model,
};

/// Samples that are judged, and written, together. Which ones does not depend on where a run was cut off, so that they
/// are batched alike, and their rewards the same to the last bit.
const TOGETHER: usize = 64;

#[derive(Args)]
#[command(next_help_heading = "Reward model")]
pub struct JudgeArgs {
    /// Folder of a process reward model that judges the steps of the samples, for best of N and weighted
    /// votes
    #[arg(long, value_name = "DIR")]
    reward_model: Option<PathBuf>,
    #[command(flatten)]
    steps: StepTokenArgs,
    /// Tokens of a batch of it, padding included: more is faster until memory runs out
    #[arg(long, value_name = "N", default_value_t = 8192)]
    batch_tokens: usize,
}

/// A reward model that is not loaded yet.
pub struct Judge<'a> {
    args: &'a JudgeArgs,
    checkpoint: Checkpoint,
    reader: StepReader,
    pub folder: PathBuf,
    pub weights: Fingerprint,
}

/// The samples of a benchmark and the file of those that are judged.
struct Work<'a> {
    benchmark: &'a Benchmark,
    samples: Vec<Sample>,
    file: GrowingFile,
}

impl JudgeArgs {
    /// The reward model, if one is named: what is wrong with its folder is told before anything is sampled.
    pub fn open(&self) -> miette::Result<Option<Judge<'_>>> {
        let Some(named) = &self.reward_model else {
            return Ok(None);
        };
        let checkpoint = open_model(named)?;
        let folder = checkpoint.folder();
        checkpoint.prm_head().map_err(explain)?;
        Ok(Some(Judge {
            args: self,
            reader: self.steps.reader(&checkpoint)?,
            folder: folder.canonicalize().unwrap_or_else(|_| folder.to_owned()),
            weights: pure::files::fingerprint(folder)
                .map_err(Report::from_err)?
                .into(),
            checkpoint,
        }))
    }
}

impl Judge<'_> {
    /// The model, loaded.
    pub fn load(self, compute: &Compute) -> miette::Result<Evaluator> {
        let prm = self.checkpoint.load_prm(&compute.device()?, compute.dtype);
        Ok(Evaluator {
            prm: prm.map_err(explain)?,
            reader: self.reader,
            batch_tokens: self.args.batch_tokens,
        })
    }

    /// What decides what it says.
    pub fn settings(&self, compute: &Compute) -> Value {
        json!({
            "reward_model": self.folder,
            "weights": self.weights,
            "dtype": compute.dtype.to_string(),
            "steps": self.args.steps,
            "batch_tokens": self.args.batch_tokens,
        })
    }

    /// Judges what is not judged yet, when all is sampled.
    pub fn judge(
        self,
        compute: &Compute,
        benchmarks: &[Benchmark],
        folder: &Folder,
        interrupter: &Interrupter,
    ) -> miette::Result<Outcome> {
        let work = benchmarks
            .iter()
            .map(|benchmark| self.work(benchmark, compute, folder));
        let mut work = work.collect::<miette::Result<Vec<_>>>()?;
        let total: usize = work.iter().map(|work| work.samples.len()).sum();
        let there: usize = work.iter().map(|work| work.file.lines).sum();
        if there == total {
            return Ok(Outcome::Done);
        }
        let evaluator = self.load(compute)?;
        let bar = bar(total as u64, there as u64);
        let mut judged = there;
        for work in &mut work {
            judged += work.go_on(&evaluator, &bar, interrupter)?;
        }
        bar.finish_and_clear();
        if judged < total {
            eprintln!(
                "stopped after {judged} of {total} samples were judged; the same command goes on with them"
            );
            return Ok(Outcome::InPart);
        }
        Ok(Outcome::Done)
    }

    fn work<'b>(
        &self,
        benchmark: &'b Benchmark,
        compute: &Compute,
        folder: &Folder,
    ) -> miette::Result<Work<'b>> {
        let sampled = folder.samples(&benchmark.name);
        let samples = folder.read_samples(&benchmark.name, false)?;
        let of_samples = pure::files::fingerprint(&sampled).map_err(Report::from_err)?;
        let mut settings = self.settings(compute);
        settings["samples"] = json!(Fingerprint::from(of_samples));
        let path = folder.judged(&benchmark.name);
        let file = GrowingFile::open(&path, &format!("{settings:#}\n"))?;
        if file.lines > samples.len() {
            return Err(miette!(
                help = "remove it, and it is made anew",
                "{} has more lines than there are samples",
                path.display()
            ));
        }
        Ok(Work {
            benchmark,
            samples,
            file,
        })
    }
}

impl Work<'_> {
    /// Judges what is not judged yet, and tells how many that were.
    fn go_on(
        &mut self,
        evaluator: &Evaluator,
        bar: &ProgressBar,
        interrupter: &Interrupter,
    ) -> miette::Result<usize> {
        let prompts = self.benchmark.problems.iter();
        let prompts: HashMap<&str, &Prompt> = prompts
            .map(|problem| (problem.id.as_str(), &problem.prompt))
            .collect();
        let there = self.file.lines;
        let begun = there / TOGETHER * TOGETHER;
        let (mut skip, mut judged) = (there - begun, 0);
        for samples in self.samples[begun..].chunks_mut(TOGETHER) {
            if interrupter.should_stop() {
                break;
            }
            let asked = samples.iter().map(|sample| {
                let id = sample.id.as_str();
                let prompt = prompts.get(id);
                let prompt = prompt.ok_or_else(|| miette!("no problem is called {id:?}"))?;
                let text = sample.generation.text.as_str();
                Ok(Sampled { id, prompt, text })
            });
            let asked = asked.collect::<miette::Result<Vec<_>>>()?;
            let rewards = evaluator.rewards(&asked).map_err(explain_prm)?;
            let mut lines = String::new();
            for (sample, rewards) in samples.iter_mut().zip(rewards).skip(skip) {
                // One that cannot be read has no step, which counts as the worst.
                let (rewards, prm_tokens) = rewards.map_or((Vec::new(), 0), |judged| {
                    (judged.rewards, judged.prm_tokens)
                });
                sample.rewards = Some(rewards);
                sample.compute = Some(Tokens {
                    policy_tokens: sample.generation.num_tokens as u64,
                    prm_tokens,
                });
                lines += &(sample.line() + "\n");
            }
            self.file.append(&lines)?;
            let new = samples.len() - skip;
            judged += new;
            bar.inc(new as u64);
            skip = 0;
        }
        Ok(judged)
    }
}
