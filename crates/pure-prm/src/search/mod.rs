//! Step-level beam search: a policy writes step by step, and a reward model says which steps it goes on from.
//!
//! ```text
//! N = n, M = beam_width, s(a) = aggregate(r_1 … r_t)       the rewards of the t steps of a partial answer a
//!
//! round 1      N continuations of the prompt, each of one step
//! keep         the N / M best by s, of what was continued now and of all answers that are finished
//! round t > 1  M continuations, of one step, of each kept answer that is not finished; more where fewer are kept
//! end          when all that are kept are finished; chosen is the best of all finished answers
//! ```
//!
//! "Scaling LLM Test-Time Compute Optimally" (arXiv 2408.03314, section 5.1); the settings are called as in Hugging Face's
//! search-and-learn. With `M = N` it keeps the best step alone, with `M = 1` it drops nothing.
//!
//! Departures:
//!
//! - **Finished answers stay in the ranking**, and the search ends when nothing unfinished is among the N / M best.
//!   Under `min` and `product`, which only fall as an answer grows, no further step could then change what is kept. In
//!   search-and-learn finished answers are set aside, and the others go on.
//! - **What is chosen** is the finished answer with the best score, as in best of N; the paper lets the final answers vote.
//! - **Continuations that are the same** are one: it is judged once, and one place is enough for it. Where fewer than N / M
//!   different answers are there, N / their number continuations are drawn of each, so that N are drawn in all.
//! - **A step has text.** A blank line alone ends none, or else a policy could stay in place for ever.
//! - **The limit on tokens** is that of an answer, and the only one: there is no limit on rounds, of which each adds a
//!   token at least. An answer that reaches it is finished, as it is when it is sampled in one piece.
//!
//! # Reproducible
//!
//! A continuation is named to the random numbers by the samples that led to it, so neither the other answers nor their
//! scores choose its tokens, and the first round draws what the first steps of `n` samples of the request are. A
//! problem is judged by itself, so that neither the others nor what was found before change its rewards.
//!
//! # Cost
//!
//! [`Compute`](pure_eval::Compute) counts all tokens that were sampled, and all that the reward model read. A partial
//! answer is read anew in every round, by the policy too.

mod beam;
mod rounds;
mod step_end;

use std::ops::ControlFlow;
use std::sync::Arc;

use pure_core::{Aggregate, Finish, StepFormat};
use pure_data::Prompt;
use pure_eval::Compute;
use pure_model::Tokenizer;
use pure_rollout::{Event, Phases, Request, Sampler};
use serde::Serialize;

use self::rounds::Rounds;
use crate::error::Error;
use crate::rewarded::{Sampled, StepRewards};
use crate::step_tokens::blank_lines;

/// How wide a search is, and what it goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BeamSearchConfig {
    /// Continuations of the prompt in the first round, a multiple of the beam width.
    pub n: usize,
    /// Continuations of each answer that is kept.
    pub beam_width: usize,
    /// What makes one number of the rewards of steps.
    pub aggregate: Aggregate,
}

/// Searches answers to problems.
pub struct BeamSearch {
    config: BeamSearchConfig,
    tokenizer: Arc<Tokenizer>,
    steps: StepFormat,
}

/// A problem that an answer is searched for.
#[derive(Debug, Clone)]
pub struct SearchProblem<'a> {
    /// Its name, for errors.
    pub id: &'a str,
    /// What the reward model reads of it.
    pub prompt: &'a Prompt,
    /// What the policy is asked. How many samples it says does not count.
    pub request: Request,
}

/// What happened.
#[derive(Debug)]
pub enum SearchEvent {
    /// A token was sampled.
    Token,
    /// A search is over.
    Found {
        /// Place of the problem among those given.
        problem: usize,
        /// What it found.
        searched: Searched,
    },
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Searched {
    /// All finished answers, the best one first; there is one at least.
    pub answers: Vec<FoundAnswer>,
    /// Rounds that it took.
    pub rounds: usize,
    /// Tokens that it took.
    pub compute: Compute,
}

/// An answer that a search finished.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundAnswer {
    /// Its text, without special tokens.
    pub text: String,
    /// Its tokens.
    pub tokens: Vec<u32>,
    /// The sum of their log-probabilities.
    pub log_prob: f64,
    /// Why it ended.
    pub finish: Finish,
    /// The aggregate of its rewards, from 0 to 1; nothing for one that the reward model cannot read.
    pub score: Option<f64>,
    /// The rewards of its steps.
    pub rewards: Vec<f32>,
}

