//! `pure solve`: one problem, answered several times, and the answer that a reward model prefers.

mod choice;
mod policy;
mod show;

use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::Args;
use miette::miette;
use pure::data::Prompt;
use pure::eval::Compute;
use pure::prm::{BeamSearch, BeamSearchConfig, Evaluator, Sampled, SearchEvent, SearchProblem};

use self::choice::{Attempt, Choice};
use self::policy::Policy;
use crate::cli::support::engine::EngineArgs;
use crate::cli::support::{
    Compute as ComputeArgs, Ink, Model, Outcome, PromptArgs, SamplingArgs, SearchArgs,
    StepTokenArgs, explain, explain_prm, open_model, print,
};

/// What errors call the problem.
const NAME: &str = "the problem";

/// Solve a problem: the best of several answers, as a process reward model judges their steps
///
/// Samples --n answers, makes one number of the rewards of each one's steps, from 0 to 1, and shows the answer
/// with the highest, each step coloured by its reward; then what was rejected, and the tokens that all of it took.
/// Of answers that tie, the first is taken. One that the reward model cannot read comes last.
///
/// With --search beam the model writes step by step under the reward model: of --n partial answers the N / M best are gone
/// on with, M at a time, until all that are kept are finished. The best of all finished answers is shown.
///
/// `pure eval --n N --reward-model DIR` tells on a benchmark how often the answer that is so chosen is right.
#[derive(Args)]
#[command(mut_arg("temperature", |temperature| temperature.default_value("0.7")))]
#[command(mut_arg("max_new_tokens", |most| most.default_value("2048")))]
pub struct Solve {
    /// The problem
    problem: String,
    #[command(flatten)]
    model: Model,
    /// Folder of the reward model
    #[arg(long, value_name = "DIR")]
    prm: PathBuf,
    /// Answers to choose from; with --search those that one is searched among
    #[arg(long, short, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..))]
    n: u32,
    #[command(flatten)]
    steps: StepTokenArgs,
    /// Tokens of a batch of the reward model, padding included
    #[arg(long, value_name = "N", default_value_t = 8192)]
    batch_tokens: usize,
    /// One JSON object with all answers instead of a picture
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    prompts: PromptArgs,
    #[command(flatten)]
    engine: EngineArgs,
    #[command(flatten)]
    compute: ComputeArgs,
    // Last, since their headings would stand over what follows.
    #[command(flatten)]
    sampling: SamplingArgs,
    #[command(flatten)]
    search: SearchArgs,
}

impl Solve {
    pub fn run(self) -> miette::Result<Outcome> {
        // What is wrong with the reward model is told before anything is sampled.
        let judge = open_model(&self.prm)?;
        judge.prm_head().map_err(explain)?;
        let reader = self.steps.reader(&judge)?;
        let load = || -> miette::Result<Evaluator> {
            let prm = judge.load_prm(&self.compute.device()?, self.compute.dtype);
            Ok(Evaluator {
                prm: prm.map_err(explain)?,
                reader,
                batch_tokens: self.batch_tokens,
            })
        };
        let (choice, evaluator) = match self.search.config(self.n) {
            Some(config) => self.searched(config, load)?,
            None => self.sampled(load)?,
        };
        if self.json {
            print(choice.json(&self.problem))?;
            return Ok(Outcome::Done);
        }
        let chosen = &choice.chosen().text;
        let read = evaluator.reader.text(&self.problem, chosen);
        let read = read.map_err(|error| miette!("{error}"))?;
        let steps = evaluator.reader.shown(&read);
        print(show::draw(&choice, &steps, Ink::for_stdout()))?;
        Ok(Outcome::Done)
    }

    /// The best of several answers.
    fn sampled(
        &self,
        load: impl FnOnce() -> miette::Result<Evaluator>,
    ) -> miette::Result<(Choice, Evaluator)> {
        let policy = Policy::of(self)?;
        // It is let go of when its answers are there.
        let answers = policy.answers(self)?;
        let evaluator = load()?;
        let prompt = Prompt::Text(self.problem.clone());
        let sampled = answers.iter().map(|attempt| Sampled {
            id: NAME,
            prompt: &prompt,
            text: &attempt.text,
        });
        let judged = evaluator.rewards(&sampled.collect::<Vec<_>>());
        let judged = judged.map_err(explain_prm)?;
        let compute = Compute {
            policy_tokens: answers.iter().map(|it| it.tokens as u64).sum(),
            prm_tokens: judged.iter().flatten().map(|it| it.prm_tokens).sum(),
        };
        let rewards = judged.into_iter().map(|it| it.map(|judged| judged.rewards));
        let choice = Choice::of(self.search.aggregate, compute, answers, rewards.collect());
        Ok((choice, evaluator))
    }

    /// The best answer that a search finds.
    fn searched(
        &self,
        config: BeamSearchConfig,
        load: impl FnOnce() -> miette::Result<Evaluator>,
    ) -> miette::Result<(Choice, Evaluator)> {
        let policy = Policy::of(self)?;
        let vocab_size = policy.checkpoint.config().vocab_size;
        let search = BeamSearch::new(config, policy.tokenizer.clone(), vocab_size);
        let search = search.map_err(explain_prm)?;
        let evaluator = load()?;
        let prompt = Prompt::Text(self.problem.clone());
        let problem = SearchProblem {
            id: NAME,
            prompt: &prompt,
            request: policy.request.clone(),
        };
        let mut found = None;
        let done = search.run(
            &mut policy.engine(self)?,
            &mut |partial| evaluator.rewards(partial),
            &[problem],
            1,
            &mut |event| {
                if let SearchEvent::Found { searched, .. } = event {
                    found = Some(searched);
                }
                ControlFlow::Continue(())
            },
        );
        done.map_err(explain_prm)?;
        let found = found.expect("a search that is not broken off finds something");
        let (answers, rewards) = found
            .answers
            .into_iter()
            .map(|answer| {
                let attempt = Attempt {
                    tokens: answer.tokens.len(),
                    text: answer.text,
                    finish: answer.finish,
                };
                (attempt, answer.score.is_some().then_some(answer.rewards))
            })
            .unzip();
        let choice = Choice::of(config.aggregate, found.compute, answers, rewards);
        Ok((choice, evaluator))
    }
}
