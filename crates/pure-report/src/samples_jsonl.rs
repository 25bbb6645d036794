//! `samples.jsonl`: what the policy wrote. The file can be long, so it is read line by line: once to see
//! what is in it, and once more for the few answers that are shown.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use pure_core::{Finish, Record};
use serde::Deserialize;
use serde::de::Error as _;

use crate::Error;
use crate::json_lines::json_lines;

/// Tokens of an answer, at most: no context is longer.
const MOST_TOKENS: u64 = 1 << 20;

/// What a file holds.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    /// Of each evaluation, the tokens of each sampled answer.
    pub evaluated_lengths: BTreeMap<u64, Vec<u64>>,
    /// Of each iteration, the tokens of each answer that was kept.
    pub trained_lengths: BTreeMap<u64, Vec<u64>>,
    /// Of each evaluation, the prompts, in order.
    pub asked: BTreeMap<u64, Vec<String>>,
}

/// One answer.
#[derive(Debug, Deserialize)]
pub(crate) struct Sample {
    /// The line it stands in.
    #[serde(skip)]
    pub line: u64,
    #[serde(skip)]
    pub place: Place,
    pub prompt: String,
    pub text: String,
    pub step_ends: Vec<usize>,
    /// One that is not finite is none.
    pub rewards: Vec<Option<f32>>,
    pub outcome: Option<f32>,
    pub finish: Finish,
    #[serde(default)]
    pub advantages: Vec<f32>,
}

/// Where an answer comes from, and how long it is.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Place {
    pub step: u64,
    split: String,
    drawn: String,
    pub id: String,
    sample: u64,
    #[serde(deserialize_with = "tokens")]
    pub tokens: u64,
}

/// A number of tokens that an answer can have; another would take memory without a bound.
fn tokens<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let tokens = u64::deserialize(deserializer)?;
    match tokens <= MOST_TOKENS {
        true => Ok(tokens),
        false => Err(D::Error::custom(format!(
            "an answer of {tokens} tokens is longer than any, {MOST_TOKENS}"
        ))),
    }
}

impl Place {
    pub fn is_trained(&self) -> bool {
        self.split == "train"
    }

    /// Its number among those to its prompt.
    pub fn number(&self) -> usize {
        self.sample as usize
    }

    /// Whether it was sampled at an evaluation, in place of decoded greedily.
    fn is_evaluated(&self) -> bool {
        !self.is_trained() && self.drawn == "sampled"
    }
}

impl Sample {
    /// Whether it was cut off at the generation limit.
    pub fn is_cut(&self) -> bool {
        self.finish == Finish::Length
    }

    /// The same as a record of scored answers. A reward that is not finite is 0 there.
    pub fn record(&self) -> Record {
        let rewards = self.rewards.iter();
        Record {
            group: self.place.id.as_str().into(),
            id: self.place.sample.cast_signed().into(),
            length: self.place.tokens as usize,
            step_ends: self.step_ends.clone(),
            rewards: rewards.map(|reward| reward.unwrap_or(0.0)).collect(),
            outcome: self.outcome,
            old_logprobs: None,
            ref_logprobs: None,
            truncated: self.finish == Finish::Length,
        }
    }
}

impl Survey {
    /// Looks through a file; one that is not there holds nothing.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let mut survey = Self::default();
        for line in json_lines(path)? {
            survey.add(line?.parse()?);
        }
        Ok(survey)
    }

    fn add(&mut self, place: Place) {
        let lengths = match place.is_trained() {
            true => &mut self.trained_lengths,
            false if place.is_evaluated() => &mut self.evaluated_lengths,
            false => return,
        };
        lengths.entry(place.step).or_default().push(place.tokens);
        if !place.is_trained() && place.sample == 0 {
            self.asked.entry(place.step).or_default().push(place.id);
        }
    }

    /// The prompts that the first and the last evaluation both asked, in their order.
    pub fn asked_throughout(&self) -> Vec<&str> {
        let last: BTreeSet<&String> = self.asked.values().last().into_iter().flatten().collect();
        let first = self.asked.values().next().into_iter().flatten();
        let asked = first.filter(|id| last.contains(id));
        asked.map(String::as_str).collect()
    }
}

/// The first answers of an evaluation, or of those that an iteration learned from.
pub(crate) fn first_of(
    path: &Path,
    step: u64,
    is_trained: bool,
    most: usize,
) -> Result<Vec<Sample>, Error> {
    let mut found = Vec::new();
    for line in json_lines(path)? {
        let line = line?;
        let place: Place = line.parse()?;
        let is_of = place.step == step && place.is_trained() == is_trained;
        if is_of && (is_trained || place.is_evaluated()) {
            found.push(Sample {
                line: line.1.number,
                place,
                ..line.parse()?
            });
        }
        if found.len() == most {
            break;
        }
    }
    Ok(found)
}

/// Answers to read.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    /// Sampled first at these evaluations
    pub evaluations: &'a [u64],
    /// to these prompts.
    pub prompts: &'a [&'a str],
    /// Learned from in these iterations, so many of each.
    pub trained: Vec<(u64, usize)>,
}

impl Wanted<'_> {
    /// Reads them, in the order of the file; there are none in a file that is not there.
    pub fn read(mut self, path: &Path) -> Result<Vec<Sample>, Error> {
        let mut found = Vec::new();
        for line in json_lines(path)? {
            let line = line?;
            let place: Place = line.parse()?;
            if self.takes(&place) {
                found.push(Sample {
                    line: line.1.number,
                    place,
                    ..line.parse()?
                });
            }
        }
        Ok(found)
    }

    fn takes(&mut self, place: &Place) -> bool {
        if place.is_trained() {
            let mut left = self.trained.iter_mut().filter(|(_, left)| *left > 0);
            let left = left.find(|(step, _)| *step == place.step);
            return left.map(|(_, left)| *left -= 1).is_some();
        }
        place.is_evaluated()
            && place.sample == 0
            && self.evaluations.contains(&place.step)
            && self.prompts.contains(&place.id.as_str())
    }
}
