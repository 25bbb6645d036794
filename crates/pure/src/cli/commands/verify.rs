//! `pure verify`: is each answer right?

use std::io::{IsTerminal, stdout};
use std::path::PathBuf;

use clap::Args;
use pure::verify::{Decimals, Mode, Verdict, Verifier};
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::support::records::{Input, Line, outcome, refusal};
use crate::cli::support::{Outcome, harmless, named, print};

/// Judge whether mathematical answers are right
///
/// Reads JSON Lines {"id", "prediction", "answer"}, the prediction with all its reasoning, and writes
/// {"id", "correct", "extracted", "rule", "reason"} in the same order. A line that cannot be used is
/// answered by {"line", "id", "error"}; the rest goes on, and the exit code is 1 at the end.
#[derive(Args)]
pub struct Verify {
    /// JSON Lines, or - for standard input
    #[arg(long, value_name = "FILE|-")]
    input: PathBuf,
    /// By what answers mean, or by their text as graders of MATH do
    #[arg(long, default_value = "sound", value_parser = named(&MODES))]
    mode: Mode,
    /// Let a written decimal equal what rounds to it: 3.14 is pi
    #[arg(long)]
    rounded: bool,
    /// Tell how both answers were understood, and the reason in words
    #[arg(long)]
    explain: bool,
    /// JSON Lines also on a terminal
    #[arg(long)]
    json: bool,
}

const MODES: [(&str, Mode); 2] = [("sound", Mode::Sound), ("math", Mode::Math)];

#[derive(Deserialize)]
struct Pair {
    #[serde(default)]
    id: Value,
    prediction: String,
    answer: String,
}

/// Lines that are judged side by side before they are written in their order.
const WINDOW: usize = 4096;

impl Verify {
    pub fn run(self) -> miette::Result<Outcome> {
        let verifier = Verifier {
            mode: self.mode,
            decimals: match self.rounded {
                true => Decimals::Rounded,
                false => Decimals::Exact,
            },
        };
        let input = Input::open(&self.input)?;
        let bar = input.progress();
        let as_json = self.json || !stdout().is_terminal();
        let (mut judged, mut right, mut refused) = (0, 0, 0);
        let mut lines = input.lines::<Pair>().peekable();
        while lines.peek().is_some() {
            let window: Vec<Line<Pair>> = lines.by_ref().take(WINDOW).collect::<Result<_, _>>()?;
            let bytes: u64 = window.iter().map(|line| line.bytes).sum();
            let judge = |line: Line<Pair>| match line.record {
                Ok(pair) => Ok((verifier.verify(&pair.prediction, &pair.answer), pair.id)),
                Err(error) => Err(refusal(line.number, &Value::Null, &error)),
            };
            let verdicts: Vec<_> = window.into_par_iter().map(judge).collect();
            let mut text = String::new();
            for verdict in verdicts {
                match verdict {
                    Ok((verdict, id)) => {
                        judged += 1;
                        right += usize::from(verdict.correct);
                        text += &match as_json {
                            true => format!("{}\n", self.record(&verdict, &id)),
                            false => self.line(&verdict, &id),
                        };
                    }
                    Err(answer) => {
                        refused += 1;
                        text += &format!("{answer}\n");
                    }
                }
            }
            bar.suspend(|| print(text))?;
            bar.inc(bytes);
        }
        bar.finish_and_clear();
        eprintln!("{right} of {judged} answers are right");
        Ok(outcome(refused, judged + refused))
    }

    fn record(&self, verdict: &Verdict, id: &Value) -> Value {
        let mut record = json!({
            "id": id,
            "correct": verdict.correct,
            "extracted": verdict.extracted,
            "rule": verdict.rule.map(|rule| rule.to_string()),
            "reason": verdict.reason.to_string(),
        });
        if self.explain {
            record["prediction"] = json!(verdict.prediction);
            record["answer"] = json!(verdict.answer);
        }
        record
    }

    fn line(&self, verdict: &Verdict, id: &Value) -> String {
        let judged = if verdict.correct { "right" } else { "wrong" };
        let found = verdict.extracted.as_deref().unwrap_or("nothing");
        let mut line = format!("{judged}  {id}  {found}  ({})\n", verdict.reason);
        if self.explain {
            let read = verdict.prediction.as_deref().unwrap_or("nothing");
            line += &format!("       read as {read}, against {}\n", verdict.answer);
        }
        harmless(&line).into_owned()
    }
}
