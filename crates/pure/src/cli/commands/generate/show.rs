//! One prompt for a person on a terminal: the text as it comes.

use std::io::{IsTerminal, stderr};
use std::ops::ControlFlow;

use miette::miette;
use pure::core::Finish;
use pure::model::Tokenizer;
use pure::rollout::{Engine, Event, Sampler, StopStrings};

use crate::cli::support::engine::summary;
use crate::cli::support::{GrowingText, Outcome, Requests, answer_text, harmless, print};

/// Prints the answers: one as it comes, several when they are whole.
pub fn stream(
    engine: &mut Engine,
    asked: &Requests,
    tokenizer: Option<&Tokenizer>,
    stop: Option<&StopStrings>,
) -> miette::Result<Outcome> {
    if let [Err(refusal)] = asked.records.as_slice() {
        let reason = refusal["error"].as_str().unwrap_or_default();
        return Err(miette!("the prompt cannot be used: {reason}"));
    }
    let Some(tokenizer) = tokenizer else {
        return Err(miette!(
            help = "--json prints tokens",
            "the model's folder has no tokenizer to show text with"
        ));
    };
    let mut whole = vec![String::new(); asked.requests[0].samples.len()];
    let mut growing = (whole.len() == 1).then(|| GrowingText::new(tokenizer, stop));
    let (mut cut, mut failed) = (0, None);
    let sampled = engine.sample(&asked.requests, &mut |event| {
        let written = match event {
            Event::Token { answer, .. } => match &mut growing {
                Some(growing) => growing.show(answer),
                None => Ok(()),
            },
            Event::Finished {
                sample, rollout, ..
            } => {
                cut += usize::from(rollout.finish == Finish::Length);
                whole[sample] = answer_text(tokenizer, stop, &rollout);
                match growing.take() {
                    Some(growing) => growing.end(&whole[sample]),
                    None => Ok(()),
                }
            }
        };
        failed = written.err();
        match failed {
            Some(_) => ControlFlow::Break(()),
            None => ControlFlow::Continue(()),
        }
    });
    if let Some(failure) = failed {
        return Err(failure);
    }
    let phases = sampled.map_err(|error| miette!("{error}"))?;
    if whole.len() > 1 {
        for (sample, text) in whole.iter().enumerate() {
            print(format_args!("[{sample}] {}\n", harmless(text)))?;
        }
    }
    if stderr().is_terminal() {
        eprintln!("{}", summary(&phases));
    }
    if cut > 0 {
        eprintln!("{cut} cut at the largest length; --max-new-tokens allows more");
    }
    Ok(Outcome::Done)
}
