//! Policies that are not models: what they write is decided by a function.

use std::sync::LazyLock;

use pure_core::{Finish, Rollout};
use pure_model::{CausalLm, Tokenizer};
use pure_rollout::{Error, Event, Phases, Report, Request, Sampler};
use pure_task::chain::{Dice, Problem, write_tokenizer};

/// What a policy is asked to go on from, and for which of its samples.
pub struct Asked<'a> {
    pub text: &'a str,
    pub request: &'a Request,
    pub sample: usize,
}

/// What it writes.
pub struct Completion {
    text: String,
    finish: Finish,
}

impl Completion {
    pub fn ended(text: impl Into<String>) -> Self {
        let (text, finish) = (text.into(), Finish::End);
        Self { text, finish }
    }

    pub fn cut(text: impl Into<String>) -> Self {
        let (text, finish) = (text.into(), Finish::Length);
        Self { text, finish }
    }
}

pub struct Scripted {
    write: Box<dyn Fn(Asked<'_>) -> Completion>,
    /// The streams of the requests of each call.
    pub calls: Vec<Vec<u64>>,
}

impl Scripted {
    pub fn new(write: impl Fn(Asked<'_>) -> Completion + 'static) -> Self {
        Self {
            write: Box::new(write),
            calls: Vec::new(),
        }
    }
}

impl Sampler for Scripted {
    fn load(&mut self, _: CausalLm) {
        unreachable!("who labels has one policy");
    }

    fn unload(&mut self) {
        unreachable!("who labels has one policy");
    }

    fn sample(&mut self, requests: &[Request], report: &mut Report<'_>) -> Result<Phases, Error> {
        self.calls.push(requests.iter().map(|r| r.stream).collect());
        // The last first: in no certain order.
        for (place, request) in requests.iter().enumerate().rev() {
            let text = tokenizer().decode(&request.prompt, false);
            for sample in request.samples.clone() {
                let asked = Asked {
                    text: &text,
                    request,
                    sample,
                };
                let Completion { text, finish } = (self.write)(asked);
                let mut tokens = tokenizer().encode(&text, false).unwrap();
                if finish == Finish::End {
                    tokens.extend(tokenizer().eos_token());
                }
                let rollout = Rollout {
                    log_probs: vec![0.0; tokens.len()],
                    tokens,
                    drawn_log_probs: None,
                    finish,
                };
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

/// Solves the built-in task from wherever it is asked to go on, by the results that are stated.
/// Each result of its own is wrong with the probability `error`.
pub fn solver(error: f64) -> Scripted {
    Scripted::new(move |asked| {
        let Asked {
            text,
            request,
            sample,
        } = asked;
        let seed = request.sampling.seed;
        let mut dice = Dice::new(seed, &format!("{} {sample}", request.stream));
        let (prompt, steps) = text.split_at(text.find('=').unwrap() + 1);
        let problem: Problem = prompt.parse().unwrap();
        let stated = steps.split("\n\n").filter_map(|step| step.split_once('='));
        let mut results: Vec<u32> = stated.map(|(_, result)| result.parse().unwrap()).collect();
        let mut written = String::new();
        for operation in &problem.operations()[results.len()..] {
            let left = operation.left.value(&results);
            let right = operation.right.value(&results);
            let mut result = operation.operator.apply(left, right, problem.modulus());
            if dice.chance(error) {
                result = (result + 1) % problem.modulus();
            }
            let symbol = operation.operator.symbol();
            written += &format!("{left}{symbol}{right}={result}\n\n");
            results.push(result);
        }
        Completion::ended(format!(
            "{written}\\boxed{{{}}}",
            results[results.len() - 1]
        ))
    })
}

/// The tokenizer of the built-in task.
pub fn tokenizer() -> &'static Tokenizer {
    static TOKENIZER: LazyLock<Tokenizer> = LazyLock::new(|| {
        let folder = tempfile::tempdir().unwrap();
        write_tokenizer(folder.path()).unwrap();
        Tokenizer::load(folder.path()).unwrap()
    });
    &TOKENIZER
}
