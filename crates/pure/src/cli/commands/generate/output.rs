//! The records of `pure generate`: whole lines, in the order of the input.

use std::collections::BTreeMap;
use std::io::{IsTerminal, stderr, stdout};
use std::ops::ControlFlow;
use std::path::Path;

use burn::train::Interrupter;
use indicatif::ProgressBar;
use miette::miette;
use pure::core::{Finish, Rollout};
use pure::model::Tokenizer;
use pure::rollout::{Engine, Event, Sampler, StopStrings};
use pure::run::stop_on_signals;
use serde::Serialize;
use serde_json::Value;

use super::prompts::{Answers, Entry};
use crate::cli::support::Outcome;
use crate::cli::support::engine::{bar, show_speed, summary};
use crate::cli::support::growing_file::GrowingFile;
use crate::cli::support::output::print;
use crate::cli::support::records::outcome;

/// Where records go.
pub enum Output {
    Standard,
    File(GrowingFile),
}

impl Output {
    /// Opens a file; `resume` keeps its whole lines, which were made with these settings, and cuts off a last one that
    /// is not whole.
    pub fn open(path: Option<&Path>, resume: bool, settings: &str) -> miette::Result<Self> {
        let Some(path) = path.filter(|path| *path != Path::new("-")) else {
            if resume {
                return Err(miette!("--resume needs an output that is a file"));
            }
            return Ok(Self::Standard);
        };
        if !resume && path.metadata().is_ok_and(|file| file.len() > 0) {
            return Err(miette!(
                help = "--resume goes on with it; otherwise name another file, or remove it",
                "{} is there already",
                path.display()
            ));
        }
        GrowingFile::open(path, settings).map(Self::File)
    }

    fn write(&mut self, text: &str) -> miette::Result<()> {
        match self {
            Self::Standard => print(text),
            Self::File(file) => file.append(text),
        }
    }
}

/// Writes answers as they finish, each when all before it are written.
pub struct Writer<'a> {
    output: Output,
    tokenizer: Option<&'a Tokenizer>,
    stop: Option<&'a StopStrings>,
    interrupter: Interrupter,
}

/// What is still to be written.
struct Queue {
    /// One a line: a record, or the request and sample that will be one.
    lines: Vec<Result<(usize, usize), String>>,
    next: usize,
    finished: BTreeMap<(usize, usize), String>,
}

impl<'a> Writer<'a> {
    pub fn new(
        output: Output,
        tokenizer: Option<&'a Tokenizer>,
        stop: Option<&'a StopStrings>,
    ) -> Self {
        Self {
            output,
            tokenizer,
            stop,
            interrupter: stop_on_signals(),
        }
    }

    pub fn write(mut self, engine: &mut Engine, answers: &mut Answers) -> miette::Result<Outcome> {
        let refused = answers
            .entries
            .iter()
            .filter(|entry| matches!(entry, Entry::Refused(_)))
            .count();
        let mut queue = Queue::new(answers);
        let there = match &self.output {
            Output::File(file) => file.lines,
            Output::Standard => 0,
        };
        let total = queue.lines.len();
        if there > total {
            return Err(miette!(
                "the output has {there} lines already, more than the {total} that this input makes: \
                 it belongs to another run"
            ));
        }
        queue.skip(there, answers);
        self.flush(&mut queue)?;

        // One answer that goes elsewhere needs no bar.
        let bar = match stdout().is_terminal() || total > 1 {
            true => bar(total as u64, queue.next as u64),
            false => ProgressBar::hidden(),
        };
        let (mut tokens, mut failed) = (0_u64, None);
        let sampled = engine.sample(&answers.requests, &mut |event| {
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
                    let line = self.record(&answers.ids[request], sample, &rollout);
                    queue.finished.insert((request, sample), line);
                    failed = bar.suspend(|| self.flush(&mut queue)).err();
                    bar.set_position(queue.next as u64);
                }
            }
            if failed.is_some() || self.interrupter.should_stop() {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
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
        Ok(outcome(refused, answers.entries.len()))
    }

    /// Writes what is ready.
    fn flush(&mut self, queue: &mut Queue) -> miette::Result<()> {
        let mut text = String::new();
        while let Some(line) = queue.lines.get(queue.next) {
            let line = match line {
                Ok(sample) => match queue.finished.remove(sample) {
                    Some(line) => line,
                    None => break,
                },
                Err(refused) => refused.clone(),
            };
            text.push_str(&line);
            text.push('\n');
            queue.next += 1;
        }
        if text.is_empty() {
            return Ok(());
        }
        self.output.write(&text)
    }

    fn record(&self, id: &Value, sample: usize, rollout: &Rollout) -> String {
        let record = Record {
            id,
            sample,
            tokens: &rollout.tokens,
            logprobs: &rollout.log_probs,
            drawn_logprobs: rollout.drawn_log_probs.as_deref(),
            text: text(self.tokenizer, self.stop, rollout),
            finish: rollout.finish,
        };
        serde_json::to_string(&record).expect("a record is always JSON")
    }
}

#[derive(Serialize)]
struct Record<'a> {
    id: &'a Value,
    sample: usize,
    tokens: &'a [u32],
    logprobs: &'a [f32],
    #[serde(skip_serializing_if = "Option::is_none")]
    drawn_logprobs: Option<&'a [f32]>,
    text: Option<String>,
    finish: Finish,
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

impl Queue {
    fn new(answers: &Answers) -> Self {
        let mut lines = Vec::new();
        for entry in &answers.entries {
            match entry {
                Entry::Samples(request) => {
                    let samples = answers.requests[*request].samples.clone();
                    lines.extend(samples.map(|sample| Ok((*request, sample))));
                }
                Entry::Refused(refusal) => lines.push(Err(refusal.to_string())),
            }
        }
        Self {
            lines,
            next: 0,
            finished: BTreeMap::new(),
        }
    }

    /// Passes over lines that are there already: their samples are not asked for again.
    fn skip(&mut self, lines: usize, answers: &mut Answers) {
        for (request, sample) in self.lines[..lines].iter().flatten() {
            answers.requests[*request].samples.start = sample + 1;
        }
        self.next = lines;
    }
}
