//! `samples.jsonl`: what the policy wrote. The file can be long, so it is read line by line: once to see
//! what is in it, and once more for the few answers that are shown.

use std::collections::BTreeMap;
use std::path::Path;

use pure_core::Finish;
use serde::Deserialize;

use crate::{Error, lines};

/// What a file holds.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    /// Of each evaluation, the tokens of each sampled answer.
    pub lengths: BTreeMap<u64, Vec<u64>>,
    /// Of each evaluation, the prompts of the sampled answers, in their order.
    pub prompts: BTreeMap<u64, Vec<String>>,
    /// The last iteration that has answers.
    pub last_train: Option<u64>,
}

/// One answer.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Sample {
    pub step: u64,
    pub split: String,
    pub drawn: String,
    pub id: String,
    pub sample: u64,
    pub prompt: String,
    pub text: String,
    pub tokens: usize,
    pub step_ends: Vec<usize>,
    /// One that is not finite is none.
    pub rewards: Vec<Option<f32>>,
    pub outcome: Option<f32>,
    pub finish: Finish,
    #[serde(default)]
    pub advantages: Option<Vec<f32>>,
    /// The line it stands in.
    #[serde(skip)]
    pub line: usize,
}

/// As much of it as the survey needs.
#[derive(Deserialize)]
struct Glance {
    step: u64,
    split: String,
    drawn: String,
    id: String,
    sample: u64,
    tokens: u64,
}

/// An answer of an evaluation, as it was sampled first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wanted {
    pub step: u64,
    pub id: String,
}

impl Survey {
    /// Looks through a file; one that is not there holds nothing.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let mut survey = Self::default();
        if !path.exists() {
            return Ok(survey);
        }
        lines::read(path, |_, glance: Glance| {
            if glance.split == "train" {
                survey.last_train = survey.last_train.max(Some(glance.step));
            } else if glance.drawn == "sampled" {
                let lengths = survey.lengths.entry(glance.step).or_default();
                lengths.push(glance.tokens);
                if glance.sample == 0 {
                    let prompts = survey.prompts.entry(glance.step).or_default();
                    prompts.push(glance.id);
                }
            }
            Ok(())
        })?;
        Ok(survey)
    }

    /// The prompts that the first and the last evaluation both asked, in their order.
    pub fn prompts_throughout(&self) -> Vec<&str> {
        let (first, last) = (self.prompts.values().next(), self.prompts.values().last());
        let last: std::collections::BTreeSet<&String> = last.into_iter().flatten().collect();
        let asked = first.into_iter().flatten();
        asked
            .filter(|id| last.contains(id))
            .map(String::as_str)
            .collect()
    }
}

/// Reads the answers of evaluations that are wanted, and up to `train` of the iteration `last_train`.
pub(crate) fn fetch(
    path: &Path,
    wanted: &[Wanted],
    last_train: Option<u64>,
    train: usize,
) -> Result<(Vec<Sample>, Vec<Sample>), Error> {
    let (mut evaluated, mut trained) = (Vec::new(), Vec::new());
    if !path.exists() {
        return Ok((evaluated, trained));
    }
    lines::read(path, |line, sample: Sample| {
        let sample = Sample { line, ..sample };
        if sample.split == "train" {
            if Some(sample.step) == last_train && trained.len() < train {
                trained.push(sample);
            }
            return Ok(());
        }
        let is = |wanted: &Wanted| wanted.step == sample.step && wanted.id == sample.id;
        if sample.drawn == "sampled" && sample.sample == 0 && wanted.iter().any(is) {
            evaluated.push(sample);
        }
        Ok(())
    })?;
    Ok((evaluated, trained))
}
