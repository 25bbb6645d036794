//! From a record to the answer that it holds, and back to texts for a person.

use pure::core::StepSpan;
use pure::prm::{StepReader, SteppedAnswer};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub struct Record {
    #[serde(default)]
    pub id: Value,
    prompt: Option<String>,
    steps: Option<Vec<String>>,
    prompt_ids: Option<Vec<u32>>,
    response_ids: Option<Vec<u32>>,
}

pub struct Answer {
    pub stepped: SteppedAnswer,
    /// The steps as they were given, if as text.
    given: Option<Vec<String>>,
}

impl Record {
    pub fn read(self, reader: &StepReader) -> Result<Answer, String> {
        let (stepped, given) = match (self.prompt_ids, self.response_ids, self.prompt, self.steps) {
            (Some(prompt), Some(response), ..) => (reader.tokens(prompt, response), None),
            (.., Some(prompt), Some(steps)) => (reader.steps(&prompt, &steps), Some(steps)),
            _ => {
                let needed = "`prompt` and `steps`, or `prompt_ids` and `response_ids`";
                return Err(format!("the record needs {needed}"));
            }
        };
        let stepped = stepped.map_err(|error| error.to_string())?;
        Ok(Answer { stepped, given })
    }
}

impl Answer {
    /// The steps for a person: as text, or where there is no tokenizer as tokens.
    pub fn texts(&self, reader: &StepReader) -> Vec<String> {
        let text = |span: &StepSpan| {
            let tokens = &self.stepped.response[span.range()];
            match reader.tokenizer() {
                Some(tokenizer) => tokenizer.decode(tokens, false),
                None => {
                    let ids = tokens.iter().map(ToString::to_string);
                    ids.collect::<Vec<_>>().join(" ")
                }
            }
        };
        let given = self.given.clone();
        given.unwrap_or_else(|| self.stepped.spans.iter().map(text).collect())
    }
}