/// What judges partial answers, of one problem at a time: [`Evaluator::rewards`](crate::Evaluator::rewards), or alike.
pub type Judge<'a> = dyn FnMut(&[Sampled<'_>]) -> Result<Vec<Option<StepRewards>>, Error> + 'a;

impl BeamSearch {
    /// A search with a policy of so many tokens, which reads and writes with this tokenizer; its steps end at blank lines.
    ///
    /// # Errors
    ///
    /// [`Error::Beams`] if N is no multiple of M.
    pub fn new(
        config: BeamSearchConfig,
        tokenizer: Arc<Tokenizer>,
        vocab_size: usize,
    ) -> Result<Self, Error> {
        let BeamSearchConfig { n, beam_width, .. } = config;
        if n == 0 || beam_width == 0 || !n.is_multiple_of(beam_width) {
            return Err(Error::Beams { n, beam_width });
        }
        Ok(Self {
            config,
            steps: blank_lines(&tokenizer, vocab_size, 0),
            tokenizer,
        })
    }

    /// Searches answers to all problems, `together` of them at a time, and reports each as it is found. The more there
    /// are together, the fuller are the sampler's batches.
    ///
    /// Breaking off is no error: what was reported is good, the rest is dropped.
    ///
    /// # Errors
    ///
    /// What the sampler or the judge fails with.
    pub fn run(
        &self,
        sampler: &mut dyn Sampler,
        judge: &mut Judge<'_>,
        problems: &[SearchProblem<'_>],
        together: usize,
        report: &mut (dyn FnMut(SearchEvent) -> ControlFlow<()> + Send),
    ) -> Result<Phases, Error> {
        let mut phases = Phases::default();
        let mut waiting = problems.iter().enumerate();
        let mut active: Vec<(usize, Rounds)> = Vec::new();
        loop {
            let room = together.max(1) - active.len();
            let begun = waiting.by_ref().take(room);
            active.extend(begun.map(|(place, problem)| (place, Rounds::new(self, problem))));
            if active.is_empty() {
                return Ok(phases);
            }
            let requests = active.iter().map(|(_, rounds)| rounds.requests());
            let requests: Vec<Vec<Request>> = requests.collect();
            let Some(sampled) = sample(sampler, &requests, &mut phases, report)? else {
                return Ok(phases);
            };
            let mut going = Vec::new();
            for ((place, mut rounds), sampled) in active.into_iter().zip(sampled) {
                if rounds.take(sampled, judge)? {
                    going.push((place, rounds));
                } else {
                    let found = SearchEvent::Found {
                        problem: place,
                        searched: rounds.end(),
                    };
                    if report(found).is_break() {
                        return Ok(phases);
                    }
                }
            }
            active = going;
        }
    }
}

/// The answers to the requests of each problem, in their order; nothing if who listens broke it off.
fn sample(
    sampler: &mut dyn Sampler,
    requests: &[Vec<Request>],
    phases: &mut Phases,
    report: &mut (dyn FnMut(SearchEvent) -> ControlFlow<()> + Send),
) -> Result<Option<Vec<Vec<Vec<pure_core::Rollout>>>>, Error> {
    let mut sampled: Vec<Vec<Vec<Option<pure_core::Rollout>>>> = Vec::new();
    let mut origins = Vec::new();
    for (problem, requests) in requests.iter().enumerate() {
        let empty = |request: &Request| vec![None; request.samples.len()];
        sampled.push(requests.iter().map(empty).collect());
        origins.extend((0..requests.len()).map(|request| (problem, request)));
    }
    let mut broken = false;
    *phases += sampler.sample(&requests.concat(), &mut |event| match event {
        Event::Token { .. } => {
            let told = report(SearchEvent::Token);
            broken = told.is_break();
            told
        }
        Event::Finished {
            request,
            sample,
            rollout,
        } => {
            let (problem, request) = origins[request];
            sampled[problem][request][sample] = Some(rollout);
            ControlFlow::Continue(())
        }
    })?;
    if broken {
        return Ok(None);
    }
    let all = |rollout: Option<_>| rollout.expect("a sampler reports every sample");
    let sampled = sampled.into_iter().map(|of_problem| {
        let of_problem = of_problem.into_iter();
        of_problem
            .map(|of_request| of_request.into_iter().map(all).collect())
            .collect()
    });
    Ok(Some(sampled.collect()))
}
