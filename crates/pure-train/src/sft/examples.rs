//! Demonstrations as tokens: everything up to the prompt's end is read, everything behind it is
//! learned.
//!
//! ```text
//! read      p1 p2 p3 c1 c2 c3
//! asked           c1 c2 c3 end        at p3, c1, c2, c3
//! ```

use std::path::Path;

use pure_data::{Demonstration, Demonstrations};

use crate::Error;
use crate::layout::Text;
use crate::prompt::PromptEncoder;

/// How demonstrations become tokens.
pub(super) struct Encoder<'a> {
    pub prompts: PromptEncoder<'a>,
    /// The token that ends an answer.
    pub end: u32,
    pub max_tokens: usize,
    pub vocab_size: usize,
}

/// The examples of a file.
pub(super) struct Examples {
    pub texts: Vec<Text<u32>>,
    /// How many were left out for being too long.
    pub too_long: usize,
}

impl Encoder<'_> {
    /// Reads a whole file; the first bad record ends it, before any work was done.
    pub fn read(&self, path: &Path) -> Result<Examples, Error> {
        let (mut texts, mut too_long) = (Vec::new(), 0);
        for demonstration in Demonstrations::open(path, None)? {
            let demonstration = demonstration?;
            let example = self.example(&demonstration);
            let example = example.map_err(|reason| Error::Example {
                path: path.to_owned(),
                id: demonstration.id.clone(),
                reason,
            })?;
            if example.tokens.len() > self.max_tokens {
                too_long += 1;
            } else {
                texts.push(example);
            }
        }
        if texts.is_empty() {
            let reason = match too_long {
                0 => "it holds no example".to_owned(),
                _ => format!(
                    "all {too_long} examples are longer than batch.max_tokens = {}",
                    self.max_tokens
                ),
            };
            let path = path.to_owned();
            return Err(Error::NothingToLearn { path, reason });
        }
        Ok(Examples { texts, too_long })
    }

    fn example(&self, demonstration: &Demonstration) -> Result<Text<u32>, String> {
        let mut tokens = self.prompts.encode(&demonstration.prompt)?;
        let prompt = tokens.len();
        let completion = self
            .prompts
            .tokenizer
            .encode(&demonstration.completion, false);
        tokens.extend(completion.map_err(|error| error.to_string())?);
        tokens.push(self.end);
        let vocab_size = self.vocab_size;
        if let Some(token) = tokens.iter().find(|&&token| token as usize >= vocab_size) {
            return Err(format!(
                "token {token} is not in the model's vocabulary of {vocab_size}"
            ));
        }
        let asked = (prompt..tokens.len()).map(|place| (place - 1, tokens[place]));
        let asked = asked.collect();
        // The last token is asked for, and not read.
        tokens.pop();
        Ok(Text { tokens, asked })
    }
}
