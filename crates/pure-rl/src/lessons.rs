//! What a reward model learns from answers of the policy: a label for each step.
//!
//! ```text
//! outcomes   the outcome of the answer, for each of its steps; where rewards may use it, and nowhere else
//! a judge    what it says of each step
//! ```

use pure_data::StepLabel;
use pure_model::MarkedAnswer;
use pure_prm::StepReader;

use crate::answer::Answer;
use crate::error::Error;

/// Who knows whether steps are good: an oracle, a person, another model.
pub trait StepJudge {
    /// A label for each step of an answer; nothing if it cannot be known.
    ///
    /// # Errors
    ///
    /// What makes it useless to go on.
    fn labels(&mut self, answer: &Answer) -> Result<Option<Vec<StepLabel>>, Error>;
}

/// An answer as a reward model reads it, with a label for each step.
pub(crate) type Lesson = (MarkedAnswer, Vec<StepLabel>);

/// The answers of which something is known.
pub(crate) fn lessons(
    answers: &[&Answer],
    reader: &StepReader,
    mut judge: Option<&mut (dyn StepJudge + 'static)>,
) -> Result<Vec<Lesson>, Error> {
    let mut lessons = Vec::new();
    for answer in answers {
        let known = match &mut judge {
            Some(judge) => judge.labels(answer)?,
            None => answer
                .scores
                .outcome
                .map(|outcome| of_outcome(answer, outcome)),
        };
        let Some(labels) = known else { continue };
        if labels.len() != answer.steps.len() {
            return Err(Error::LabelCount);
        }
        if labels.iter().all(|label| label.target().is_none()) {
            continue;
        }
        lessons.extend(answer.marked(reader)?.map(|marked| (marked, labels)));
    }
    Ok(lessons)
}

/// The outcome of an answer as the label of each step; a separator that is counted twice is asked once.
fn of_outcome(answer: &Answer, outcome: f32) -> Vec<StepLabel> {
    let label = match outcome >= 0.5 {
        true => StepLabel::Good,
        false => StepLabel::Bad,
    };
    let steps = answer.steps.iter();
    let labels = steps.map(|step| match step.is_empty() {
        true => StepLabel::Ignored,
        false => label,
    });
    labels.collect()
}
