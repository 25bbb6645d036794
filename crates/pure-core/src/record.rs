//! Scored answers as they stand in a file, one record a line, and what is written for each.
//!
//! In, with the last three optional:
//!
//! ```json
//! {"group": "p1", "id": 0, "length": 9, "step_ends": [3, 8], "rewards": [0.9, -0.2], "outcome": 1,
//!  "old_logprobs": [], "ref_logprobs": [], "truncated": false}
//! ```
//!
//! Out, in the same order:
//!
//! ```json
//! {"group": "p1", "id": 0, "token_rewards": [], "returns": [], "baseline": 0.1, "advantages": []}
//! ```
//!
//! `step_ends` are the indices of the steps' last tokens, from 0. `baseline` is one number where all
//! tokens of an answer share it, else one a token; `"filtered": true` stands with an answer that is not
//! learned from. This module turns records into [`Response`]s and
//! back; reading and writing files is left to its callers.

use std::collections::HashMap;

use serde::{Deserialize, Deserializer, Serialize};

use crate::answer::{Finish, Scores, StepSpan};
use crate::credit::CreditConfig;
use crate::error::{Error, Fault};
use crate::explain::{FormTable, compare_forms};
use crate::label::Label;
use crate::method::{Method, Report};
use crate::response::{CreditedResponse, LogProbs, Response};

/// One scored answer. Other fields of what it is read from are not looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The group that it is compared within.
    pub group: Label,
    /// Which answer it is.
    pub id: Label,
    /// Its number of tokens, at most [`Response::MOST_TOKENS`].
    pub length: usize,
    /// The index of each step's last token.
    pub step_ends: Vec<usize>,
    /// The reward of each step.
    #[serde(deserialize_with = "numbers")]
    pub rewards: Vec<f32>,
    /// 1 right, 0 wrong, nothing if the prompt has no answer.
    #[serde(default)]
    pub outcome: Option<f32>,
    /// The log-probability of each token under the policy that sampled it.
    #[serde(default, deserialize_with = "numbers_if_any")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_logprobs: Option<Vec<f32>>,
    /// The log-probability of each token under the reference model.
    #[serde(default, deserialize_with = "numbers_if_any")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ref_logprobs: Option<Vec<f32>>,
    /// Whether the limit on its length cut it.
    #[serde(default)]
    pub truncated: bool,
}

/// Numbers, where JSON writes `null` for NaN and infinities. Both are refused later, by an error that
/// can name the record.
fn numbers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f32>, D::Error> {
    Vec::deserialize(deserializer).map(or_nan)
}

fn numbers_if_any<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<f32>>, D::Error> {
    Ok(Option::deserialize(deserializer)?.map(or_nan))
}

fn or_nan(numbers: Vec<Option<f32>>) -> Vec<f32> {
    let numbers = numbers.into_iter();
    numbers.map(|number| number.unwrap_or(f32::NAN)).collect()
}

/// A baseline as it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum BaselineValue {
    /// One for all tokens.
    Constant(f32),
    /// One for each.
    PerToken(Vec<f32>),
}

/// What is written for an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditedRecord {
    /// As in its [`Record`].
    pub group: Label,
    /// As in its [`Record`].
    pub id: Label,
    /// What each token is paid.
    pub token_rewards: Vec<f32>,
    /// The return of each token.
    pub returns: Vec<f32>,
    /// What is subtracted from the returns.
    pub baseline: BaselineValue,
    /// The difference.
    pub advantages: Vec<f32>,
    /// Whether it was filtered out, so that it is not learned from.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub filtered: bool,
}

/// What is written for all records, and what a person should know about them.
#[derive(Debug, Clone, PartialEq)]
pub struct CreditedRecords {
    /// One for each record, in their order.
    pub records: Vec<CreditedRecord>,
    /// The groups in the order in which they first appear, as the report numbers them.
    pub groups: Vec<Label>,
    /// Counts, and groups that say nothing.
    pub report: Report,
}

/// A record with what a [`Response`] borrows from.
struct Parsed {
    group: usize,
    steps: Vec<StepSpan>,
    scores: Scores,
}

impl Method {
    /// Credits records; those of a group may stand anywhere.
    ///
    /// # Errors
    ///
    /// [`Error::NoResponses`] without records, [`Error::Record`] for the first that contradicts itself,
    /// or with which they are longer than can be credited at once.
    pub fn run_records(&self, records: &[Record]) -> Result<CreditedRecords, Error> {
        self.run_records_against(records, &[])
    }

