//! Right answers that are hidden from a run, as PURE was published with them: of 8,523 prompts, 879 with an answer.

use serde_json::{Map, Value};

use crate::questions::{ANSWERS, SOLUTION};

/// What hides an answer from every reader of this crate.
const HIDDEN: &str = "null";
/// Where it is kept.
const KEPT: &str = "ref_answer";

/// Hides the right answer of a record, if it has one that is not hidden: it is `"null"` from now on, and stands under
/// `ref_answer`, where no reader of this crate looks. What stands under `solution` stays, for whoever learns from it.
///
/// ```
/// use pure_data::hide_answer;
/// use serde_json::json;
///
/// let mut record = json!({"problem": "1+1?", "answer": "2", "level": 3});
/// assert!(hide_answer(record.as_object_mut().unwrap()));
/// assert_eq!(record, json!({"problem": "1+1?", "answer": "null", "level": 3, "ref_answer": "2"}));
/// assert!(!hide_answer(record.as_object_mut().unwrap()));
/// ```
pub fn hide_answer(record: &mut Map<String, Value>) -> bool {
    let stated = |record: &Map<String, Value>, name: &str| {
        let found = record.get(name).filter(|value| !value.is_null());
        found.cloned()
    };
    let all = ANSWERS.iter().chain([&SOLUTION]);
    let Some(answer) = all.into_iter().find_map(|name| stated(record, name)) else {
        return false;
    };
    if answer == HIDDEN {
        return false;
    }
    for name in ANSWERS {
        if record.contains_key(name) {
            record.insert(name.to_owned(), HIDDEN.into());
        }
    }
    record.entry(ANSWERS[0]).or_insert_with(|| HIDDEN.into());
    record.insert(KEPT.to_owned(), answer);
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Demonstrations, Questions};

    #[test]
    fn no_reader_finds_a_hidden_answer_and_solutions_are_learned_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hidden.jsonl");
        for (record, kept) in [
            (json!({"question": "1+1?", "answer": 2.0}), json!(2.0)),
            (
                json!({"question": "1+1?", "final_answer": ["1", "2"], "ground_truth": "1,2"}),
                json!(["1", "2"]),
            ),
            (
                json!({"problem": "1+1?", "solution": "So \\boxed{2}."}),
                json!("So \\boxed{2}."),
            ),
            (
                json!({"problem": "1+1?", "answer": null, "solution": "So 2."}),
                json!("So 2."),
            ),
        ] {
            let mut hidden = record.clone();
            assert!(hide_answer(hidden.as_object_mut().unwrap()), "{record}");
            assert_eq!(hidden["ref_answer"], kept);
            std::fs::write(&path, format!("{hidden}\n")).unwrap();
            let question = Questions::open(&path, None).unwrap().next().unwrap();
            assert_eq!(question.unwrap().answer, None, "{hidden}");
            if let Some(solution) = record.get("solution") {
                let learned = Demonstrations::open(&path, None).unwrap().next().unwrap();
                assert_eq!(learned.unwrap().completion, solution.as_str().unwrap());
            }
        }
    }

    #[test]
    fn a_record_without_an_answer_stays_as_it_is() {
        for record in [
            json!({"question": "1+1?"}),
            json!({"question": "1+1?", "answer": null}),
            json!({"question": "1+1?", "answer": "null", "ref_answer": "2"}),
        ] {
            let mut hidden = record.clone();
            assert!(!hide_answer(hidden.as_object_mut().unwrap()));
            assert_eq!(hidden, record);
        }
    }
}
