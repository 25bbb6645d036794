//! Prompts of a file as the tokens that the policy and the reward model read, with their true answers.

use std::path::Path;

use pure_data::{Prompt as Asked, Questions};
use pure_model::{Message, PromptEncoder};
use pure_verify::Verifier;

use crate::error::Error;
use crate::prompts::Prompt;

/// References that are named in a warning.
const NAMED: usize = 3;

/// How prompts are read.
pub(crate) struct PromptReader<'a> {
    pub policy: PromptEncoder<'a>,
    /// How the reward model was taught to read them, if in another way.
    pub reward_model: Option<PromptEncoder<'a>>,
    pub vocab_size: usize,
    /// The longest prompt.
    pub longest: usize,
    /// Reads the value that a reference states.
    pub verifier: Verifier,
}

/// The prompts of a file.
pub(crate) struct PromptsRead {
    pub prompts: Vec<Prompt>,
    /// How many were left out for being too long.
    pub too_long: usize,
    /// What a person should know.
    pub warning: Option<String>,
}

impl PromptReader<'_> {
    /// Reads a whole file; the first bad record ends it, before any work was done.
    pub fn read(&self, path: &Path) -> Result<PromptsRead, Error> {
        let (mut prompts, mut too_long) = (Vec::new(), 0);
        let mut unread = Vec::new();
        for question in Questions::open(path, None)? {
            let question = question?;
            let failed = |reason: String| Error::Example {
                path: path.to_owned(),
                id: question.id.clone(),
                reason,
            };
            let tokens = self.tokens(self.policy, &question.prompt).map_err(failed)?;
            let judged_tokens = match self.reward_model {
                Some(encoder) => Some(self.tokens(encoder, &question.prompt).map_err(failed)?),
                None => None,
            };
            if tokens.len() > self.longest {
                too_long += 1;
                continue;
            }
            let stated = question.answer.as_deref();
            let answer = stated.and_then(|text| self.verifier.reference(text));
            if stated.is_some() && answer.is_none() {
                unread.push(question.id.clone());
            }
            prompts.push(Prompt {
                id: question.id,
                tokens,
                judged_tokens,
                pays_outcome: answer.is_some(),
                answer,
            });
        }
        if prompts.is_empty() {
            let reason = match too_long {
                0 => "it holds no prompt".to_owned(),
                _ => format!(
                    "all {too_long} prompts are longer than {} tokens",
                    self.longest
                ),
            };
            let path = path.to_owned();
            return Err(pure_run::Error::NothingToLearn { path, reason }.into());
        }
        let count = unread.len();
        let warning = (count > 0).then(|| {
            format!(
                "{}: {count} reference answers state no value that can be compared, and count as unknown: {}{}",
                path.display(),
                unread[..count.min(NAMED)].join(", "),
                if count > NAMED { ", …" } else { "" }
            )
        });
        Ok(PromptsRead {
            prompts,
            too_long,
            warning,
        })
    }

    fn tokens(&self, encoder: PromptEncoder<'_>, prompt: &Asked) -> Result<Vec<u32>, String> {
        let tokens = match prompt {
            Asked::Text(text) => encoder.text(text),
            Asked::Messages(turns) => {
                let turns = turns.iter();
                let messages = turns.map(|turn| Message::new(&turn.role, &turn.content));
                encoder.messages(&messages.collect::<Vec<_>>())
            }
        };
        let tokens = tokens.map_err(|error| error.to_string())?;
        let vocab_size = self.vocab_size;
        match tokens.iter().find(|&&token| token as usize >= vocab_size) {
            Some(token) => Err(format!(
                "token {token} is not in the model's vocabulary of {vocab_size}"
            )),
            None => Ok(tokens),
        }
    }
}
