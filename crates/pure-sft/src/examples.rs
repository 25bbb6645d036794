//! Demonstrations as tokens: everything up to the prompt's end is read, everything behind it is
//! learned.
//!
//! ```text
//! read      p1 p2 p3 c1 c2 c3
//! targets           c1 c2 c3 end        at p3, c1, c2, c3
//! ```

use std::path::Path;

use pure_data::{Demonstration, Demonstrations, Prompt};
use pure_model::{Message, PromptEncoder, Sequence, Tokenizer};

use crate::error::Error;

/// How demonstrations become tokens.
pub(super) struct Encoder<'a> {
    pub tokenizer: &'a Tokenizer,
    pub prompts: PromptEncoder<'a>,
    /// The token that ends an answer.
    pub end: u32,
    pub max_length: usize,
    pub vocab_size: usize,
}

impl Encoder<'_> {
    /// The examples of a file, and how many were left out for being too long. The first bad record ends it, before any
    /// work was done.
    pub fn read(&self, path: &Path) -> Result<(Vec<Sequence<u32>>, usize), Error> {
        let (mut sequences, mut too_long) = (Vec::new(), 0);
        for demonstration in Demonstrations::open(path, None)? {
            let demonstration = demonstration?;
            let example = self.example(&demonstration);
            let example = example.map_err(|reason| Error::Example {
                path: path.to_owned(),
                id: demonstration.id.clone(),
                reason,
            })?;
            if example.tokens.len() > self.max_length {
                too_long += 1;
            } else {
                sequences.push(example);
            }
        }
        if sequences.is_empty() {
            let reason = match too_long {
                0 => "it holds no example".to_owned(),
                _ => format!(
                    "all {too_long} examples are longer than batch.max_length = {}",
                    self.max_length
                ),
            };
            let path = path.to_owned();
            return Err(pure_run::Error::NothingToLearn { path, reason }.into());
        }
        Ok((sequences, too_long))
    }

    fn example(&self, demonstration: &Demonstration) -> Result<Sequence<u32>, String> {
        let prompt = match &demonstration.prompt {
            Prompt::Text(text) => self.prompts.text(text),
            Prompt::Messages(turns) => {
                let turns = turns.iter();
                let messages = turns.map(|turn| Message::new(&turn.role, &turn.content));
                self.prompts.messages(&messages.collect::<Vec<_>>())
            }
        };
        let prompt = prompt.map_err(|error| error.to_string())?;
        let completion = self.tokenizer.encode(&demonstration.completion, false);
        let mut completion = completion.map_err(|error| error.to_string())?;
        completion.push(self.end);
        let mut tokens = prompt.iter().chain(&completion);
        let vocab_size = self.vocab_size;
        if let Some(token) = tokens.find(|&&token| token as usize >= vocab_size) {
            return Err(format!(
                "token {token} is not in the model's vocabulary of {vocab_size}"
            ));
        }
        Ok(Sequence::predicting(&prompt, &completion, |_, token| token))
    }
}
