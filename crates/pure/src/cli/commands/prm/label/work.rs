//! Labelling batch after batch, watched and interruptible.

use std::ops::ControlFlow;

use miette::Report;
use pure::core::Finish;
use pure::prm::{Attempt, Labeller};
use pure::rollout::{Engine, Event};
use pure::run::stop_on_signals;

use super::input::Usable;
use super::output::write;
use crate::cli::support::engine::{bar, show_speed};
use crate::cli::support::{GrowingFile, Outcome};

/// Labels the records that are not `there` yet, so many together. Ctrl-C ends it after a whole number of batches.
pub fn label(
    labeller: &Labeller<'_>,
    engine: &mut Engine,
    records: &[Usable],
    there: usize,
    together: usize,
    file: &mut GrowingFile,
) -> miette::Result<Outcome> {
    let bar = bar(records.len() as u64, there as u64);
    let interrupter = stop_on_signals();
    let (mut tokens, mut completions, mut cut) = (0, 0_u64, 0_u64);
    let mut watch = |event: &Event<'_>| {
        match event {
            Event::Token { .. } => {
                tokens += 1;
                show_speed(&bar, tokens);
            }
            Event::Finished { rollout, .. } => {
                completions += 1;
                cut += u64::from(rollout.finish == Finish::Length);
            }
        }
        match interrupter.should_stop() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    let mut written = there;
    for batch in records[there..].chunks(together) {
        let attempts: Vec<Attempt> = batch.iter().map(|one| one.attempt.clone()).collect();
        let labels = labeller.label(engine, &attempts, &mut watch);
        let Some(labels) = labels.map_err(Report::from_err)? else {
            bar.finish_and_clear();
            eprintln!(
                "stopped after {written} of {} answers; the same command goes on with them",
                records.len()
            );
            return Ok(Outcome::InPart);
        };
        write(file, batch, labels)?;
        written += batch.len();
        bar.set_position(written as u64);
    }
    bar.finish_and_clear();
    if cut > 0 {
        eprintln!(
            "{cut} of {completions} completions were cut at the largest length and count as wrong; \
             --max-new-tokens allows more"
        );
    }
    Ok(Outcome::Done)
}
