//! From a record to the answer that it holds, and back to texts for a person.

use pure::data::AnswerFields;
use pure::prm::{StepReader, SteppedAnswer};

use crate::cli::support::records::{Fields, tokens};

pub struct Answer {
    pub record: Fields,
    pub stepped: SteppedAnswer,
    /// The steps as they were given, if as text.
    given: Option<Vec<String>>,
}

impl Answer {
    pub fn read(record: Fields, reader: &StepReader) -> Result<Self, String> {
        let fields = AnswerFields::of(&record);
        let prompt = || fields.prompt_text().map_err(|fault| fault.to_string());
        let steps = fields.steps().map_err(|fault| fault.to_string())?;
        let (has_prompt, has_response) = (fields.has_prompt(), fields.has_response());
        let prompt_ids = tokens(&record, &["prompt_ids"])?;
        let response_ids = tokens(&record, &["response_ids", "tokens"])?;
        let (stepped, given) = match (prompt_ids, response_ids, steps) {
            (Some(prompt), Some(response), _) => (reader.tokens(prompt, response), None),
            // No step at all may be a text that is empty, which is judged as in training.
            (.., Some(steps)) if has_prompt && !(steps.is_empty() && has_response) => {
                (reader.steps(&prompt()?, &steps), Some(steps))
            }
            _ if has_prompt && has_response => {
                let response = fields.response().map_err(|fault| fault.to_string())?;
                (reader.text(&prompt()?, response), None)
            }
            _ => {
                let needed = "`prompt` with `steps` or `text`, or `prompt_ids` and `response_ids`";
                return Err(format!("the record needs {needed}"));
            }
        };
        let stepped = stepped.map_err(|error| error.to_string())?;
        Ok(Self {
            record,
            stepped,
            given,
        })
    }

    /// The last token of each step, counted from 0 in the response.
    pub fn step_ends(&self) -> Vec<usize> {
        let spans = self.stepped.spans.iter();
        spans.map(|span| span.last()).collect()
    }

    /// The steps for a person: as they were given, or else as the reader shows them.
    pub fn texts(&self, reader: &StepReader) -> Vec<String> {
        let given = self.given.clone();
        given.unwrap_or_else(|| reader.shown(&self.stepped))
    }
}
