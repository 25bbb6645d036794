//! The records of `pure generate`: whole lines, in the order of the input.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{IsTerminal, Read, Seek, SeekFrom, Write, stderr, stdout};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressStyle};
use miette::miette;
use pure::core::{Finish, Rollout};
use pure::model::Tokenizer;
use pure::rollout::{Engine, Event, Phases, Sampler, StopStrings};
use serde::Serialize;
use serde_json::Value;

use super::super::Outcome;
use super::super::output::print;
use super::super::records::outcome;
use super::prompts::{Answers, Entry};

/// Where records go.
pub enum Output {
    Standard,
    File {
        file: File,
        name: String,
        /// Lines that are there already.
        lines: usize,
    },
}

impl Output {
    /// Opens a file; `resume` keeps its whole lines and cuts off a last one that is not whole.
    pub fn open(path: Option<&Path>, resume: bool) -> miette::Result<Self> {
        let Some(path) = path.filter(|path| *path != Path::new("-")) else {
            if resume {
                return Err(miette!("--resume needs an output that is a file"));
            }
            return Ok(Self::Standard);
        };
        let name = path.display().to_string();
        let cannot = |error| miette!("cannot write {name}: {error}");
        if !resume && path.metadata().is_ok_and(|file| file.len() > 0) {
            return Err(miette!(
                help = "--resume goes on with it; otherwise name another file, or remove it",
                "{name} is there already"
            ));
        }
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(path).map_err(cannot)?;
        let mut text = Vec::new();
        file.read_to_end(&mut text).map_err(cannot)?;
        let whole = text
            .iter()
            .rposition(|&b| b == b'\n')
            .map_or(0, |at| at + 1);
        file.set_len(whole as u64).map_err(cannot)?;
        file.seek(SeekFrom::End(0)).map_err(cannot)?;
        let lines = text[..whole].iter().filter(|&&b| b == b'\n').count();
        Ok(Self::File { file, name, lines })
    }

    fn write(&mut self, text: &str) -> miette::Result<()> {
        match self {
            Self::Standard => print(text),
            Self::File { file, name, .. } => file
                .write_all(text.as_bytes())
                .map_err(|error| miette!("cannot write {name}: {error}")),
        }
    }
}

/// Writes answers as they finish, each when all before it are written.
pub struct Writer<'a> {
    output: Output,
    tokenizer: Option<&'a Tokenizer>,
    stop: Option<&'a StopStrings>,
    interrupted: Arc<AtomicBool>,
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
        let interrupted = Arc::new(AtomicBool::new(false));
        let flag = interrupted.clone();
        // Without a handler Ctrl-C still leaves whole lines, if less politely.
        let _ = ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed));
        Self {
            output,
            tokenizer,
            stop,
            interrupted,
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
            Output::File { lines, .. } => *lines,
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

        let bar = bar(total as u64, queue.next as u64);
        let (mut tokens, mut failed) = (0_u64, None);
        let sampled = engine.sample(&answers.requests, &mut |event| {
            match event {
                Event::Token { .. } => {
                    tokens += 1;
                    let seconds = bar.elapsed().as_secs_f64().max(1e-3);
                    bar.set_message(format!("{:.0} tokens/s", tokens as f64 / seconds));
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
            if failed.is_some() || self.interrupted.load(Ordering::Relaxed) {
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

fn bar(total: u64, there: u64) -> ProgressBar {
    if !stderr().is_terminal() || !(stdout().is_terminal() || total > 1) {
        return ProgressBar::hidden();
    }
    let style = "{bar:30} {pos}/{len} answers  {msg}  {elapsed} gone, {eta} left";
    let style = ProgressStyle::with_template(style).expect("it is well-formed");
    ProgressBar::new(total)
        .with_style(style)
        .with_position(there)
}

/// One line on where the time went.
pub fn summary(phases: &Phases) -> String {
    let total = phases.total().as_secs_f64().max(1e-9);
    let share = |time: std::time::Duration| 100.0 * time.as_secs_f64() / total;
    format!(
        "{} tokens in {total:.1} s, {:.0} tokens/s: prompts {:.0} %, decoding {:.0} %, sampling \
         {:.0} %, moving {:.0} %; {:.0} % of rows live",
        phases.new_tokens,
        phases.new_tokens as f64 / total,
        share(phases.prefill),
        share(phases.decode),
        share(phases.sampling),
        share(phases.moving),
        100.0 * phases.live_share(),
    )
}
