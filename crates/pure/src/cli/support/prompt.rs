//! From a command's prompts to tokens: one rule and one switch for all commands.

use clap::Args;
use pure::data::{AnswerFields, Prompt};
use pure::model::{Checkpoint, Error, Message, PromptEncoder, PromptFormat, Tokenizer};
use serde::Deserialize;

use super::diagnostic::explain;
use super::records::Fields;

/// How prompts of text are put to the model.
#[derive(Args)]
pub struct PromptArgs {
    /// Take prompts of text as they are, without the chat template
    #[arg(long)]
    raw: bool,
    /// A text that prompts of text are put into, at {prompt}
    #[arg(long, value_name = "TEXT")]
    template: Option<String>,
}

impl PromptArgs {
    pub fn format(&self) -> PromptFormat {
        PromptFormat {
            raw: self.raw,
            template: self.template.clone(),
        }
    }
}

/// Turns prompts into tokens. Without a tokenizer it refuses each prompt that needs one.
pub struct Prompts<'a> {
    encoder: Result<PromptEncoder<'a>, String>,
}

impl<'a> Prompts<'a> {
    pub fn new(
        format: &'a PromptFormat,
        tokenizer: Result<&'a Tokenizer, String>,
    ) -> miette::Result<Self> {
        let encoder = match tokenizer {
            Ok(tokenizer) => Ok(format.encoder(tokenizer).map_err(explain)?),
            Err(reason) => Err(reason),
        };
        Ok(Self { encoder })
    }

    /// The tokens that end an answer to such prompts.
    pub fn stops(&self, checkpoint: &Checkpoint) -> miette::Result<Vec<u32>> {
        let stops = checkpoint.stops(self.encoder.as_ref().ok());
        stops.map_err(explain)
    }

    pub fn text(&self, text: &str) -> Result<Vec<u32>, String> {
        self.encoder.clone()?.text(text).map_err(reason)
    }

    pub fn messages(&self, messages: &[Message]) -> Result<Vec<u32>, String> {
        self.encoder.clone()?.messages(messages).map_err(reason)
    }

    /// The question of a record, as `pure train` reads it.
    pub fn of(&self, record: &Fields) -> Result<Vec<u32>, String> {
        match AnswerFields::of(record).prompt() {
            Err(fault) => Err(fault.to_string()),
            Ok(Prompt::Text(text)) => self.text(&text),
            Ok(Prompt::Messages(_)) => {
                // With whatever else a template may look at.
                let is_there = |name: &&str| record.get(*name).is_some_and(|it| !it.is_null());
                let name = ["messages", "prompt"].into_iter().find(is_there);
                let messages = Vec::<Message>::deserialize(&record[name.unwrap_or("messages")]);
                let messages = messages.map_err(|error| error.to_string())?;
                self.messages(&messages)
            }
        }
    }
}

fn reason(error: Error) -> String {
    match error {
        Error::NoChatTemplate { .. } | Error::ChatTemplate { .. } => {
            format!("{error}; --raw takes prompts as they are")
        }
        _ => error.to_string(),
    }
}
