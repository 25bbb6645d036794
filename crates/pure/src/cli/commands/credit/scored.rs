//! Scored answers, as they are written for `pure credit` or as the commands before it leave them.
//!
//! | what is needed | where it is not there |
//! | --- | --- |
//! | `group`, `id` | the name of the question and the number of its `sample` |
//! | `outcome` | `correct` |
//! | `truncated` | whether `finish` is `length` |
//! | `length` | the number of `tokens`, if no step is rewarded |
//! | `rewards`, `step_ends` | none, if the settings use none |

use std::path::Path;

use miette::{WrapErr, miette};
use pure::core::Record;
use pure::data::AnswerFields;
use serde_json::{Value, json};

use crate::cli::support::Outcome;
use crate::cli::support::records::{Fields, Input, refused_before};

/// All records, for the answers of a group may stand anywhere.
pub struct Scored {
    pub records: Vec<Record>,
    /// How many a command before this one refused.
    refused: usize,
}

impl Scored {
    /// The first bad record ends it.
    pub fn read(path: &Path, needs_rewards: bool) -> miette::Result<Self> {
        let mut scored = Self {
            records: Vec::new(),
            refused: 0,
        };
        for line in Input::open(path)?.lines::<Fields>() {
            let line = line?;
            let record = line.record.and_then(|fields| {
                if refused_before(&fields).is_some() {
                    return Ok(None);
                }
                let fields = completed(fields, line.count, needs_rewards)?;
                let record = serde_json::from_value(Value::Object(fields));
                record.map(Some).map_err(|error| error.to_string())
            });
            let place = || format!("{}, line {}", path.display(), line.number);
            match record
                .map_err(|error| miette!("{error}"))
                .wrap_err_with(place)?
            {
                Some(record) => scored.records.push(record),
                None => scored.refused += 1,
            }
        }
        Ok(scored)
    }

    /// How a command ends that used them.
    pub fn outcome(&self) -> Outcome {
        if self.refused > 0 {
            let all = self.refused + self.records.len();
            let refused = self.refused;
            eprintln!("{refused} of {all} records were refused before, and are left out");
        }
        Outcome::of(self.refused == 0)
    }
}

/// The record with what can be told from its other fields.
fn completed(mut record: Fields, count: usize, needs_rewards: bool) -> Result<Fields, String> {
    if !record.contains_key("group") {
        let Some(question) = AnswerFields::of(&record).id().cloned() else {
            return Err(
                "there is neither a `group` nor an `id` that names the question".to_owned(),
            );
        };
        record.insert("group".to_owned(), question);
        if let Some(sample) = record.get("sample").cloned() {
            record.insert("id".to_owned(), sample);
        }
    }
    let correct = record.get("correct").and_then(Value::as_bool);
    let cut = record.get("finish").map(|finish| finish == "length");
    let tokens = record.get("tokens").and_then(Value::as_array).map(Vec::len);
    let mut told = vec![
        ("id", Some(json!(count))),
        ("outcome", correct.map(|correct| json!(u8::from(correct)))),
        ("truncated", cut.map(|cut| json!(cut))),
    ];
    if !record.contains_key("rewards") {
        if needs_rewards {
            let advice = "`pure score` gives them, and --reward vr needs none";
            return Err(format!("there are no `rewards` of steps: {advice}"));
        }
        let none = Some(json!([]));
        told.extend([("rewards", none.clone()), ("step_ends", none)]);
        told.push(("length", tokens.map(|tokens| json!(tokens))));
    }
    for (name, value) in told {
        if let Some(value) = value {
            record.entry(name).or_insert(value);
        }
    }
    Ok(record)
}
