//! The model that answers, and what it is asked.

use std::sync::Arc;

use miette::miette;
use pure::model::{Checkpoint, Tokenizer};
use pure::rollout::{Engine, Request, StopStrings, sample_all};
use serde_json::Value;

use super::Solve;
use super::choice::Attempt;
use crate::cli::support::records::Fields;
use crate::cli::support::{Asked, Prompts, Requests, answer_text, explain, open_model};

/// A model that is not loaded yet, and the problem as it reads it.
pub struct Policy {
    pub checkpoint: Checkpoint,
    pub tokenizer: Arc<Tokenizer>,
    pub request: Request,
    stop: Option<StopStrings>,
}

impl Policy {
    pub fn of(command: &Solve) -> miette::Result<Self> {
        let checkpoint = open_model(&command.model.model)?;
        let tokenizer = checkpoint.tokenizer().map(Arc::new);
        let stop = command.sampling.stop_strings(&tokenizer)?;
        let tokenizer = tokenizer.map_err(explain)?;
        let format = command.prompts.format();
        let encoder = Prompts::new(&format, Ok(&tokenizer))?;
        let sampling = command.sampling.sampling(&checkpoint, &encoder)?;
        let asked = Asked {
            number: 1,
            id: Value::Null,
            fields: Fields::new(),
            prompt: encoder.text(&command.problem),
        };
        let (shape, samples) = (checkpoint.config(), command.n as usize);
        let mut asked = Requests::of([asked], shape, &sampling, stop.as_ref(), samples);
        if let Some(Err(refusal)) = asked.records.first() {
            let reason = refusal["error"].as_str().unwrap_or_default();
            return Err(miette!("the problem cannot be used: {reason}"));
        }
        let request = asked.requests.remove(0);
        Ok(Self {
            checkpoint,
            tokenizer,
            request,
            stop,
        })
    }

    pub fn engine(&self, command: &Solve) -> miette::Result<Engine> {
        let compute = &command.compute;
        let model = self.checkpoint.load(&compute.device()?, compute.dtype);
        Ok(Engine::new(
            model.map_err(explain)?,
            command.engine.options(),
        ))
    }

    /// Its answers.
    pub fn answers(&self, command: &Solve) -> miette::Result<Vec<Attempt>> {
        let mut engine = self.engine(command)?;
        let sampled = sample_all(&mut engine, std::slice::from_ref(&self.request));
        let (mut answers, _) = sampled.map_err(|error| miette!("{error}"))?;
        let attempts = answers.remove(0).into_iter().map(|rollout| Attempt {
            text: answer_text(&self.tokenizer, self.stop.as_ref(), &rollout),
            tokens: rollout.tokens.len(),
            finish: rollout.finish,
        });
        Ok(attempts.collect())
    }
}
