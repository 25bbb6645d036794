//! PRM800K as OpenAI published it (arXiv 2305.20050).
//!
//! A record is a tree: at each step several completions were rated, and one of them, or one that a
//! person wrote, was continued.
//!
//! ```text
//! step 1   a (1)  b (-1)         answers:  b
//! step 2   c (0)  d (1)                    a d
//! step 3   e (-1)                          a c e       the path, a and c being the chosen ones
//! ```
//!
//! The path is one answer; each completion that was not continued ends another. This is how TRL made
//! its copy of the data: at a step where nothing was chosen the path ends before it. A completion that
//! a person wrote counts as good. Why the labelling of a record ended (`finish_reason`) is not looked
//! at, there as here.
//!
//! Departures: TRL reads the rating 0 as bad, and so does the default; [`Neutral`] offers the other
//! readings. A completion without a rating has no label, where TRL reads bad. A record without any
//! step is an error, where TRL writes an answer without steps.

use serde::{Deserialize, Serialize};

use super::answer::{LabelledAnswer, StepLabel};
use crate::Place;
use crate::fault::Fault;
use crate::source::Fields;

/// How to read the rating 0, a step that is neither right nor wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Neutral {
    /// As bad: only what helps is good.
    #[default]
    Bad,
    /// As good: only what is wrong is bad.
    Good,
    /// As nothing to learn from.
    Ignored,
}

/// The answers of a record.
pub(super) fn read(
    fields: &Fields,
    place: Place,
    neutral: Neutral,
) -> Result<Vec<Result<LabelledAnswer, Fault>>, Fault> {
    let id = fields.id(place)?;
    let question = fields.object("question")?;
    let prompt = question.text("problem")?;
    let label = fields.object("label")?;
    let mut answers = Vec::new();
    let mut path: Vec<(String, StepLabel)> = Vec::new();
    let mut add = |path: &[_], last: Option<&_>| {
        let id = format!("{id}-{}", answers.len());
        let (steps, labels) = path.iter().chain(last).cloned().unzip();
        answers.push(LabelledAnswer::checked(id, prompt, steps, labels));
    };
    for step in label.objects("steps")? {
        let step = step?;
        let completions = completions(&step, neutral)?;
        let chosen = chosen(&step, completions.len())?;
        for (index, completion) in completions.iter().enumerate() {
            if Some(index) != chosen {
                add(&path, Some(completion));
            }
        }
        path.push(match (chosen, step.get("human_completion")) {
            (Some(chosen), _) => completions[chosen].clone(),
            (None, Some(_)) => {
                let human = step.object("human_completion")?;
                (human.text("text")?.to_owned(), StepLabel::Good)
            }
            (None, None) => break,
        });
    }
    if !path.is_empty() {
        add(&path, None);
    }
    match answers.is_empty() {
        true => Err(Fault::NoSteps),
        false => Ok(answers),
    }
}

fn completions(step: &Fields, neutral: Neutral) -> Result<Vec<(String, StepLabel)>, Fault> {
    if step.get("completions").is_none() {
        return Ok(Vec::new());
    }
    let completions = step.objects("completions")?.map(|completion| {
        let completion = completion?;
        let text = completion.text("text")?;
        Ok((text.to_owned(), rating(&completion, neutral)?))
    });
    completions.collect()
}

fn rating(completion: &Fields, neutral: Neutral) -> Result<StepLabel, Fault> {
    let Some(value) = completion.get("rating") else {
        return Ok(StepLabel::Ignored);
    };
    match (value.as_i64(), neutral) {
        (Some(1), _) | (Some(0), Neutral::Good) => Ok(StepLabel::Good),
        (Some(-1), _) | (Some(0), Neutral::Bad) => Ok(StepLabel::Bad),
        (Some(0), Neutral::Ignored) => Ok(StepLabel::Ignored),
        _ => Err(completion.wrong("rating", value, "-1, 0, 1 or null")),
    }
}

fn chosen(step: &Fields, completions: usize) -> Result<Option<usize>, Fault> {
    let field = "chosen_completion";
    if step.get(field).is_none() {
        return Ok(None);
    }
    let found = step.whole_number(field)?;
    let chosen = usize::try_from(found).ok();
    match chosen.filter(|chosen| *chosen < completions) {
        Some(chosen) => Ok(Some(chosen)),
        None => {
            let expected = format!("below {completions}, the number of completions");
            Err(Fault::wrong(step.path(field), found, expected))
        }
    }
}
