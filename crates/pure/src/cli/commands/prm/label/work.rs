//! Labelling batch after batch, watched and interruptible.

use std::ops::ControlFlow;

use burn::train::Interrupter;
use indicatif::ProgressBar;
use miette::Report;
use pure::core::Finish;
use pure::prm::{Attempt, Labeller};
use pure::rollout::{Engine, Event};
use pure::run::stop_on_signals;

use super::input::Usable;
use super::output::Output;
use crate::cli::support::engine::{bar, show_speed};

pub struct Work<'a> {
    pub labeller: &'a Labeller<'a>,
    pub engine: &'a mut Engine,
    /// Answers that are labelled together.
    pub batch: usize,
}

pub enum End {
    Done,
    /// By Ctrl-C, after a whole number of batches.
    Stopped,
}

/// What is seen of the sampling.
struct Watch {
    bar: ProgressBar,
    interrupter: Interrupter,
    tokens: u64,
    completions: u64,
    cut: u64,
}

impl Work<'_> {
    /// Labels what is not `there` yet.
    pub fn run(self, records: &[Usable], there: usize, output: &mut Output) -> miette::Result<End> {
        let mut watch = Watch {
            bar: bar(records.len() as u64, there as u64),
            interrupter: stop_on_signals(),
            tokens: 0,
            completions: 0,
            cut: 0,
        };
        let mut written = there;
        for batch in records[there..].chunks(self.batch) {
            let attempts: Vec<Attempt> = batch.iter().map(|one| one.attempt.clone()).collect();
            let labels = self
                .labeller
                .label(self.engine, &attempts, &mut |event| watch.see(event))
                .map_err(Report::from_err)?;
            let Some(labels) = labels else {
                watch.bar.finish_and_clear();
                eprintln!(
                    "stopped after {written} of {} answers; the same command goes on with them",
                    records.len()
                );
                return Ok(End::Stopped);
            };
            output.write(batch, labels)?;
            written += batch.len();
            watch.bar.set_position(written as u64);
        }
        watch.bar.finish_and_clear();
        if watch.cut > 0 {
            eprintln!(
                "{} of {} completions were cut at the largest length and count as wrong; \
                 --max-new-tokens allows more",
                watch.cut, watch.completions
            );
        }
        Ok(End::Done)
    }
}

impl Watch {
    fn see(&mut self, event: &Event<'_>) -> ControlFlow<()> {
        match event {
            Event::Token { .. } => {
                self.tokens += 1;
                show_speed(&self.bar, self.tokens);
            }
            Event::Finished { rollout, .. } => {
                self.completions += 1;
                self.cut += u64::from(rollout.finish == Finish::Length);
            }
        }
        match self.interrupter.should_stop() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }
}
