//! `pure eval`: how many problems of benchmarks a model solves.

mod compare;
mod folder;
mod judging;
mod problems;
mod sampling;
mod settings;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Subcommand};
use miette::{Report, miette};
use pure::eval::{
    Benchmark, BenchmarkResults, Fingerprint, JudgedProblem, PromptTemplate, Results, Sample,
};
use pure::model::{Checkpoint, PromptFormat, Tokenizer};
use pure::rollout::{Engine, Sampling};
use pure::run::stop_on_signals;

use self::folder::Folder;
use self::judging::JudgeArgs;
use self::problems::{FieldArgs, Problems};
use self::sampling::Sampler;
use self::settings::Settings;
use crate::cli::support::engine::EngineArgs;
use crate::cli::support::{
    Answers, Compute, Model, Outcome, Prompts, SamplingArgs, VerifierArgs, counted, explain, print,
    sample,
};

/// Evaluate a model on benchmarks
///
/// A benchmark is a file of problems with their answers, as MATH-500, GSM8K, Minerva, OlympiadBench, AMC
/// and AIME have them, or alike: JSON Lines, a JSON array or Parquet. It is called by its file, or by its
/// folder where the file is called test, train or alike.
///
/// Of each problem one answer is taken, the likeliest, or with --n N and a --temperature several: then
/// pass@k and maj@k are told over the number of samples, and with a reward model best of k and weighted
/// votes. Intervals are those of 95 %. OUTPUT/results.json has all numbers, OUTPUT/BENCHMARK/samples.jsonl
/// what the model wrote.
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
    /// Answers to each problem
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

impl Run {
    fn run(self) -> miette::Result<Outcome> {
        let problems = self.problems();
        let benchmarks = problems.read()?;
        let checkpoint = Checkpoint::open(&self.model.model).map_err(explain)?;
        let tokenizer = Arc::new(checkpoint.tokenizer().map_err(explain)?);
        let judge = self.judge.open()?;
        let template = self.template(&tokenizer);
        let format = format(&template);
        let prompts = Prompts::new(&format, Ok(&tokenizer))?;
        let sampling = self.sampling(&checkpoint, &prompts, &tokenizer, &template)?;
        let (model, dtype) = (&self.model.model, self.compute.dtype);
        let weights = pure::files::fingerprint(model).map_err(Report::from_err)?;
        let settings = Settings {
            answers: self
                .answers
                .settings(model, dtype, &format, self.n, sampling),
            template,
            problems,
            reward_model: judge.as_ref().map(|judge| judge.folder.clone()),
        };
        let stop = self.answers.stop_strings(&Ok(tokenizer.clone()))?;
        let sampler = Sampler {
            model: checkpoint.config(),
            tokenizer: &tokenizer,
            prompts,
            stop: stop.as_ref(),
            settings: &settings,
            weights: weights.into(),
        };

        let folder = Folder::new(&self.output);
        let interrupter = stop_on_signals();
        let mut answers = sampler.answers(&benchmarks, &folder)?;
        let mut end = Outcome::Done;
        if !answers.iter().all(Answers::are_written) {
            let model = checkpoint.load(&self.compute.device()?, dtype);
            let mut engine = Engine::new(model.map_err(explain)?, self.engine.options());
            end = sample(&mut engine, &mut answers, &interrupter, "the same command")?;
        }
        let mut fingerprints = BTreeMap::from([("model".to_owned(), weights.into())]);
        if let (Outcome::Done, Some(judge)) = (&end, judge) {
            fingerprints.insert("reward_model".to_owned(), judge.weights);
            end = judge.judge(&self.compute, &benchmarks, &folder, &interrupter)?;
        }
        match end {
            Outcome::Done => self.tell(&folder, &benchmarks, &settings, fingerprints),
            Outcome::InPart => Ok(Outcome::InPart),
        }
    }

    fn problems(&self) -> Problems {
        let path = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
        Problems {
            benchmarks: self.benchmark.iter().map(path).collect(),
            fields: self.fields.fields(),
            limit: self.limit.map(|limit| limit as usize),
            verifier: self.verifier.verifier(),
        }
    }

    fn template(&self, tokenizer: &Tokenizer) -> PromptTemplate {
        let of_model = || match tokenizer.has_chat_template() {
            true => PromptTemplate::Chat,
            false => PromptTemplate::Plain,
        };
        self.template.clone().unwrap_or_else(of_model)
    }

    fn sampling(
        &self,
        checkpoint: &Checkpoint,
        prompts: &Prompts<'_>,
        tokenizer: &Tokenizer,
        template: &PromptTemplate,
    ) -> miette::Result<Sampling> {
        let mut sampling = self.answers.sampling(checkpoint, prompts)?;
        if sampling.temperature == 0.0 && self.n > 1 {
            return Err(miette!(
                help = "--temperature 0.7, or another above 0, draws different ones",
                "the {} likeliest answers to a problem are all the same one",
                self.n
            ));
        }
        // A model that is asked in turns ends its own, whatever its folder says of texts.
        let turn = template
            .end_of_turn()
            .filter(|_| !sampling.end_tokens.is_empty());
        let turn = turn.map(|text| tokenizer.encode(text, false).map_err(explain));
        if let Some([token]) = turn.transpose()?.as_deref()
            && !sampling.end_tokens.contains(token)
        {
            sampling.end_tokens.push(*token);
        }
        Ok(sampling)
    }

    /// Writes the results, and prints them.
    fn tell(
        &self,
        folder: &Folder,
        benchmarks: &[Benchmark],
        settings: &Settings,
        fingerprints: BTreeMap<String, Fingerprint>,
    ) -> miette::Result<Outcome> {
        let Settings {
            answers, problems, ..
        } = settings;
        let is_judged = settings.reward_model.is_some();
        let (seed, mut too_long) = (answers.sampling.seed, 0);
        let found = benchmarks.iter().map(|benchmark| {
            let samples = folder.read_samples(&benchmark.name, is_judged)?;
            let without = |sample: &&Sample| sample.rewards.as_ref().is_some_and(Vec::is_empty);
            too_long += samples.iter().filter(without).count() as u64;
            let judged = JudgedProblem::all(benchmark, &samples, &problems.verifier);
            let results = judged.and_then(|judged| BenchmarkResults::of(benchmark, &judged, seed));
            results.map_err(problems::explain)
        });
        let found = found.collect::<miette::Result<_>>()?;
        let results = Results::of(settings.map(), fingerprints, seed, found);
        folder.write_results(&results)?;
        match self.json {
            true => print(results.json())?,
            false => print(format_args!("{results}\n{}\n", folder.results().display()))?,
        }
        for benchmark in benchmarks.iter().filter(|of| !of.without_answer.is_empty()) {
            let (left_out, name) = (benchmark.without_answer.len() as u64, &benchmark.name);
            let questions = counted(left_out, "question");
            eprintln!("{questions} of {name} without an answer that can be verified, left out");
        }
        if too_long > 0 {
            eprintln!(
                "{} too long for the reward model, and counted as the worst",
                counted(too_long, "sample")
            );
        }
        Ok(Outcome::of(too_long == 0))
    }
}

/// How a prompt becomes tokens under a template: the model's own, or a text with nothing around it.
fn format(template: &PromptTemplate) -> PromptFormat {
    PromptFormat {
        raw: template.text().is_some(),
        template: template.text().map(str::to_owned),
    }
}
