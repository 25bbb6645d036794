//! The records of `pure generate`: whole lines, in the order of the input.

use std::collections::BTreeMap;
use std::io::{IsTerminal, stderr, stdout};
use std::ops::ControlFlow;
use std::path::Path;

use indicatif::ProgressBar;
use miette::miette;
use pure::core::{Finish, Rollout};
use pure::data::cut_steps;
use pure::model::Tokenizer;
use pure::rollout::{Engine, Event, Sampler, StopStrings};
use pure::run::stop_on_signals;
use serde::Serialize;
use serde_json::Value;

use super::prompts::Answers;
use crate::cli::support::engine::{bar, show_speed, summary};
use crate::cli::support::records::{Fields, outcome};
use crate::cli::support::{GrowingFile, Outcome, print};

/// The file that records go to, if it is one and not standard output; `resume` keeps its whole lines, which were made with
/// these settings, and cuts off a last one that is not whole.
pub fn open(
    path: Option<&Path>,
    resume: bool,
    settings: &str,
) -> miette::Result<Option<GrowingFile>> {
    let Some(path) = path.filter(|path| *path != Path::new("-")) else {
        return match resume {
            true => Err(miette!("--resume needs an output that is a file")),
            false => Ok(None),
        };
    };
    if !resume && path.metadata().is_ok_and(|file| file.len() > 0) {
        return Err(miette!(
            help = "--resume goes on with it; otherwise name another file, or remove it",
            "{} is there already",
            path.display()
        ));
    }
    GrowingFile::open(path, settings).map(Some)
}

/// What is still to be written.
struct Queue {
    file: Option<GrowingFile>,
    /// One a line: what refuses it, or the request and sample that it will be of.
    records: Vec<Result<(usize, usize), Value>>,
    next: usize,
    finished: BTreeMap<(usize, usize), String>,
}

/// Samples answers and writes them as they finish, each when all before it are written.
pub fn write(
    file: Option<GrowingFile>,
    engine: &mut Engine,
    answers: Answers,
    tokenizer: Option<&Tokenizer>,
    stop: Option<&StopStrings>,
) -> miette::Result<Outcome> {
    let interrupter = stop_on_signals();
    let Answers {
        mut requests,
        named,
        records,
    } = answers;
    let refused = records.iter().filter(|record| record.is_err()).count();
    let there = file.as_ref().map_or(0, |file| file.lines);
    let total = records.len();
    if there > total {
        return Err(miette!(
            "the output has {there} lines already, more than the {total} that this input makes: \
             it belongs to another run"
        ));
    }
    // What is there already is not asked for again.
    for &(request, sample) in records[..there].iter().flatten() {
        requests[request].samples.start = sample + 1;
    }
    let mut queue = Queue {
        file,
        records,
        next: there,
        finished: BTreeMap::new(),
    };
    queue.flush()?;

    // One answer that goes elsewhere needs no bar.
    let bar = match stdout().is_terminal() || total > 1 {
        true => bar(total as u64, queue.next as u64),
        false => ProgressBar::hidden(),
    };
    let (mut tokens, mut failed) = (0_u64, None);
    let sampled = engine.sample(&requests, &mut |event| {
        match event {
            Event::Token { .. } => {
                tokens += 1;
                show_speed(&bar, tokens);
            }
            Event::Finished {
                request,
                sample,
                rollout,
            } => {
                let text = text(tokenizer, stop, &rollout);
                let record = Record {
                    id: &named[request].id,
                    sample,
                    tokens: &rollout.tokens,
                    logprobs: &rollout.log_probs,
                    drawn_logprobs: rollout.drawn_log_probs.as_deref(),
                    steps: text.as_deref().map(cut_steps),
                    text,
                    finish: rollout.finish,
                    asked: &named[request].fields,
                };
                let line = serde_json::to_string(&record).expect("a record is always JSON");
                queue.finished.insert((request, sample), line);
                failed = bar.suspend(|| queue.flush()).err();
                bar.set_position(queue.next as u64);
            }
        }
        match failed.is_some() || interrupter.should_stop() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    bar.finish_and_clear();
    if let Some(failure) = failed {
        return Err(failure);
    }
    let phases = sampled.map_err(|error| miette!("{error}"))?;
    if queue.next < total {
        eprintln!(
            "stopped after {} of {total} records; --resume goes on with them",
            queue.next
        );
        return Ok(Outcome::InPart);
    }
    if stderr().is_terminal() {
        eprintln!("{}", summary(&phases));
    }
    Ok(outcome(refused, requests.len() + refused))
}

impl Queue {
    /// Writes what is ready.
    fn flush(&mut self) -> miette::Result<()> {
        let mut text = String::new();
        while let Some(record) = self.records.get(self.next) {
            text += &match record {
                Ok(sample) => match self.finished.remove(sample) {
                    Some(line) => line,
                    None => break,
                },
                Err(refusal) => refusal.to_string(),
            };
            text.push('\n');
            self.next += 1;
        }
        if text.is_empty() {
            return Ok(());
        }
        match &mut self.file {
            Some(file) => file.append(&text),
            None => print(text),
        }
    }
}

/// What is told of an answer.
pub const TOLD: [&str; 8] = [
    "id",
    "sample",
    "tokens",
    "logprobs",
    "drawn_logprobs",
    "text",
    "steps",
    "finish",
];

#[derive(Serialize)]
struct Record<'a> {
    id: &'a Value,
    sample: usize,
    tokens: &'a [u32],
    logprobs: &'a [f32],
    #[serde(skip_serializing_if = "Option::is_none")]
    drawn_logprobs: Option<&'a [f32]>,
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<String>>,
    finish: Finish,
    /// The other fields of the prompt's record.
    #[serde(flatten)]
    asked: &'a Fields,
}

/// The text of an answer, without special tokens and without the words that stopped it.
pub fn text(
    tokenizer: Option<&Tokenizer>,
    stop: Option<&StopStrings>,
    rollout: &Rollout,
) -> Option<String> {
    let text = tokenizer?.decode(&rollout.tokens, true);
    Some(match stop {
        Some(stop) if rollout.finish == Finish::Stop => stop.before(&text).to_owned(),
        _ => text,
    })
}
