//! What a sampler is, to those who use one.

use std::ops::ControlFlow;

use pure_core::Rollout;
use pure_model::CausalLm;

use crate::{Error, Phases, Request};

/// Turns prompts into answers. [`Engine`](crate::Engine) does it on the spot; another may ask a
/// machine elsewhere.
pub trait Sampler {
    /// Takes over the weights of a policy; what is sampled next is sampled from it.
    fn load(&mut self, policy: CausalLm);

    /// Lets go of them, so that who trains them is their only owner and may change them in place.
    fn unload(&mut self);

    /// Samples the answers to all requests and reports them as they come, in no certain order.
    ///
    /// Breaking off is no error: what was reported is good, the rest is dropped.
    ///
    /// # Errors
    ///
    /// If a request cannot be served, before anything is sampled; or if the model computes
    /// something that is not a number.
    fn sample(&mut self, requests: &[Request], report: &mut Report<'_>) -> Result<Phases, Error>;
}

/// Who listens to a sampler, on whatever thread it samples, and may break it off.
pub type Report<'a> = dyn FnMut(Event<'_>) -> ControlFlow<()> + Send + 'a;

/// What happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// A sample grew by a token.
    Token {
        /// Place of the request among those given.
        request: usize,
        /// Which of its samples.
        sample: usize,
        /// Its answer so far.
        answer: &'a [u32],
    },
    /// A sample is complete.
    Finished {
        /// Place of the request among those given.
        request: usize,
        /// Which of its samples.
        sample: usize,
        /// Its answer.
        rollout: Rollout,
    },
}

/// Samples the answers to all requests: those of each in the order of its samples.
///
/// # Errors
///
/// As [`Sampler::sample`].
pub fn sample_all(
    sampler: &mut (impl Sampler + ?Sized),
    requests: &[Request],
) -> Result<(Vec<Vec<Rollout>>, Phases), Error> {
    let mut answers: Vec<Vec<Option<Rollout>>> = requests
        .iter()
        .map(|r| vec![None; r.samples.len()])
        .collect();
    let phases = sampler.sample(requests, &mut |event| {
        if let Event::Finished {
            request,
            sample,
            rollout,
        } = event
        {
            answers[request][sample - requests[request].samples.start] = Some(rollout);
        }
        ControlFlow::Continue(())
    })?;
    let answers = answers.into_iter().map(|group| {
        let whole = group
            .into_iter()
            .map(|rollout| rollout.expect("a sampler that is not broken off reports every sample"));
        whole.collect()
    });
    Ok((answers.collect(), phases))
}
