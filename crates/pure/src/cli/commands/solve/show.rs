//! The chosen answer and the rejected ones on a terminal.
//!
//! ```text
//! answer 2 of 8, min 0.905, 42: 3 steps, the lowest is 2
//!
//!    1  +0.920            │█████████   First, add them up.
//! ...
//! Rejected:
//!       min  tokens  answer
//!  5  0.811      97  42
//!
//! 8 answers, 771 tokens sampled, 1084 tokens read by the reward model
//! ```

use std::fmt::Write as _;

use pure::core::Finish;
use pure::eval::Compute;

use super::choice::{Choice, Scored};
use crate::cli::support::{Ink, counted, harmless, numbers_in, step_picture};

/// The texts of the chosen answer's steps stand beside their rewards.
pub fn draw(choice: &Choice, steps: &[String], ink: Ink) -> String {
    let (chosen, rejected) = (choice.chosen(), choice.rejected());
    let all = rejected.len() + 1;
    let head = format!(
        "answer {} of {all}, {} {}, {}",
        chosen.sample + 1,
        choice.aggregate,
        score(chosen),
        stated(chosen)
    );
    let mut out = match chosen.score {
        Some(_) => step_picture(&head, steps, &chosen.rewards, ink),
        None => format!("{head}\n\n{}\n\n", harmless(&chosen.text)),
    };
    if !rejected.is_empty() {
        let names = ["", &choice.aggregate.to_string(), "tokens", "answer"];
        let mut rows = vec![names.map(str::to_owned)];
        rows.extend(rejected.iter().map(|answer| {
            [
                (answer.sample + 1).to_string(),
                score(answer),
                answer.tokens.to_string(),
                stated(answer),
            ]
        }));
        let _ = write!(
            out,
            "{}:\n{}\n",
            ink.strong("Rejected"),
            numbers_in(0..3, rows)
        );
    }
    let Compute {
        policy_tokens,
        prm_tokens,
    } = choice.compute;
    let _ = writeln!(
        out,
        "{}, {} sampled, {} read by the reward model",
        counted(all as u64, "answer"),
        counted(policy_tokens, "token"),
        counted(prm_tokens, "token")
    );
    out
}

fn score(answer: &Scored) -> String {
    match answer.score {
        Some(score) => format!("{score:.3}"),
        None => "not judged".to_owned(),
    }
}

fn stated(answer: &Scored) -> String {
    let cut = match answer.finish {
        Finish::Length => " (cut at the largest length)",
        _ => "",
    };
    match &answer.answer {
        Some(text) => format!("{}{cut}", harmless(&text.replace('\n', " "))),
        None => format!("no answer{cut}"),
    }
}
