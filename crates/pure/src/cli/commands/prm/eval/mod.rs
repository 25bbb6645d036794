//! `pure prm eval`: how good a process reward model is.

mod charts;
mod html;
mod inputs;
mod plots;
mod report;
mod rows;
mod terminal;

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use pure::core::Aggregate;
use pure::prm::{Error, Evaluator, FirstErrorEvaluation};

use self::inputs::{Inputs, counted};
use self::report::{Measured, Report};
use crate::cli::support::{
    Compute, Ink, Outcome, StepTokenArgs, explain, explain_prm, open_model, print,
};

/// Measure how good a process reward model is
///
/// --steps asks whether it tells good steps from bad ones, and whether its probabilities mean what they
/// say; --process-bench, whether it finds where an answer first goes wrong; --best-of, whether it picks
/// the right one of many answers. Give any of them, in one command.
///
/// A published figure wants the layout in which it was measured: --preset, or --layout and --marker. Of
/// ProcessBench each file is a subset: the first step with P(good) below --threshold is taken for the first
/// error, and F1 is the harmonic mean of the shares of wrong and of right answers that are judged exactly.
///
/// P(good) = (1 + r) / 2 of the reward r. What cannot be used, such as a bad record or an answer too long
/// for the model, is named, skipped and counted, and the exit code is 1 at the end.
#[derive(Args)]
#[command(group = ArgGroup::new("measured").required(true).multiple(true)
    .args(["steps", "process_bench", "best_of"]))]
pub struct Eval {
    /// Folder of the reward model: config.json, safetensors with `score` tensors, tokenizer.json
    #[arg(long, value_name = "DIR")]
    prm: PathBuf,
    /// Step-labelled answers in the form of TRL, PRM800K or Math-Shepherd: JSON lines, a JSON array or
    /// Parquet (may be given several times)
    #[arg(long, value_name = "FILE")]
    steps: Vec<PathBuf>,
    /// Answers whose first error is known, as ProcessBench has them; of a folder, all its .json, .jsonl
    /// and .parquet files (may be given several times)
    #[arg(long, value_name = "FILE|DIR")]
    process_bench: Vec<PathBuf>,
    /// Samples as `pure generate` writes them
    #[arg(long, value_name = "FILE", requires = "questions")]
    best_of: Option<PathBuf>,
    /// The questions of these samples, by their `id`, each with the `answer` to verify by
    #[arg(long, value_name = "FILE", requires = "best_of")]
    questions: Option<PathBuf>,
    /// Steps with P(good) below this are called bad, where first errors are looked for
    #[arg(long, value_name = "P", default_value = "0.5", value_parser = probability)]
    threshold: f32,
    /// What a sample's score makes of its steps' rewards: min, soft-min, mean, product or last
    #[arg(long, default_value = "min", requires = "best_of")]
    aggregate: Aggregate,
    #[command(flatten)]
    tokens: StepTokenArgs,
    /// Tokens of a batch, padding included: more is faster until memory runs out
    #[arg(long, value_name = "N", default_value_t = 8192)]
    batch_tokens: usize,
    /// One JSON object with all numbers instead of tables
    #[arg(long)]
    json: bool,
    /// Write a page for a browser too, with the curves drawn
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    #[command(flatten)]
    compute: Compute,
}

impl Eval {
    pub fn run(self) -> miette::Result<Outcome> {
        let inputs = Inputs::open(&self)?;
        let checkpoint = open_model(&self.prm)?;
        checkpoint.prm_head().map_err(explain)?;
        let reader = self.tokens.reader(&checkpoint)?;
        let prm = checkpoint.load_prm(&self.compute.device()?, self.compute.dtype);
        let evaluator = Evaluator {
            prm: prm.map_err(explain)?,
            reader,
            batch_tokens: self.batch_tokens,
        };
        let report = self.measure(inputs, &evaluator).map_err(explain_prm)?;
        for (file, skipped) in report.skipped() {
            eprint!("{}", terminal::skipped(file, skipped));
        }
        if self.json {
            let report = serde_json::to_string(&report).expect("numbers and texts are JSON");
            print(format_args!("{report}\n"))?;
        } else {
            print(terminal::draw(&report, Ink::for_stdout()))?;
        }
        if let Some(path) = &self.html {
            pure::files::write(path, html::draw(&report)).map_err(miette::Report::from_err)?;
        }
        Ok(Outcome::of(report.skipped().next().is_none()))
    }

    fn measure(&self, inputs: Inputs, evaluator: &Evaluator) -> Result<Report, Error> {
        let mut steps = Vec::new();
        for (file, answers) in inputs.steps {
            let found = evaluator.steps(counted(answers, &file), self.threshold)?;
            steps.push(Measured::of(&file, found));
        }
        let mut process_bench = Vec::new();
        for (file, cases) in inputs.process_bench {
            let found = evaluator.first_errors(counted(cases, &file), self.threshold)?;
            process_bench.push(Measured::of(&file, found));
        }
        let mut best_of = None;
        if let Some((file, questions, samples)) = inputs.best_of {
            let samples = counted(samples, &file);
            let found = evaluator.best_of_n(&questions, samples, self.aggregate)?;
            best_of = Some(Measured::of(&file, found));
        }
        let benches = process_bench.len();
        let f1 = process_bench.iter();
        let f1 = f1.map(|it: &Measured<FirstErrorEvaluation>| it.found.first_errors.quality.f1);
        let f1 = f1.sum::<Option<f64>>().filter(|_| benches > 0);
        Ok(Report {
            prm: self.prm.display().to_string(),
            reads: evaluator.reader.taught().clone(),
            steps,
            process_bench_mean_f1: f1.map(|sum| sum / benches as f64),
            process_bench,
            best_of,
        })
    }
}

fn probability(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(p) if (0.0..=1.0).contains(&p) => Ok(p),
        _ => Err("it must be a probability, from 0 to 1".to_owned()),
    }
}
