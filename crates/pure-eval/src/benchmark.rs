//! Problems whose answers are known.
//!
//! Files are read by [`Questions`], so whatever can be trained on can be evaluated on. The true answer is
//! the value that the verifier finds in what the file says, [`Verifier::reference`]:
//!
//! | benchmark | where the true answer stands |
//! | --- | --- |
//! | MATH-500, AMC 23, AIME 24 | `answer` |
//! | Minerva | the last box of `solution` |
//! | OlympiadBench | `final_answer`, the texts of a list separated by commas |
//! | GSM8K | behind `####` in `answer` |
//!
//! Departures from the evaluation that PURE was published with: it takes the last box of MATH-500's `solution`, which
//! is equal to `answer` in all 500, and of a `final_answer` the first text alone, where none has two. It takes spaces off
//! both ends of a question; here a model reads what the file says.

use std::collections::HashMap;
use std::path::Path;

use pure_data::{Prompt, Question, QuestionFields, Questions, name_of};
use pure_files::Fingerprint;
use pure_verify::Verifier;

use crate::Error;

/// A problem whose answer is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// Its name, which no other problem of the benchmark has.
    pub id: String,
    /// What is asked.
    pub prompt: Prompt,
    /// The right answer, as the verifier takes it.
    pub answer: String,
    /// How hard it is, as the file says it.
    pub level: Option<String>,
    /// What it is about.
    pub subject: Option<String>,
}

/// The problems of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Benchmark {
    /// What it is called.
    pub name: String,
    /// The file as it was read.
    pub fingerprint: Fingerprint,
    /// The problems, in the order of the file.
    pub problems: Vec<Problem>,
    /// The names of questions that were left out, since they have no answer that can be verified.
    pub without_answer: Vec<String>,
}

impl Benchmark {
    /// Reads a file of JSON lines, a JSON array or Parquet.
    ///
    /// # Errors
    ///
    /// [`Error::Data`] for a file or a record that cannot be read, [`Error::NoProblems`] or
    /// [`Error::SameProblem`].
    pub fn read(
        path: impl AsRef<Path>,
        fields: &QuestionFields,
        verifier: &Verifier,
    ) -> Result<Self, Error> {
        let path = path.as_ref();
        let fingerprint = pure_files::fingerprint(path)?;
        let (mut problems, mut without_answer) = (Vec::new(), Vec::new());
        let mut ids = HashMap::new();
        for (question, number) in Questions::open_named(path, None, fields.clone())?.zip(1..) {
            let Question {
                id,
                prompt,
                answer,
                level,
                subject,
            } = question.map_err(pure_data::Error::from)?;
            if let Some(first) = ids.insert(id.clone(), number) {
                return Err(Error::SameProblem {
                    path: path.to_owned(),
                    id,
                    records: (first, number),
                });
            }
            let answer = answer.and_then(|stated| verifier.reference(&stated));
            match answer {
                None => without_answer.push(id),
                Some(answer) => problems.push(Problem {
                    id,
                    prompt,
                    answer,
                    level,
                    subject,
                }),
            }
        }
        if problems.is_empty() {
            return Err(Error::NoProblems {
                path: path.to_owned(),
                questions: without_answer.len(),
            });
        }
        Ok(Self {
            name: name_of(path),
            fingerprint,
            problems,
            without_answer,
        })
    }
}
