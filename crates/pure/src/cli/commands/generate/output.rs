//! The records of `pure generate`: whole lines, in the order of the input.

use std::collections::BTreeSet;
use std::path::Path;

use miette::miette;
use pure::core::{Finish, Rollout};
use pure::data::cut_steps;
use pure::model::Tokenizer;
use pure::rollout::{Engine, StopStrings};
use pure::run::stop_on_signals;
use serde::Serialize;
use serde_json::Value;

use crate::cli::support::records::{Fields, outcome};
use crate::cli::support::{
    Answers, Asked, GrowingFile, Origin, Outcome, Requests, answer_text, sample,
};

/// The file that records go to, if it is one and not standard output; `resume` keeps its whole lines, which were made with
/// these settings, and cuts off a last one that is not whole.
pub fn open(
    path: Option<&Path>,
    resume: bool,
    settings: &str,
) -> miette::Result<Option<GrowingFile>> {
    let Some(path) = path.filter(|path| *path != Path::new("-")) else {
        return match resume {
            true => Err(miette!("--resume needs an output that is a file")),
            false => Ok(None),
        };
    };
    if !resume && path.metadata().is_ok_and(|file| file.len() > 0) {
        return Err(miette!(
            help = "--resume goes on with it; otherwise name another file, or remove it",
            "{} is there already",
            path.display()
        ));
    }
    GrowingFile::open(path, settings).map(Some)
}

/// Samples answers and writes them as they finish, each when all before it are written: these fields of each, or all of
/// them if none is named.
pub fn write(
    file: Option<GrowingFile>,
    engine: &mut Engine,
    mut asked: Requests,
    tokenizer: Option<&Tokenizer>,
    stop: Option<&StopStrings>,
    named: &[String],
) -> miette::Result<Outcome> {
    let (ids, fields) = (
        std::mem::take(&mut asked.ids),
        std::mem::take(&mut asked.fields),
    );
    let (refused, lines) = (asked.refused(), asked.refused() + asked.requests.len());
    let line = |origin: Origin, rollout: &Rollout| {
        let Origin {
            request, sample, ..
        } = origin;
        let text = tokenizer.map(|tokenizer| answer_text(tokenizer, stop, rollout));
        let record = Record {
            id: &ids[request],
            sample,
            tokens: &rollout.tokens,
            logprobs: &rollout.log_probs,
            drawn_logprobs: rollout.drawn_log_probs.as_deref(),
            steps: text.as_deref().map(cut_steps),
            text,
            finish: rollout.finish,
            asked: &fields[request],
        };
        let line = match named {
            [] => serde_json::to_string(&record),
            _ => serde_json::to_string(&chosen(&record, named)),
        };
        line.expect("a record is always JSON")
    };
    let mut answers = [Answers::new(file, asked)?];
    let interrupter = stop_on_signals();
    match sample(engine, &mut answers, line, &interrupter, "--resume")? {
        Outcome::Done => Ok(outcome(refused, lines)),
        Outcome::InPart => Ok(Outcome::InPart),
    }
}

/// What is told of an answer.
pub const TOLD: [&str; 8] = [
    "id",
    "sample",
    "tokens",
    "logprobs",
    "drawn_logprobs",
    "text",
    "steps",
    "finish",
];

/// Refuses the name of a field that no record has.
pub fn check_names(named: &[String], asked: &[Asked]) -> miette::Result<()> {
    let of_prompts: BTreeSet<&str> = asked
        .iter()
        .flat_map(|asked| asked.fields.keys().map(String::as_str))
        .collect();
    let is_known = |name: &str| TOLD.contains(&name) || of_prompts.contains(name);
    let Some(unknown) = named.iter().find(|name| !is_known(name)) else {
        return Ok(());
    };
    let known: Vec<&str> = TOLD.into_iter().chain(of_prompts).collect();
    Err(miette!(
        help = format!("there are {}", known.join(", ")),
        "no record has a field `{unknown}`"
    ))
}

/// The named fields of a record, as far as it has them, in the order in which they are named.
fn chosen(record: &Record<'_>, named: &[String]) -> Fields {
    let Ok(Value::Object(mut all)) = serde_json::to_value(record) else {
        unreachable!("a record is a JSON object");
    };
    let chosen = named
        .iter()
        .filter_map(|name| Some((name.clone(), all.remove(name)?)));
    chosen.collect()
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
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<String>>,
    finish: Finish,
    /// The other fields of the prompt's record.
    #[serde(flatten)]
    asked: &'a Fields,
}
