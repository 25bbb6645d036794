//! The rounds of the search for one answer.

use std::collections::HashSet;
use std::sync::Arc;

use pure_core::{Aggregates, Rollout};
use pure_eval::Compute;
use pure_rollout::Request;

use super::beam::Beam;
use super::step_end::StepEnd;
use super::{BeamSearch, FoundAnswer, Judge, SearchProblem, Searched};
use crate::error::Error;
use crate::rewarded::Sampled;

/// A search between two rounds.
pub(super) struct Rounds<'a> {
    search: &'a BeamSearch,
    problem: &'a SearchProblem<'a>,
    /// Those to be continued.
    growing: Vec<Beam>,
    /// Continuations of each of them.
    samples: usize,
    /// All that are finished, in the order in which they were.
    finished: Vec<Beam>,
    rounds: usize,
    compute: Compute,
}

impl<'a> Rounds<'a> {
    pub fn new(search: &'a BeamSearch, problem: &'a SearchProblem<'a>) -> Self {
        Self {
            search,
            problem,
            growing: vec![Beam::root(problem.request.stream)],
            samples: search.config.n,
            finished: Vec::new(),
            rounds: 0,
            compute: Compute::default(),
        }
    }

    /// What is asked of the policy next: a request for each answer that grows.
    pub fn requests(&self) -> Vec<Request> {
        let request = &self.problem.request;
        let ask = |beam: &Beam| {
            let stop = StepEnd {
                steps: self.search.steps.clone(),
                tokenizer: self.search.tokenizer.clone(),
                stop: request.stop.clone(),
                before: beam.tokens.clone(),
            };
            beam.request(request, self.samples, Arc::new(stop))
        };
        self.growing.iter().map(ask).collect()
    }

    /// Takes what was sampled to the requests, and tells whether there is another round.
    pub fn take(
        &mut self,
        sampled: Vec<Vec<Rollout>>,
        judge: &mut Judge<'_>,
    ) -> Result<bool, Error> {
        self.rounds += 1;
        let mut continued = self.different(&sampled);
        self.judge(&mut continued, judge)?;
        let (finished, growing): (Vec<Beam>, Vec<Beam>) = continued
            .into_iter()
            .partition(|beam| beam.finish.is_some());
        self.finished.extend(finished);
        let finished = self.finished.len();
        let config = self.search.config;
        let all: Vec<Option<f64>> = self
            .finished
            .iter()
            .chain(&growing)
            .map(|beam| beam.score)
            .collect();
        let kept = ranked(&all).take(config.n / config.beam_width);
        let kept: HashSet<usize> = kept.collect();
        // Places that are left empty go to the others.
        self.samples = config.n / kept.len();
        let places = growing.into_iter().zip(finished..);
        let kept = places.filter(|(_, place)| kept.contains(place));
        self.growing = kept.map(|(beam, _)| beam).collect();
        Ok(!self.growing.is_empty())
    }

    /// The continuations, each but once.
    fn different(&mut self, sampled: &[Vec<Rollout>]) -> Vec<Beam> {
        let mut there = HashSet::new();
        let mut different = Vec::new();
        for (beam, steps) in self.growing.iter().zip(sampled) {
            for (sample, step) in steps.iter().enumerate() {
                self.compute.policy_tokens += step.tokens.len() as u64;
                let continued = beam.continued(&self.problem.request, sample, step);
                if there.insert(continued.tokens.clone()) {
                    different.push(continued);
                }
            }
        }
        different
    }

    fn judge(&mut self, beams: &mut [Beam], judge: &mut Judge<'_>) -> Result<(), Error> {
        let &SearchProblem {
            id,
            prompt,
            ref request,
        } = self.problem;
        let texts = beams
            .iter()
            .map(|beam| beam.text(request, &self.search.tokenizer));
        let texts: Vec<String> = texts.collect();
        let partial = texts.iter().map(|text| Sampled { id, prompt, text });
        let judged = judge(&partial.collect::<Vec<_>>())?;
        for (beam, judged) in beams
            .iter_mut()
            .zip(judged)
            .filter_map(|(beam, judged)| Some((beam, judged?)))
        {
            self.compute.prm_tokens += judged.prm_tokens;
            let all = Aggregates::of(&judged.rewards);
            beam.score = all.map(|all| all.weight(self.search.config.aggregate));
            beam.rewards = judged.rewards;
        }
        Ok(())
    }

    /// What was found.
    pub fn end(self) -> Searched {
        let scores: Vec<Option<f64>> = self.finished.iter().map(|beam| beam.score).collect();
        let answer = |place: usize| {
            let beam = &self.finished[place];
            FoundAnswer {
                text: beam.text(&self.problem.request, &self.search.tokenizer),
                tokens: beam.tokens.clone(),
                log_prob: beam.log_prob,
                finish: beam.finish.expect("it is among the finished ones"),
                score: beam.score,
                rewards: beam.rewards.clone(),
            }
        };
        Searched {
            answers: ranked(&scores).map(answer).collect(),
            rounds: self.rounds,
            compute: self.compute,
        }
    }
}

/// Places from the best score to the worst; those that tie as they are, those without a score last.
fn ranked(scores: &[Option<f64>]) -> impl Iterator<Item = usize> {
    let score = |place: &usize| scores[*place].unwrap_or(f64::NEG_INFINITY);
    let mut places: Vec<usize> = (0..scores.len()).collect();
    places.sort_by(|a, b| score(b).total_cmp(&score(a)));
    places.into_iter()
}
