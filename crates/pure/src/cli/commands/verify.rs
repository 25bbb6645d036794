//! `pure verify`: is each answer right?

use std::io::{IsTerminal, stdout};
use std::path::PathBuf;

use clap::Args;
use pure::data::AnswerFields;
use pure::verify::{Verdict, Verifier};
use rayon::prelude::*;
use serde_json::{Value, json};

use crate::cli::support::records::{Fields, Input, Line, name, outcome, refusal, refused_before};
use crate::cli::support::{KnownQuestions, Outcome, QuestionArgs, VerifierArgs, harmless, print};

/// Judge whether mathematical answers are right
///
/// Reads JSON Lines, a JSON array or Parquet: {"id", "text", "answer"}, the text with all its reasoning, which may also be
/// named "response" or "prediction"; the right answer as `pure train` reads it, or by --questions. Writes each record
/// in the same order, with {"correct", "extracted", "rule", "reason"} beside its own fields; "correct" is null where the
/// right answer is null. A record that cannot be used is answered by {"line", "id", "error"}; the rest goes on, and the
/// exit code is 1 at the end.
#[derive(Args)]
pub struct Verify {
    /// File of answers, or - for standard input
    #[arg(long, value_name = "FILE|-", default_value = "-")]
    input: PathBuf,
    #[command(flatten)]
    questions: QuestionArgs,
    #[command(flatten)]
    verifier: VerifierArgs,
    /// Tell how both answers were understood, and the reason in words
    #[arg(long)]
    explain: bool,
    /// JSON Lines also on a terminal
    #[arg(long)]
    json: bool,
}

/// A record, and what is said of it.
type Judged = (Fields, Option<Verdict>);

/// Lines that are judged side by side before they are written in their order.
const WINDOW: usize = 4096;

impl Verify {
    pub fn run(self) -> miette::Result<Outcome> {
        let verifier = self.verifier.verifier();
        let questions = self.questions.read()?;
        let input = Input::open(&self.input)?;
        let bar = input.progress();
        let as_json = self.json || !stdout().is_terminal();
        let (mut judged, mut right, mut unknown, mut refused) = (0, 0, 0, 0);
        let mut lines = input.lines::<Fields>().peekable();
        while lines.peek().is_some() {
            let window: Vec<Line<Fields>> =
                lines.by_ref().take(WINDOW).collect::<Result<_, _>>()?;
            let bytes: u64 = window.iter().map(|line| line.bytes).sum();
            let judge = |line: Line<Fields>| {
                let mut record = line.record.map_err(|error| (Value::Null, error))?;
                match verdict(&verifier, &questions, &mut record) {
                    Ok(verdict) => Ok((record, verdict)),
                    Err(reason) => Err((name(&record), reason)),
                }
            };
            let judge = |line: Line<Fields>| {
                let number = line.number;
                judge(line).map_err(|(id, reason)| refusal(number, &id, &reason))
            };
            let verdicts: Vec<Result<Judged, Value>> = window.into_par_iter().map(judge).collect();
            let mut text = String::new();
            for verdict in verdicts {
                match verdict {
                    Ok((record, verdict)) => {
                        match &verdict {
                            Some(verdict) => {
                                judged += 1;
                                right += usize::from(verdict.correct);
                            }
                            None => unknown += 1,
                        }
                        text += &match as_json {
                            true => format!("{}\n", self.record(record, verdict)),
                            false => self.line(&record, verdict.as_ref()),
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
        if unknown > 0 {
            eprintln!("{unknown} more have a right answer that nobody knows");
        }
        Ok(outcome(refused, judged + unknown + refused))
    }

    /// The record with the verdict beside its own fields.
    fn record(&self, mut record: Fields, verdict: Option<Verdict>) -> Value {
        let mut tell = |name: &str, value: Value| record.insert(name.to_owned(), value);
        let verdict = verdict.as_ref();
        tell("correct", json!(verdict.map(|it| it.correct)));
        tell(
            "extracted",
            json!(verdict.and_then(|it| it.extracted.as_ref())),
        );
        let rule = verdict.and_then(|it| it.rule);
        tell("rule", json!(rule.map(|rule| rule.to_string())));
        tell("reason", json!(verdict.map(|it| it.reason.to_string())));
        if let (true, Some(verdict)) = (self.explain, verdict) {
            tell("prediction", json!(verdict.prediction));
            tell("answer", json!(verdict.answer));
        }
        Value::Object(record)
    }

    fn line(&self, record: &Fields, verdict: Option<&Verdict>) -> String {
        let id = name(record);
        let Some(verdict) = verdict else {
            return format!("?      {id}  (nobody knows the right answer)\n");
        };
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

/// Whether the answer of a record is right, if anybody knows; puts into it what it lacks.
fn verdict(
    verifier: &Verifier,
    questions: &KnownQuestions,
    record: &mut Fields,
) -> Result<Option<Verdict>, String> {
    if let Some(reason) = refused_before(record) {
        return Err(reason);
    }
    questions.complete(record, |it| AnswerFields::of(it).has_answer())?;
    let fields = AnswerFields::of(record);
    let response = fields.response().map_err(|fault| fault.to_string())?;
    match fields.answer() {
        Ok(answer) => Ok(answer.map(|answer| {
            // Of a worked solution its value, as in training.
            let value = verifier.reference(&answer);
            verifier.verify(response, &value.unwrap_or(answer))
        })),
        Err(fault) if fields.has_answer() => Err(fault.to_string()),
        Err(fault) => Err(format!(
            "{fault} to compare with: it is looked for in the record (null says that nobody knows it) and in --questions"
        )),
    }
}
