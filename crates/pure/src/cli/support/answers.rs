//! Answers as lines of files: whole ones, in the order of what was asked, so that what was cut off can be gone on with.

use std::collections::BTreeMap;
use std::io::{IsTerminal, stderr, stdout};
use std::ops::ControlFlow;

use burn::train::Interrupter;
use indicatif::ProgressBar;
use miette::{Report, miette};
use pure::core::{Finish, Rollout};
use pure::model::Tokenizer;
use pure::rollout::{Engine, Event, Phases, Request, Sampler, StopRule, StopStrings};
use serde_json::Value;

use super::Outcome;
use super::engine::{bar, show_speed, summary};
use super::growing_file::GrowingFile;
use super::output::print;
use super::requests::Requests;

/// The answers that go to one file, of which some may be there already.
pub struct Answers {
    /// Nothing is standard output.
    file: Option<GrowingFile>,
    requests: Vec<Request>,
    records: Vec<Result<(usize, usize), Value>>,
    next: usize,
    finished: BTreeMap<(usize, usize), String>,
}

impl Answers {
    pub fn new(file: Option<GrowingFile>, asked: Requests) -> miette::Result<Self> {
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

/// Which answer it is: its file, its request in the order of what was asked there, and its number.
#[derive(Clone, Copy)]
pub struct Origin {
    pub file: usize,
    pub request: usize,
    pub sample: usize,
}

/// The writing of answers to some files, each when all before it in its file are written, under a bar.
pub struct Writing<'a> {
    files: &'a mut [Answers],
    interrupter: &'a Interrupter,
    bar: ProgressBar,
    tokens: u64,
    failed: Option<Report>,
}

impl<'a> Writing<'a> {
    pub fn begin(files: &'a mut [Answers], interrupter: &'a Interrupter) -> miette::Result<Self> {
        for answers in &mut *files {
            answers.flush()?;
        }
        let mut writing = Self {
            files,
            interrupter,
            bar: ProgressBar::hidden(),
            tokens: 0,
            failed: None,
        };
        // One answer that goes elsewhere needs no bar.
        let total = writing.total();
        if stdout().is_terminal() || total > 1 {
            writing.bar = bar(total as u64, writing.written() as u64);
        }
        Ok(writing)
    }

    /// All requests, with the file of each and its place there. What is written is not among their samples.
    pub fn requests(&self) -> (Vec<(usize, usize)>, Vec<Request>) {
        let files = self.files.iter().enumerate();
        let all = files.flat_map(|(file, answers)| {
            let requests = answers.requests.iter().enumerate();
            requests.map(move |(place, request)| ((file, place), request.clone()))
        });
        all.unzip()
    }

    /// Counts a token, and tells whether to go on.
    pub fn token(&mut self) -> ControlFlow<()> {
        self.tokens += 1;
        show_speed(&self.bar, self.tokens);
        self.goes_on()
    }

    /// Takes the line of an answer, without its end, and tells whether to go on.
    pub fn finished(&mut self, origin: Origin, line: String) -> ControlFlow<()> {
        let answers = &mut self.files[origin.file];
        let place = (origin.request, origin.sample);
        answers.finished.insert(place, line);
        self.failed = self.bar.suspend(|| answers.flush()).err();
        self.bar.set_position(self.written() as u64);
        self.goes_on()
    }

    fn goes_on(&self) -> ControlFlow<()> {
        match self.failed.is_some() || self.interrupter.should_stop() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    /// What came of it; `resumed_by` says how a run that was stopped goes on.
    pub fn end(self, sampled: miette::Result<Phases>, resumed_by: &str) -> miette::Result<Outcome> {
        self.bar.finish_and_clear();
        let (written, total) = (self.written(), self.total());
        if let Some(failure) = self.failed {
            return Err(failure);
        }
        let phases = sampled?;
        if written < total {
            eprintln!("stopped after {written} of {total} records; {resumed_by} goes on with them");
            return Ok(Outcome::InPart);
        }
        if stderr().is_terminal() {
            eprintln!("{}", summary(&phases));
        }
        Ok(Outcome::Done)
    }

    fn total(&self) -> usize {
        self.files.iter().map(|answers| answers.records.len()).sum()
    }

    fn written(&self) -> usize {
        self.files.iter().map(|answers| answers.next).sum()
    }
}

/// Samples what is missing of all files together; `line` makes the line of an answer, without its end.
pub fn sample(
    engine: &mut Engine,
    files: &mut [Answers],
    line: impl Fn(Origin, &Rollout) -> String + Sync,
    interrupter: &Interrupter,
    resumed_by: &str,
) -> miette::Result<Outcome> {
    let mut writing = Writing::begin(files, interrupter)?;
    let (origins, requests) = writing.requests();
    let sampled = engine.sample(&requests, &mut |event| match event {
        Event::Token { .. } => writing.token(),
        Event::Finished {
            request,
            sample,
            rollout,
        } => {
            let (file, request) = origins[request];
            let origin = Origin {
                file,
                request,
                sample,
            };
            let line = line(origin, &rollout);
            writing.finished(origin, line)
        }
    });
    writing.end(sampled.map_err(|error| miette!("{error}")), resumed_by)
}

/// The text of an answer, without special tokens and without the words that stopped it.
pub fn answer_text(tokenizer: &Tokenizer, stop: Option<&StopStrings>, rollout: &Rollout) -> String {
    let text = tokenizer.decode(&rollout.tokens, true);
    match stop {
        Some(stop) if rollout.finish == Finish::Stop => stop.before(&text).to_owned(),
        _ => text,
    }
}
