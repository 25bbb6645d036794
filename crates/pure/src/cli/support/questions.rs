//! Questions and right answers from a file of their own, for records that lack them.

use std::collections::HashMap;
use std::path::PathBuf;

use clap::Args;
use miette::miette;
use pure::data::{AnswerFields, Question, Questions};
use serde_json::json;

use super::records::Fields;

/// Where records get what they lack.
#[derive(Args)]
pub struct QuestionArgs {
    /// Questions and right answers, as prompts of `pure train`, for records that lack them; the "id" of a record names
    /// its question
    #[arg(long, value_name = "FILE")]
    questions: Option<PathBuf>,
}

/// Questions by their names.
#[derive(Default)]
pub struct KnownQuestions {
    /// The file; without one nothing is known.
    path: Option<PathBuf>,
    by_id: HashMap<String, Question>,
}

impl QuestionArgs {
    /// Reads the whole file; the first bad record ends it, before any work is done.
    pub fn read(&self) -> miette::Result<KnownQuestions> {
        let Some(path) = &self.questions else {
            return Ok(KnownQuestions::default());
        };
        let mut by_id = HashMap::new();
        for question in Questions::open(path, None).map_err(|error| miette!("{error}"))? {
            let question = question.map_err(|error| miette!("{error}"))?;
            if let Some(before) = by_id.insert(question.id.clone(), question) {
                return Err(miette!(
                    help = "give each question an `id` of its own",
                    "{}: two questions are called {:?}",
                    path.display(),
                    before.id
                ));
            }
        }
        Ok(KnownQuestions {
            path: Some(path.clone()),
            by_id,
        })
    }
}

impl KnownQuestions {
    /// Puts into a record the question and the right answer that it lacks. Where its question is not known, that is
    /// an error if the record alone is not enough.
    pub fn complete(
        &self,
        record: &mut Fields,
        is_enough: impl Fn(&Fields) -> bool,
    ) -> Result<(), String> {
        let fields = AnswerFields::of(record);
        let (has_prompt, has_answer) = (fields.has_prompt(), fields.has_answer());
        let Some(path) = self.path.as_ref().filter(|_| !has_prompt || !has_answer) else {
            return Ok(());
        };
        let id = fields.id().map(|id| match id.as_str() {
            Some(name) => name.to_owned(),
            None => id.to_string(),
        });
        let known = id.as_ref().and_then(|id| self.by_id.get(id));
        let Some(question) = known else {
            let path = path.display();
            return match id {
                _ if is_enough(record) => Ok(()),
                Some(id) => Err(format!("{path} has no question {id:?}")),
                None => Err(format!(
                    "there is no `id` to find the question by in {path}"
                )),
            };
        };
        if !has_prompt {
            record.insert("prompt".to_owned(), json!(question.prompt));
        }
        if !has_answer {
            record.insert("answer".to_owned(), json!(question.answer));
        }
        Ok(())
    }
}
