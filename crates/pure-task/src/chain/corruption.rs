//! Ways to be wrong: one edit of a response, the rest of it left as it was.
//!
//! A reward model must have seen mistakes that the policy does not make yet. Mistakes that are
//! carried on are the business of [`super::SolutionStyle::slips`].

use super::dice::Dice;
use super::problem::{Operator, Problem};
use super::step_text::{SEPARATOR, StepText, split_steps, unclosed};
use super::vocabulary::pieces;

/// A way to be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Corruption {
    /// A solve step has another result.
    WrongResult,
    /// A solve step has another left value.
    WrongLeft,
    /// A solve step has another operator.
    WrongOperator,
    /// A solve step has another right value.
    WrongRight,
    /// A filler or the final step has another value.
    WrongValue,
    /// A solve step is left out.
    SkippedStep,
    /// A solve step comes again, at once or later.
    RepeatedStep,
    /// The response ends after any of its tokens but the last, unfinished.
    CutOff,
}

impl Corruption {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::WrongResult,
        Self::WrongLeft,
        Self::WrongOperator,
        Self::WrongRight,
        Self::WrongValue,
        Self::SkippedStep,
        Self::RepeatedStep,
        Self::CutOff,
    ];

    /// The response with this mistake, or nothing if there is no place for it.
    pub fn apply(self, problem: &Problem, response: &str, dice: &mut Dice) -> Option<String> {
        if self == Self::CutOff {
            return cut_off(response, dice);
        }
        let edited;
        let ranges = split_steps(response, false);
        let mut steps: Vec<&str> = ranges.into_iter().map(|range| &response[range]).collect();
        let solves = self != Self::WrongValue;
        let fits = |step: &StepText| matches!(step, StepText::Solve(_)) == solves;
        let read = |step| StepText::read(unclosed(step).0, problem.modulus()).filter(fits);
        let fitting = steps.iter().enumerate();
        let fitting = fitting.filter_map(|(index, step)| Some((index, read(step)?)));
        let fitting: Vec<(usize, StepText)> = fitting.collect();
        let (index, step) = fitting[dice.index(fitting.len())?];
        match self {
            Self::SkippedStep => {
                steps.remove(index);
            }
            Self::RepeatedStep => {
                let closed = response.matches(SEPARATOR).count();
                let places = closed.checked_sub(index).filter(|places| *places > 0)?;
                steps.insert(index + 1 + dice.index(places)?, steps[index]);
            }
            _ => {
                let (body, _) = unclosed(steps[index]);
                let end = &steps[index][body.len()..];
                edited = self.edit(step, problem.modulus(), dice).to_string() + end;
                steps[index] = &edited;
            }
        }
        Some(steps.concat())
    }

    fn edit(self, mut step: StepText, modulus: u32, dice: &mut Dice) -> StepText {
        let mut other = |number: &mut u32| {
            *number = (*number + 1 + dice.below(modulus - 1)) % modulus;
        };
        match &mut step {
            StepText::Filler(value) | StepText::Final(value) => other(value),
            StepText::Solve(solved) => match self {
                Self::WrongLeft => other(&mut solved.left),
                Self::WrongRight => other(&mut solved.right),
                Self::WrongOperator => {
                    let others = Operator::ALL.into_iter();
                    let mut others = others.filter(|one| *one != solved.operator);
                    let skip = dice.below(2) as usize;
                    solved.operator = others.nth(skip).expect("two of three are others");
                }
                _ => other(&mut solved.result),
            },
        }
        step
    }
}

fn cut_off(response: &str, dice: &mut Dice) -> Option<String> {
    let pieces = pieces(response);
    let kept = 1 + dice.index(pieces.len().checked_sub(1)?)?;
    Some(pieces[..kept].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::{Level, Problems, SolutionStyle, SolutionWriter, Split, StepKind, judge};

    /// Every corruption of many correct solutions, with the response as it was.
    fn corrupted() -> Vec<(Corruption, Problem, String, String)> {
        let writer = SolutionWriter::new(SolutionStyle::correct(), 0).unwrap();
        let mut dice = Dice::new(0, "test");
        let mut all = Vec::new();
        for level in [Level::base(), Level::nested()] {
            for problem in Problems::new(level, Split::Train, 0).unwrap().take(200) {
                let response = writer.write(&problem, &mut dice);
                for corruption in Corruption::ALL {
                    let edited = corruption.apply(&problem, &response, &mut dice).unwrap();
                    all.push((corruption, problem.clone(), response.clone(), edited));
                }
            }
        }
        all
    }

    #[test]
    fn every_corruption_changes_the_text_and_makes_a_bad_step_or_no_end() {
        for (corruption, problem, response, edited) in corrupted() {
            assert_ne!(edited, response);
            let judgement = judge(&problem, &edited, corruption != Corruption::CutOff);
            let bad = judgement.steps.iter().any(|step| !step.good);
            let unfinished = !judgement.finished;
            assert!(bad || unfinished, "{corruption:?} {edited:?}");
            assert_eq!(unfinished, corruption == Corruption::CutOff);
        }
    }

    #[test]
    fn an_edit_leaves_every_step_of_its_form() {
        for (corruption, problem, _, edited) in corrupted() {
            let tail = corruption == Corruption::CutOff;
            let steps = judge(&problem, &edited, !tail).steps;
            let kinds = [StepKind::Solve, StepKind::Filler, StepKind::Final];
            for step in steps {
                assert!(kinds.contains(&step.kind) || (tail && step.kind == StepKind::Tail));
            }
        }
    }

    #[test]
    fn a_response_without_a_place_for_a_mistake_is_left_alone() {
        let problem: Problem = "7+3*4=".parse().unwrap();
        let mut dice = Dice::new(0, "test");
        for corruption in Corruption::ALL {
            assert_eq!(corruption.apply(&problem, "", &mut dice), None);
            let edited = corruption.apply(&problem, "é\n\n\n", &mut dice);
            assert!(edited.is_none() || corruption == Corruption::CutOff);
        }
    }
}
