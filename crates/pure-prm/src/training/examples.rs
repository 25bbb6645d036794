//! Step-labelled answers as tokens, with a question at the end of every labelled step.

use std::path::Path;

use pure_data::{LabelledAnswer, LabelledAnswers, ReadOptions, StepLabel};
use pure_model::{MarkedAnswer, Sequence};

use super::consensus::Consensus;
use crate::error::Error;
use crate::step_reader::StepReader;

/// What is targets at the end of a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Question {
    /// How good the step is: 1, 0, or a probability.
    pub good: f32,
    /// The number of the answer that it belongs to.
    pub answer: usize,
}

/// What is read of a file.
pub(crate) struct Read {
    pub sequences: Vec<Sequence<Question>>,
    /// Answers that were left out because even the first labelled step ends behind the limit.
    pub too_long: usize,
    /// Answers that were left out because a second labelling does not have the same first error.
    pub contested: usize,
}

/// The answers of a file, those alone that a second labelling agrees with, where there is one. The first bad record ends
/// it, before any work was done.
pub(crate) fn read(
    path: &Path,
    reader: &StepReader,
    max_tokens: usize,
    consensus: Option<&Consensus>,
) -> Result<Read, Error> {
    let (mut sequences, mut too_long, mut unlabelled) = (Vec::new(), 0, 0);
    let mut contested = 0;
    for answer in LabelledAnswers::open(path, ReadOptions::default())? {
        let answer = answer?;
        if consensus.is_some_and(|consensus| !consensus.trusts(&answer)) {
            contested += 1;
            continue;
        }
        let sequence = example(&answer, reader).map_err(|reason| Error::Example {
            path: path.to_owned(),
            id: answer.id.clone(),
            reason,
        })?;
        unlabelled += usize::from(sequence.targets.is_empty());
        match cut(sequence, max_tokens) {
            Some(sequence) => sequences.push(sequence),
            None => too_long += 1,
        }
    }
    if sequences.is_empty() {
        let reason = match (too_long, unlabelled, contested) {
            (0, _, 0) => "it holds no answer".to_owned(),
            (0, ..) => "the file of `consensus` has the same first error for none of its answers"
                .to_owned(),
            (_, 0, _) => format!("in all answers, the first step ends behind {max_tokens} tokens"),
            _ => "no answer has a labelled step that is read".to_owned(),
        };
        let path = path.to_owned();
        return Err(pure_run::Error::NothingToLearn { path, reason }.into());
    }
    Ok(Read {
        sequences,
        too_long,
        contested,
    })
}

/// Gives each answer's questions its number.
pub(crate) fn number(sequences: &mut [Sequence<Question>]) {
    for (number, sequence) in sequences.iter_mut().enumerate() {
        for (_, question) in &mut sequence.targets {
            question.answer = number;
        }
    }
}

fn example(answer: &LabelledAnswer, reader: &StepReader) -> Result<Sequence<Question>, String> {
    let read = reader.steps(&answer.prompt, &answer.steps);
    let read = read.map_err(|error| error.to_string())?.marked;
    Ok(questions(read, &answer.labels))
}

/// An answer with a question at the end of each step that has a label.
pub(crate) fn questions(read: MarkedAnswer, labels: &[StepLabel]) -> Sequence<Question> {
    let labels = labels.iter().zip(&read.ends);
    let targets = labels.filter_map(|(label, end)| {
        let good = label.target()?;
        Some((read.prompt.len() + end, Question { good, answer: 0 }))
    });
    let targets = targets.collect();
    let tokens = [read.prompt, read.answer].concat();
    Sequence { tokens, targets }
}

/// What there is to read up to the last labelled step that ends within the limit. Labels stay with
/// their steps: whole steps are cut off, never a part of one.
fn cut(mut sequence: Sequence<Question>, max_tokens: usize) -> Option<Sequence<Question>> {
    sequence.targets.retain(|(place, _)| *place < max_tokens);
    let (last, _) = sequence.targets.last()?;
    sequence.tokens.truncate(last + 1);
    Some(sequence)
}

impl Question {
    /// The label, to the nearest.
    pub fn is_good(&self) -> bool {
        self.good >= 0.5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_answer_loses_whole_steps_and_keeps_the_labels_of_the_rest() {
        let question = |good| Question { good, answer: 0 };
        let sequence = Sequence {
            tokens: (0..10).collect(),
            targets: vec![(3, question(1.0)), (6, question(0.0)), (9, question(1.0))],
        };
        let cut_to = |limit| cut(sequence.clone(), limit);
        assert_eq!(cut_to(10), Some(sequence.clone()));
        let shorter = cut_to(9).unwrap();
        assert_eq!(shorter.tokens, (0..7).collect::<Vec<_>>());
        assert_eq!(shorter.targets, sequence.targets[..2]);
        assert_eq!(cut_to(3), None);
    }
}
