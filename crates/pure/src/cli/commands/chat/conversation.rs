//! What was said, and the answer to what is said next.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use miette::miette;
use pure::core::{Finish, Rollout};
use pure::model::{Message, PromptEncoder, Tokenizer};
use pure::rollout::{Request, Sampling, Session, StopRule, StopStrings};

use crate::cli::support::{GrowingText, answer_text, explain};

/// A conversation with a model.
pub struct Conversation<'a> {
    pub session: Session,
    pub tokenizer: &'a Tokenizer,
    pub encoder: PromptEncoder<'a>,
    pub sampling: Sampling,
    pub stop: Option<StopStrings>,
    pub system: Option<String>,
    /// The turns of the person and of the model.
    pub messages: Vec<Message>,
}

/// How an answer ended.
pub enum Heard {
    All,
    /// At its largest length, so many tokens.
    CutOff(usize),
    /// By the person.
    Stopped,
    /// It did not begin, for a reason; what was said is no part of the conversation.
    Nothing(String),
}

impl Conversation<'_> {
    /// Makes sure that the template takes what the system says.
    pub fn check_system(&self) -> miette::Result<()> {
        let question = Message::new("user", "?");
        let tried = self.encoder.messages(&self.with_system(&[question]));
        tried.map(|_| ()).map_err(explain)
    }

    fn with_system(&self, messages: &[Message]) -> Vec<Message> {
        let system = self
            .system
            .as_ref()
            .map(|text| Message::new("system", text));
        system.into_iter().chain(messages.iter().cloned()).collect()
    }

    /// Shows the answer to what is said while it is sampled, up to its end, or until it is interrupted.
    pub fn answer(&mut self, said: &str, interrupted: &AtomicBool) -> miette::Result<Heard> {
        self.messages.push(Message::new("user", said));
        let heard = match self.request() {
            Ok(request) => self.sample(&request, interrupted)?,
            Err(reason) => Heard::Nothing(reason),
        };
        // An answer without a word, as of one who was interrupted at once, is no turn either.
        if self.messages.last().is_some_and(|last| last.role == "user") {
            self.messages.pop();
        }
        Ok(heard)
    }

    /// What the model is asked, or why it cannot be.
    fn request(&self) -> Result<Request, String> {
        let prompt = self.encoder.messages(&self.with_system(&self.messages));
        let prompt = prompt.map_err(|error| error.to_string())?;
        let (said, room) = (prompt.len(), self.session.room());
        if said >= room {
            return Err(format!(
                "the conversation would be {said} tokens long, and there is room for {room} with the answer: /clear begins \
                 another one"
            ));
        }
        let stop = self.stop.clone();
        Ok(Request {
            samples: 0..1,
            stream: self.messages.len() as u64,
            sampling: Sampling {
                max_new_tokens: self.sampling.max_new_tokens.min(room - said),
                ..self.sampling.clone()
            },
            stop: stop.map(|stop| Arc::new(stop) as Arc<dyn StopRule>),
            prompt,
        })
    }

    fn sample(&mut self, request: &Request, interrupted: &AtomicBool) -> miette::Result<Heard> {
        let stop = self.stop.as_ref();
        let mut growing = GrowingText::new(self.tokenizer, stop);
        let (mut so_far, mut failed) = (Vec::new(), None);
        let sampled = self.session.answer(request, &mut |answer| {
            failed = growing.show(answer).err();
            match failed.is_some() || interrupted.load(Ordering::Relaxed) {
                true => {
                    so_far = answer.to_vec();
                    ControlFlow::Break(())
                }
                false => ControlFlow::Continue(()),
            }
        });
        if let Some(failure) = failed {
            return Err(failure);
        }
        let rollout = sampled.map_err(|error| miette!("{error}"))?;
        let (text, heard) = match rollout {
            Some(rollout) => (answer_text(self.tokenizer, stop, &rollout), heard(&rollout)),
            None => (self.tokenizer.decode(&so_far, true), Heard::Stopped),
        };
        growing.end(&text)?;
        if !text.trim().is_empty() {
            self.messages.push(Message::new("assistant", text));
        }
        Ok(heard)
    }
}

fn heard(rollout: &Rollout) -> Heard {
    match rollout.finish {
        Finish::Length => Heard::CutOff(rollout.tokens.len()),
        _ => Heard::All,
    }
}
