//! Answers as lines of files: whole ones, in the order of what was asked, so that what was cut off can be gone on with.

use std::collections::BTreeMap;
use std::io::{IsTerminal, stderr, stdout};
use std::ops::ControlFlow;

use burn::train::Interrupter;
use indicatif::ProgressBar;
use miette::miette;
use pure::core::{Finish, Rollout};
use pure::model::Tokenizer;
use pure::rollout::{Engine, Event, Request, Sampler, StopStrings};
use serde_json::Value;

use super::Outcome;
use super::engine::{bar, show_speed, summary};
use super::growing_file::GrowingFile;
use super::output::print;
use super::requests::Requests;

/// The line of a request's answer, of a certain number, without its end.
type Line<'a> = dyn Fn(usize, usize, &Rollout) -> String + Send + 'a;

/// The answers that go to one file, of which some may be there already.
pub struct Answers<'a> {
    /// Nothing is standard output.
    file: Option<GrowingFile>,
    requests: Vec<Request>,
    records: Vec<Result<(usize, usize), Value>>,
    next: usize,
    finished: BTreeMap<(usize, usize), String>,
    line: Box<Line<'a>>,
}

impl<'a> Answers<'a> {
    pub fn new(
        file: Option<GrowingFile>,
        asked: Requests,
        line: impl Fn(usize, usize, &Rollout) -> String + Send + 'a,
    ) -> miette::Result<Self> {
        let Requests {
            mut requests,
            records,
            ..
        } = asked;
        let (there, total) = (file.as_ref().map_or(0, |file| file.lines), records.len());
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
        Ok(Self {
            file,
            requests,
            records,
            next: there,
            finished: BTreeMap::new(),
            line: Box::new(line),
        })
    }

    /// Whether all of them are written.
    pub fn are_written(&self) -> bool {
        self.next == self.records.len()
    }

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

/// Samples what is missing of all files together, and writes each answer when all before it in its file are written.
/// `resumed_by` says how a run that was stopped goes on.
pub fn sample(
    engine: &mut Engine,
    files: &mut [Answers<'_>],
    interrupter: &Interrupter,
    resumed_by: &str,
) -> miette::Result<Outcome> {
    let (mut requests, mut origins) = (Vec::new(), Vec::new());
    for (place, answers) in files.iter_mut().enumerate() {
        answers.flush()?;
        origins.extend((0..answers.requests.len()).map(|request| (place, request)));
        requests.append(&mut answers.requests);
    }
    let total: usize = files.iter().map(|answers| answers.records.len()).sum();
    let written = |files: &[Answers]| files.iter().map(|answers| answers.next).sum::<usize>();

    // One answer that goes elsewhere needs no bar.
    let bar = match stdout().is_terminal() || total > 1 {
        true => bar(total as u64, written(files) as u64),
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
                let (place, request) = origins[request];
                let answers = &mut files[place];
                let line = (answers.line)(request, sample, &rollout);
                answers.finished.insert((request, sample), line);
                failed = bar.suspend(|| answers.flush()).err();
                bar.set_position(written(files) as u64);
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
    let written = written(files);
    if written < total {
        eprintln!("stopped after {written} of {total} records; {resumed_by} goes on with them");
        return Ok(Outcome::InPart);
    }
    if stderr().is_terminal() {
        eprintln!("{}", summary(&phases));
    }
    Ok(Outcome::Done)
}

/// The text of an answer, without special tokens and without the words that stopped it.
pub fn answer_text(tokenizer: &Tokenizer, stop: Option<&StopStrings>, rollout: &Rollout) -> String {
    let text = tokenizer.decode(&rollout.tokens, true);
    match stop {
        Some(stop) if rollout.finish == Finish::Stop => stop.before(&text).to_owned(),
        _ => text,
    }
}
