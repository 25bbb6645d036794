//! A policy and a reward model that are no models: functions of the text decide what they write and say.

use std::sync::{Arc, LazyLock};

use pure_core::{Finish, Rollout};
use pure_model::{CausalLm, Tokenizer};
use pure_prm::{Error, Sampled, StepRewards};
use pure_rollout::{Event, Phases, Report, Request, Sampler};
use pure_task::chain::write_tokenizer;

/// What every problem asks, and is told apart from its answers by.
pub const PROMPT: &str = "1+1=";

type Script<'a> = dyn Fn(&str, usize) -> String + 'a;

/// Writes the rest of an answer, from the text so far and the number of the sample on; what ends in `;` is ended.
pub struct Scripted<'a> {
    write: Box<Script<'a>>,
    /// The requests of each call.
    pub calls: Vec<Vec<Request>>,
}

impl<'a> Scripted<'a> {
    pub fn new(write: impl Fn(&str, usize) -> String + 'a) -> Self {
        Self {
            write: Box::new(write),
            calls: Vec::new(),
        }
    }

    /// The answer of a sample, cut where the request says.
    fn answer(&self, request: &Request, sample: usize) -> Rollout {
        let asked = tokenizer().decode(&request.prompt, false);
        let so_far = asked.strip_prefix(PROMPT).unwrap();
        let text = (self.write)(so_far, sample);
        let (text, ended) = match text.strip_suffix(';') {
            Some(text) => (text, true),
            None => (text.as_str(), false),
        };
        let mut tokens = tokenizer().encode(text, false).unwrap();
        tokens.extend(tokenizer().eos_token().filter(|_| ended));
        let whole = tokens.len();
        let cut = (1..=whole).find_map(|length| {
            let last = length == whole && ended;
            let stop = request.stop.as_ref().unwrap();
            let finish = match () {
                () if last => Finish::End,
                () if stop.stops(&tokens[..length]) => Finish::Stop,
                () if length == request.sampling.max_new_tokens => Finish::Length,
                () => return None,
            };
            Some((length, finish))
        });
        let (length, finish) = cut.expect("the script goes on to an end");
        tokens.truncate(length);
        Rollout {
            log_probs: vec![-0.5; length],
            tokens,
            drawn_log_probs: None,
            finish,
        }
    }
}

impl Sampler for Scripted<'_> {
    fn load(&mut self, _: CausalLm) {
        unreachable!("who searches has one policy");
    }

    fn unload(&mut self) {
        unreachable!("who searches has one policy");
    }

    fn sample(
        &mut self,
        requests: &[Request],
        report: &mut Report<'_>,
    ) -> Result<Phases, pure_rollout::Error> {
        self.calls.push(requests.to_vec());
        // The last first: in no certain order.
        for (place, request) in requests.iter().enumerate().rev() {
            for sample in request.samples.clone() {
                let rollout = self.answer(request, sample);
                let grown = Event::Token {
                    request: place,
                    sample,
                    answer: &rollout.tokens,
                };
                if report(grown).is_break() {
                    return Ok(Phases::default());
                }
                let finished = Event::Finished {
                    request: place,
                    sample,
                    rollout,
                };
                if report(finished).is_break() {
                    return Ok(Phases::default());
                }
            }
        }
        Ok(Phases::default())
    }
}

/// Says so of each step of a partial answer, of which it is told the steps up to it; reads 100 tokens an answer.
pub fn judge(
    reward: impl Fn(&[&str]) -> f32,
) -> impl FnMut(&[Sampled<'_>]) -> Result<Vec<Option<StepRewards>>, Error> {
    move |partial| {
        let judged = partial.iter().map(|sampled| {
            let steps: Vec<&str> = sampled.text.trim_end().split("\n\n").collect();
            let rewards = (1..=steps.len()).map(|step| reward(&steps[..step]));
            Some(StepRewards {
                rewards: rewards.collect(),
                prm_tokens: 100,
            })
        });
        Ok(judged.collect())
    }
}

/// The tokenizer of the built-in task.
pub fn tokenizer() -> &'static Arc<Tokenizer> {
    static TOKENIZER: LazyLock<Arc<Tokenizer>> = LazyLock::new(|| {
        let folder = tempfile::tempdir().unwrap();
        write_tokenizer(folder.path()).unwrap();
        Arc::new(Tokenizer::load(folder.path()).unwrap())
    });
    &TOKENIZER
}
