//! The prompts of `pure generate`, from the command line or a file.

use pure::data::AnswerFields;
use serde_json::json;

use super::Generate;
use super::output::TOLD;
use crate::cli::support::records::{Fields, Input, refused_before, tokens};
use crate::cli::support::{Asked, Prompts};

/// All prompts of a command.
pub fn read(command: &Generate, encoder: &Prompts<'_>) -> miette::Result<Vec<Asked>> {
    let mut asked = Vec::new();
    if let Some(prompt) = &command.prompt {
        asked.push(Asked {
            number: 1,
            id: json!(0),
            fields: Fields::new(),
            prompt: encoder.text(prompt),
        });
    }
    if let Some(path) = &command.input {
        for line in Input::open(path)?.lines::<Fields>() {
            let line = line?;
            let (mut fields, prompt) = match line.record {
                Ok(fields) => {
                    let prompt = prompt(encoder, &fields);
                    (fields, prompt)
                }
                Err(error) => (Fields::new(), Err(error)),
            };
            // A prompt without a name is called by its number, as in training.
            let id = AnswerFields::of(&fields).id().cloned();
            fields.retain(|name, _| !TOLD.contains(&name.as_str()));
            asked.push(Asked {
                number: line.number,
                id: id.unwrap_or_else(|| json!(line.count)),
                fields,
                prompt,
            });
        }
    }
    Ok(asked)
}

fn prompt(encoder: &Prompts<'_>, record: &Fields) -> Result<Vec<u32>, String> {
    if let Some(reason) = refused_before(record) {
        return Err(reason);
    }
    match tokens(record, &["prompt_ids"])? {
        None => encoder.of(record),
        Some(_) if AnswerFields::of(record).has_prompt() => {
            Err("the record needs one of a text, messages and `prompt_ids`".to_owned())
        }
        Some(ids) => Ok(ids),
    }
}