    /// Credits records whose rewards are [shaped](crate::RewardShaping) by those of reference answers,
    /// which are records of the same groups; see [`run_against`](Self::run_against).
    ///
    /// # Errors
    ///
    /// As [`run_records`](Self::run_records); and [`Error::Record`] for the first reference answer that
    /// contradicts itself, or the first record whose group has none, where rewards are shaped.
    pub fn run_records_against(
        &self,
        records: &[Record],
        references: &[Record],
    ) -> Result<CreditedRecords, Error> {
        let mut numbers = HashMap::new();
        let mut groups: Vec<Label> = Vec::new();
        let mut parse = |records: &[Record]| -> Result<Vec<Parsed>, Error> {
            let mut parsed = Vec::with_capacity(records.len());
            for (index, record) in records.iter().enumerate() {
                let group = *numbers.entry(record.group.clone()).or_insert_with(|| {
                    groups.push(record.group.clone());
                    groups.len() - 1
                });
                let refused = |source| record.error(index, source);
                parsed.push(record.parse(group).map_err(refused)?);
            }
            Ok(parsed)
        };
        let (parsed, parsed_references) = (parse(records)?, parse(references)?);
        let pairs = || records.iter().zip(&parsed);
        let responses = pairs().map(|(record, parsed)| record.response(parsed));
        let responses: Vec<Response<'_>> = responses.collect();
        let references = references.iter().zip(&parsed_references);
        let references = references.map(|(record, parsed)| record.response(parsed));
        let references: Vec<Response<'_>> = references.collect();
        let batch = self.run_against(&responses, &references);
        let batch = batch.map_err(|error| match error {
            Error::Response { index, source } => records[index].error(index, source),
            other => other,
        })?;
        let credited = pairs().zip(batch.responses());
        let credited =
            credited.map(|((record, parsed), credited)| record.credited(parsed, credited));
        Ok(CreditedRecords {
            records: credited.collect(),
            groups,
            report: batch.report().clone(),
        })
    }
}

impl Record {
    /// What each form of credit would pay this answer; `index` is its place among its records, for
    /// errors.
    ///
    /// # Errors
    ///
    /// [`Error::Record`] if it contradicts itself, [`Error::Setting`] if a form has a setting without
    /// meaning.
    pub fn compare_forms(&self, index: usize, forms: &[CreditConfig]) -> Result<FormTable, Error> {
        let parsed = self.parse(0).map_err(|source| self.error(index, source))?;
        compare_forms(&self.response(&parsed), forms).map_err(|error| match error {
            Error::Response { source, .. } => self.error(index, source),
            other => other,
        })
    }

    fn error(&self, index: usize, source: Fault) -> Error {
        Error::Record {
            index,
            group: self.group.clone(),
            id: self.id.clone(),
            source,
        }
    }

    fn parse(&self, group: usize) -> Result<Parsed, Fault> {
        if matches!(&self.group, Label::Text(text) if text.is_empty()) {
            return Err(Fault("the name of the group is empty".to_owned()));
        }
        let one_only = |present, absent| {
            let why = format!("{present} came without {absent}: the KL penalty needs both");
            Err(Fault(why))
        };
        match (&self.old_logprobs, &self.ref_logprobs) {
            (Some(_), None) => return one_only("old_logprobs", "ref_logprobs"),
            (None, Some(_)) => return one_only("ref_logprobs", "old_logprobs"),
            _ => {}
        }
        Ok(Parsed {
            group,
            steps: StepSpan::from_ends(&self.step_ends, self.length)?,
            scores: Scores {
                process: self.rewards.clone(),
                outcome: self.outcome,
            },
        })
    }

    fn response<'a>(&'a self, parsed: &'a Parsed) -> Response<'a> {
        let (policy, reference) = (self.old_logprobs.as_deref(), self.ref_logprobs.as_deref());
        let log_probs = policy.zip(reference);
        Response {
            group: parsed.group,
            length: self.length,
            steps: &parsed.steps,
            scores: &parsed.scores,
            log_probs: log_probs.map(|(policy, reference)| LogProbs { policy, reference }),
            finish: match self.truncated {
                true => Finish::Length,
                false => Finish::End,
            },
        }
    }

    fn credited(&self, parsed: &Parsed, credited: CreditedResponse<'_>) -> CreditedRecord {
        let baseline = credited.baseline;
        let baseline = match baseline.kind.is_constant() {
            true => BaselineValue::Constant(baseline.constant),
            false => BaselineValue::PerToken(baseline.at_tokens(&parsed.steps, self.length)),
        };
        CreditedRecord {
            group: self.group.clone(),
            id: self.id.clone(),
            token_rewards: credited.token_rewards.to_vec(),
            returns: credited.returns.to_vec(),
            baseline,
            advantages: credited.advantages.to_vec(),
            filtered: !credited.is_kept,
        }
    }
}
