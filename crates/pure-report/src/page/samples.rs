//! The answers of policies, for the browser of samples: those of the last evaluation of each arm and of its first, and
//! what its last iteration learned from.

use crate::Error;
use crate::arms::Arm;
use crate::sample_browser::{Group, Question, Samples, Shown, Wrong};
use crate::samples_jsonl::{Sample, first_of};

/// Answers of an evaluation that are in the page, at most.
const MOST: usize = 256;

/// Bytes of texts of an arm, at most: a page must open.
const MOST_BYTES: usize = 4 << 20;

/// The answers of an arm, read.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    /// What they were drawn at, and those that were drawn then.
    drawn: Vec<(String, Vec<Sample>)>,
    left_out: usize,
}

impl Answers {
    /// Of the first run of an arm.
    pub fn read(arm: &Arm) -> Result<Self, Error> {
        let run = &arm.runs[0];
        let evaluated = || run.survey.evaluated_lengths.iter();
        let last = evaluated().next_back();
        let first = evaluated()
            .next()
            .filter(|(step, _)| last.is_some_and(|(last, _)| last > step));
        let evaluations = last.into_iter().chain(first);
        let evaluations = evaluations.map(|(step, lengths)| ("step", *step, false, lengths.len()));
        let trained = run.survey.trained_lengths.iter().next_back();
        let trained = trained.map(|(step, lengths)| ("iteration", *step, true, lengths.len()));
        let mut answers = Self::default();
        let mut bytes = 0;
        for (name, step, is_trained, all) in evaluations.chain(trained) {
            let path = run.folder.join("samples.jsonl");
            let mut samples = first_of(&path, step, is_trained, MOST)?;
            samples.retain(|sample| {
                bytes += sample.text.len() + sample.prompt.len();
                bytes <= MOST_BYTES
            });
            answers.left_out += all - samples.len();
            let learned = if is_trained { ", learned from" } else { "" };
            let name = format!("{}, {name} {step}{learned}", arm.name);
            answers.drawn.push((name, samples));
        }
        Ok(answers)
    }
}

/// The answers of all arms as the script takes them.
pub(crate) fn samples(arms: &[Answers]) -> Samples<'_> {
    let mut all = Samples {
        group_name: "Drawn at",
        groups: Vec::new(),
        reasons: Vec::new(),
        samples: Vec::new(),
        left_out: arms.iter().map(|arm| arm.left_out).sum(),
    };
    for (name, samples) in arms.iter().flat_map(|arm| &arm.drawn) {
        let mut problems: Vec<Question<'_>> = Vec::new();
        for sample in samples {
            let id = sample.place.id.as_str();
            // Answers to a prompt follow one another.
            if problems
                .last()
                .is_none_or(|last| last.id != id || last.prompt != sample.prompt)
            {
                problems.push(Question {
                    id,
                    prompt: sample.prompt.clone(),
                    answer: None,
                    level: None,
                    subject: None,
                });
            }
            all.samples
                .push(shown(all.groups.len(), problems.len() - 1, sample));
        }
        let name = name.clone();
        all.groups.push(Group { name, problems });
    }
    all
}

fn shown(group: usize, problem: usize, sample: &Sample) -> Shown<'static> {
    let steps = pure_data::cut_steps(&sample.text);
    let rewards: Option<Vec<f32>> = sample.rewards.iter().copied().collect();
    // Where no reward model was asked all of them are 0.
    let rewards = rewards.filter(|rewards| rewards.iter().any(|reward| *reward != 0.0));
    let apart = rewards
        .as_ref()
        .is_none_or(|rewards| rewards.len() == steps.len());
    let cut = sample.is_cut();
    Shown {
        at: (group, problem, sample.place.number()),
        steps: if apart {
            steps
        } else {
            vec![sample.text.clone()]
        },
        rewards,
        extracted: None,
        wrong: match sample.outcome {
            Some(outcome) if outcome >= 0.5 => None,
            Some(_) if cut => Some(Wrong::CutOff),
            Some(_) => Some(Wrong::AnotherAnswer),
            None => Some(Wrong::NotVerified),
        },
        reason: None,
        tokens: sample.place.tokens as usize,
        cut,
    }
}
