//! One prompt for a person: the text as it comes.

use std::io::{IsTerminal, stderr, stdout};
use std::ops::ControlFlow;

use miette::miette;
use pure::core::Finish;
use pure::model::Tokenizer;
use pure::rollout::{Engine, Event, Sampler, StopStrings};

use crate::cli::support::engine::summary;
use crate::cli::support::{Outcome, Requests, answer_text, harmless, print};

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
    let on_terminal = stdout().is_terminal();
    let print = |text: &str| match on_terminal {
        true => print(harmless(text)),
        false => print(text),
    };
    let (mut shown, mut cut, mut failed) = (0, 0, None);
    let mut whole = vec![String::new(); asked.requests[0].samples.len()];
    let several = whole.len() > 1;
    let sampled = engine.sample(&asked.requests, &mut |event| {
        let written = match event {
            // A stop may still take back the end of the text: then it is shown when it is whole.
            Event::Token { answer, .. } if !several && stop.is_none() => {
                let text = tokenizer.decode(answer, true);
                // A character may take several tokens; until then its place is held.
                let ready = text.trim_end_matches('\u{fffd}').len().max(shown);
                let new = text.get(shown..ready).unwrap_or_default();
                shown = ready;
                print(new)
            }
            Event::Token { .. } => Ok(()),
            Event::Finished {
                sample, rollout, ..
            } => {
                let text = answer_text(tokenizer, stop, &rollout);
                cut += usize::from(rollout.finish == Finish::Length);
                let rest = text.get(shown..).unwrap_or_default();
                let written = match several {
                    true => Ok(()),
                    false => print(&format!("{rest}\n")),
                };
                whole[sample] = text;
                written
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
    if several {
        for (sample, text) in whole.into_iter().enumerate() {
            print(&format!("[{sample}] {text}\n"))?;
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
