//! Questions by name, to which sampled answers belong, with the answers that they are verified by.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use pure_data::{BadRecord, Prompt, Question};

use crate::skipped::Skipped;

/// Questions whose samples can be verified.
#[derive(Debug, Default)]
pub struct VerifiedQuestions {
    by_name: HashMap<String, Result<Verified, String>>,
    pub(super) skipped: Skipped,
}

/// A question and its true answer.
#[derive(Debug)]
pub(super) struct Verified {
    pub prompt: Prompt,
    pub answer: String,
}

impl VerifiedQuestions {
    /// Collects questions. One without an answer, or whose name another has too, is of no use: what
    /// answers it is skipped.
    pub fn of(questions: impl IntoIterator<Item = Result<Question, BadRecord>>) -> Self {
        let mut all = Self::default();
        for question in questions {
            let Question {
                id, prompt, answer, ..
            } = match question {
                Ok(question) => question,
                Err(bad) => {
                    all.skipped.add(bad);
                    continue;
                }
            };
            match all.by_name.entry(id) {
                Entry::Occupied(there) => {
                    let reason = format!("two questions are called {:?}", there.key());
                    *there.into_mut() = Err(reason);
                }
                Entry::Vacant(free) => {
                    let nothing = format!("question {:?} has no answer to verify by", free.key());
                    let verified = answer.map(|answer| Verified { prompt, answer });
                    free.insert(verified.ok_or(nothing));
                }
            }
        }
        all
    }

    /// How many can be verified.
    pub(super) fn count(&self) -> usize {
        self.by_name.values().filter(|found| found.is_ok()).count()
    }

    /// The question of this name, or why there is none.
    pub(super) fn find(&self, name: &str) -> Result<&Verified, String> {
        match self.by_name.get(name) {
            Some(found) => found.as_ref().map_err(Clone::clone),
            None => Err(format!("no question is called {name:?}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_verified_is_told_apart() {
        let question = |id: &str, answer: Option<&str>| {
            Ok(Question {
                id: id.to_owned(),
                prompt: Prompt::Text(format!("{id}?")),
                answer: answer.map(str::to_owned),
                level: None,
                subject: None,
            })
        };
        let questions = VerifiedQuestions::of([
            question("a", Some("1")),
            question("b", None),
            question("c", Some("3")),
            question("c", Some("4")),
        ]);
        assert_eq!(questions.count(), 1);
        assert_eq!(questions.find("a").unwrap().answer, "1");
        for (name, words) in [
            ("b", "\"b\" has no answer"),
            ("c", "two questions are called \"c\""),
            ("d", "no question is called \"d\""),
        ] {
            let error = questions.find(name).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }
}
