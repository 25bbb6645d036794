//! Samples sorted to their problems, with all that the protocols need of them.

use std::collections::{HashMap, HashSet};

use pure_core::{Aggregates, Finish};
use pure_verify::Verifier;

use crate::{Answers, Benchmark, Compute, Error, Problem, Sample, WrongKind};

/// A problem with its samples, of which there is one at least.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgedProblem {
    /// Its name.
    pub id: String,
    /// How hard it is, as the file says it.
    pub level: Option<String>,
    /// What it is about.
    pub subject: Option<String>,
    /// Its samples in the order of their numbers.
    pub samples: Vec<JudgedSample>,
}

/// What counts of a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgedSample {
    /// Its number.
    pub sample: usize,
    /// Whether it is right.
    pub right: bool,
    /// In which way it is wrong.
    pub wrong: Option<WrongKind>,
    /// Which of the problem's different answers it gives: equal answers have equal numbers, and an answer is
    /// the first of those before it that the verifier finds equal. Nothing where it gives none.
    pub answer: Option<usize>,
    /// Its number of tokens.
    pub num_tokens: usize,
    /// Whether the limit on its length cut it off.
    pub is_truncated: bool,
    /// What its step rewards say of it, if it was judged; without steps the worst.
    pub rewards: Option<Aggregates>,
    /// The tokens that it took, if it was judged.
    pub compute: Option<Compute>,
}

/// A sample without a step, as an empty text is one, is worth no more than the worst step.
const NO_STEP: [f32; 1] = [-1.0];

impl JudgedProblem {
    /// Sorts samples to the problems of their benchmark, in its order, and finds out which answers are equal.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownProblem`], [`Error::SameSample`] and [`Error::Reward`] for a sample;
    /// [`Error::NoSamples`] for problems that nobody answered.
    pub fn all(
        benchmark: &Benchmark,
        samples: &[Sample],
        verifier: &Verifier,
    ) -> Result<Vec<Self>, Error> {
        let problems = benchmark.problems.iter().enumerate();
        let places: HashMap<&str, usize> = problems
            .map(|(place, problem)| (problem.id.as_str(), place))
            .collect();
        let mut of_problems: Vec<Vec<&Sample>> = vec![Vec::new(); benchmark.problems.len()];
        let mut there = HashSet::new();
        for sample in samples {
            let id = || sample.id.clone();
            let number = sample.sample;
            let Some(&place) = places.get(sample.id.as_str()) else {
                return Err(Error::UnknownProblem {
                    id: id(),
                    sample: number,
                });
            };
            if !there.insert((place, number)) {
                return Err(Error::SameSample {
                    id: id(),
                    sample: number,
                });
            }
            of_problems[place].push(sample);
        }
        let unanswered = || of_problems.iter().zip(&benchmark.problems);
        let mut unanswered = unanswered().filter(|(samples, _)| samples.is_empty());
        if let Some((_, first)) = unanswered.next() {
            return Err(Error::NoSamples {
                id: first.id.clone(),
                count: 1 + unanswered.count(),
            });
        }
        let problems = benchmark.problems.iter().zip(of_problems);
        problems
            .map(|(problem, samples)| Self::of(problem, samples, verifier))
            .collect()
    }

    fn of(
        problem: &Problem,
        mut samples: Vec<&Sample>,
        verifier: &Verifier,
    ) -> Result<Self, Error> {
        samples.sort_by_key(|sample| sample.sample);
        let mut answers = Answers::default();
        let judged = samples.into_iter().map(|sample| {
            let extracted = sample.verdict.extracted.as_deref();
            Ok(JudgedSample {
                sample: sample.sample,
                right: sample.verdict.correct,
                wrong: WrongKind::of(sample, &problem.answer, verifier),
                answer: extracted.and_then(|text| answers.number(text, verifier)),
                num_tokens: sample.generation.num_tokens,
                is_truncated: sample.generation.finish == Finish::Length,
                rewards: aggregates(sample)?,
                compute: sample.compute,
            })
        });
        Ok(Self {
            samples: judged.collect::<Result<_, Error>>()?,
            id: problem.id.clone(),
            level: problem.level.clone(),
            subject: problem.subject.clone(),
        })
    }

    /// How many of its samples are right.
    pub fn right(&self) -> usize {
        self.samples.iter().filter(|sample| sample.right).count()
    }
}

fn aggregates(sample: &Sample) -> Result<Option<Aggregates>, Error> {
    let Some(rewards) = sample.rewards.as_deref() else {
        return Ok(None);
    };
    let is_reward = |reward: &f32| (-1.0..=1.0).contains(reward);
    if let Some(step) = rewards.iter().position(|reward| !is_reward(reward)) {
        return Err(Error::Reward {
            id: sample.id.clone(),
            sample: sample.sample,
            step: step + 1,
            found: rewards[step],
        });
    }
    Ok(Aggregates::of(rewards).or_else(|| Aggregates::of(&NO_STEP)))
}
