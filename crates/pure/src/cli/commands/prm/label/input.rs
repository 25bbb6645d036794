//! What is to be labelled: all of it is looked at before the model is loaded.

use std::collections::HashMap;
use std::path::Path;

use miette::miette;
use pure::data::{AnswerFields, CheckableAnswer, Place, RawRecords};
use pure::files::Input;
use pure::model::ModelConfig;
use pure::prm::{Attempt, Labeller};
use pure::rollout::{Error, Request};

use crate::cli::commands::data;
use crate::cli::support::records::{Fields, refused_before};
use crate::cli::support::{KnownQuestions, Prompts, harmless};

/// Faults that are told one by one.
const TOLD: usize = 10;

/// The records of a file.
#[derive(Default)]
pub struct Records {
    pub usable: Vec<Usable>,
    pub faults: Vec<(Place, String)>,
}

/// A record that can be labelled, as it is read and as it is asked about.
pub struct Usable {
    pub given: CheckableAnswer,
    pub attempt: Attempt,
}

impl Records {
    pub fn read(
        path: &Path,
        questions: &KnownQuestions,
        labeller: &Labeller,
        prompts: &Prompts<'_>,
        model: &ModelConfig,
    ) -> miette::Result<Self> {
        let (mut records, mut seen) = (Self::default(), HashMap::new());
        for record in RawRecords::of(open(path)?).map_err(data::explain)? {
            let place = record.place;
            let given = record.fields.map_err(|fault| fault.to_string());
            let record = match given.and_then(|fields| checkable(fields, place, questions)) {
                Ok(given) => {
                    let (id, sample) = (given.stepwise.id.clone(), given.sample);
                    match seen.insert((id.clone(), sample), place) {
                        Some(first) => Err(format!("the id `{id}` was used before, on {first}")),
                        None => usable(given, labeller, prompts, model)?,
                    }
                }
                Err(reason) => Err(reason),
            };
            match record {
                Ok(record) => records.usable.push(record),
                Err(reason) => records.faults.push((place, reason)),
            }
        }
        Ok(records)
    }

    /// Names what cannot be used.
    pub fn tell_faults(&self, path: &Path) {
        if self.faults.is_empty() {
            return;
        }
        for (place, reason) in self.faults.iter().take(TOLD) {
            eprintln!("{}, {place}: {}", path.display(), harmless(reason));
        }
        let all = self.faults.len() + self.usable.len();
        eprintln!(
            "{} of {all} records cannot be used and are left out",
            self.faults.len()
        );
    }
}

fn open(path: &Path) -> miette::Result<Input> {
    match path == Path::new("-") {
        true => Ok(Input::standard()),
        false => Input::open_stream(path).map_err(|error| data::explain(error.into())),
    }
}

/// An answer in steps with the right answer to its question.
fn checkable(
    mut record: Fields,
    place: Place,
    questions: &KnownQuestions,
) -> Result<CheckableAnswer, String> {
    if let Some(reason) = refused_before(&record) {
        return Err(reason);
    }
    questions.complete(&mut record, |it| {
        let fields = AnswerFields::of(it);
        fields.has_prompt() && fields.has_answer()
    })?;
    CheckableAnswer::of(&record, place).map_err(|fault| fault.to_string())
}

/// The record, or why it cannot be used; an error where that is so of all of them.
fn usable(
    given: CheckableAnswer,
    labeller: &Labeller,
    prompts: &Prompts<'_>,
    model: &ModelConfig,
) -> miette::Result<Result<Usable, String>> {
    let prompt = match prompts.text(&given.stepwise.prompt) {
        Ok(prompt) => prompt,
        Err(reason) => return Ok(Err(reason)),
    };
    let attempt = Attempt {
        number: given.place.number(),
        prompt,
        steps: given.stepwise.steps.clone(),
        truth: given.truth.clone(),
    };
    let request = match labeller.longest_request(&attempt) {
        Ok(request) => request,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let (number, limit) = (attempt.number as usize, model.max_position_embeddings);
    let check = |request: Request| request.check(number, model.vocab_size, limit);
    match request.map_or(Ok(()), check) {
        Ok(()) => Ok(Ok(Usable { given, attempt })),
        Err(Error::Setting {
            setting,
            found,
            expected,
            ..
        }) => Err(miette!("`{setting}` is {found}: it must be {expected}")),
        Err(error) => Ok(Err(error.to_string())),
    }
}
