//! How often a policy solves each problem, from answers that were verified.
//!
//! ```json
//! {"id": "a1", "correct": true}
//! ```
//!
//! | field | holds |
//! | --- | --- |
//! | `id`, or `unique_id`, or `idx` | the name of the problem; where it has none, its number in its file |
//! | `correct` | whether it was solved; `null`, where nobody knows the right answer, counts as no answer |
//!
//! So `pure eval` writes them to `BENCHMARK/samples.jsonl`, and `pure verify` of what `pure generate` wrote. Other fields
//! are not looked at, and records that hold an `error` in place of an answer are passed over.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::answer_fields::AnswerFields;
use crate::fault::Fault;
use crate::source::kind_of;

const CORRECT: &str = "correct";

/// The share of the answers to each problem that are right.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SolveRates {
    /// How many are right, of how many, by the name of the problem.
    counts: HashMap<String, (u32, u32)>,
}

impl SolveRates {
    /// Counts an answer.
    ///
    /// # Errors
    ///
    /// [`Fault`] if the record does not say which problem it answers, or whether that is right.
    pub fn add(&mut self, record: &Map<String, Value>) -> Result<(), Fault> {
        if record.get("error").is_some_and(Value::is_string) {
            return Ok(());
        }
        let missing = |field: &str| Fault::Missing {
            field: field.to_owned(),
        };
        let id = AnswerFields::of(record).id().ok_or_else(|| missing("id"))?;
        let is_right = match record.get(CORRECT) {
            Some(Value::Bool(is_right)) => *is_right,
            Some(Value::Null) => return Ok(()),
            Some(other) => return Err(Fault::wrong(CORRECT, kind_of(other), "true or false")),
            None => return Err(missing(CORRECT)),
        };
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let (right, all) = self.counts.entry(id).or_default();
        *right += u32::from(is_right);
        *all += 1;
        Ok(())
    }

    /// The share of the answers to a problem that are right, if there are any.
    pub fn of(&self, id: &str) -> Option<f64> {
        let (right, all) = self.counts.get(id)?;
        Some(f64::from(*right) / f64::from(*all))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn add(rates: &mut SolveRates, record: &Value) -> Result<(), String> {
        let added = rates.add(record.as_object().unwrap());
        added.map_err(|fault| fault.to_string())
    }

    #[test]
    fn right_answers_are_counted_among_those_that_were_verified() {
        let mut rates = SolveRates::default();
        for record in [
            json!({"id": "a", "sample": 0, "correct": true}),
            json!({"id": "a", "sample": 1, "correct": false}),
            json!({"id": "a", "sample": 2, "correct": false}),
            json!({"id": "a", "sample": 3, "correct": false}),
            json!({"id": 7, "correct": true}),
            json!({"id": "unknown", "correct": null}),
            json!({"line": 3, "id": "broken", "error": "the prompt is too long"}),
        ] {
            add(&mut rates, &record).unwrap();
        }
        let found = ["a", "7", "unknown", "broken"].map(|id| rates.of(id));
        assert_eq!(found, [Some(0.25), Some(1.0), None, None]);
    }

    #[test]
    fn an_answer_to_nothing_or_that_was_not_verified_is_named() {
        let mut rates = SolveRates::default();
        for (record, words) in [
            (json!({"correct": true}), "there is no `id`"),
            (json!({"id": "a", "text": "4"}), "there is no `correct`"),
            (
                json!({"id": "a", "correct": 1}),
                "`correct` is a number, but must be true or false",
            ),
        ] {
            assert_eq!(add(&mut rates, &record).unwrap_err(), words);
        }
        assert_eq!(rates, SolveRates::default());
    }
}
