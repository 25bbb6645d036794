//! `pure eval`: how many problems of benchmarks a model solves.

mod compare;
mod folder;
mod judging;
mod problems;
mod run;
mod sampling;
mod searching;
mod settings;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use pure::eval::PromptTemplate;

use self::judging::JudgeArgs;
use self::problems::FieldArgs;
use crate::cli::support::engine::EngineArgs;
use crate::cli::support::{Compute, Model, Outcome, SamplingArgs, SearchArgs, VerifierArgs};

/// Evaluate a model on benchmarks
///
/// A benchmark is a file of problems with their answers, as MATH-500, GSM8K, Minerva, OlympiadBench, AMC
/// and AIME have them, or alike: JSON Lines, a JSON array or Parquet. It is called by its file, or by its
/// folder where the file is called test, train or alike.
///
/// Of each problem one answer is taken, the likeliest, or with --n N and a --temperature several: then
/// pass@k and maj@k are told over the number of samples, and with a reward model best of k and weighted
/// votes. Intervals are those of 95 %. OUTPUT/results.json has all numbers, OUTPUT/BENCHMARK/samples.jsonl
/// what the model wrote, and OUTPUT/report.html shows both in a browser, wrong answers first.
///
/// With --search beam each problem has one answer, which is written step by step under the reward model: of --n N partial
/// answers the N / M best are gone on with, M at a time. What it takes is told in tokens that the model samples and that
/// the reward model reads, and so it is told of N samples, for a comparison at equal cost.
///
/// A run that was stopped or killed goes on when the same command is given again, and ends with the same
/// files as one that was not.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Eval {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: Option<Run>,
}

#[derive(Subcommand)]
enum Command {
    Compare(compare::Compare),
}

#[derive(Args)]
#[group(args = ["benchmark", "output"])]
#[command(mut_arg("temperature", |temperature| temperature.default_value("0")))]
#[command(mut_arg("max_new_tokens", |most| most.default_value("2048")))]
#[command(mut_arg("search", |search| search.requires("reward_model")))]
#[command(mut_arg("aggregate", |aggregate| aggregate.requires("search")))]
struct Run {
    #[command(flatten)]
    model: Model,
    /// Files of problems with their answers
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    benchmark: Vec<PathBuf>,
    /// Folder for samples and results
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// How a problem is put: chat (the model's chat template), plain, qwen-boxed, qwen25-math-cot,
    /// qwen25-math-cot-ft, or a text of one's own with {prompt} in it [default: chat, or plain for a model
    /// without a chat template]
    #[arg(long, value_name = "NAME|TEXT")]
    template: Option<PromptTemplate>,
    /// Answers to each problem; with --search those that one is searched among
    #[arg(long, short, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    n: u32,
    /// Only the first problems of each benchmark
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    #[command(flatten)]
    verifier: VerifierArgs,
    /// Print results.json instead of tables
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    engine: EngineArgs,
    #[command(flatten)]
    compute: Compute,
    // Last, since their headings would stand over what follows.
    #[command(flatten)]
    answers: SamplingArgs,
    #[command(flatten)]
    fields: FieldArgs,
    #[command(flatten)]
    judge: JudgeArgs,
    #[command(flatten)]
    search: SearchArgs,
}

impl Eval {
    pub fn run(self) -> miette::Result<Outcome> {
        match (self.command, self.run) {
            (Some(Command::Compare(command)), _) => command.run(),
            (None, Some(run)) => run.run(),
            (None, None) => unreachable!("clap asks for what is missing"),
        }
    }
}
