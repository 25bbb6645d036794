//! Step-labelled answers that no model wrote, to teach a reward model with.
//!
//! | of 8 | what |
//! | --- | --- |
//! | 2 | solutions in the asked style |
//! | 1 | long-winded ones |
//! | 2 | ones with a slip in every second step, carried on |
//! | 3 | ones with one to five edits |
//!
//! Bad steps teach more than good ones, which are many in any solution. Of all answers, 15 of 100 are cut
//! off, since a policy finds every ending that its reward model has not seen.

use pure_data::{LabelledAnswer, StepLabel};

use super::corruption::Corruption;
use super::dice::Dice;
use super::oracle::judge;
use super::problem::Problem;
use super::problems::Problems;
use super::solution::{SolutionStyle, SolutionWriter};
use crate::Error;

/// How often an answer is cut off.
const CUT_OFF: f64 = 0.15;

/// An infinite stream of answers, labelled by the oracle.
#[derive(Debug, Clone)]
pub struct LabelledMix {
    problems: Problems,
    plain: SolutionWriter,
    fillers: [SolutionWriter; 2],
    slips: [SolutionWriter; 3],
    dice: Dice,
    drawn: u64,
}

impl LabelledMix {
    /// Answers to these problems; the seed decides which facts are shaky and all that is random.
    ///
    /// # Errors
    ///
    /// As [`SolutionStyle::validate`].
    pub fn new(problems: Problems, style: SolutionStyle, seed: u64) -> Result<Self, Error> {
        let writer = |filler, slips| {
            let style = SolutionStyle {
                filler,
                slips,
                long_winded: 0.0,
                ..style
            };
            SolutionWriter::new(style, seed)
        };
        Ok(Self {
            problems,
            plain: SolutionWriter::new(style, seed)?,
            fillers: [writer(0.5, style.slips)?, writer(0.8, style.slips)?],
            slips: [writer(0.05, 0.5)?, writer(0.1, 0.5)?, writer(0.4, 0.5)?],
            dice: Dice::new(seed, "labelled mix"),
            drawn: 0,
        })
    }

    fn respond(&mut self, problem: &Problem) -> (String, bool) {
        let dice = &mut self.dice;
        let mut response = match self.drawn % 8 {
            1 => self.fillers[dice.below(2) as usize].write(problem, dice),
            2 | 3 => self.slips[dice.below(3) as usize].write(problem, dice),
            _ => self.plain.write(problem, dice),
        };
        if self.drawn % 8 >= 5 {
            for _ in 0..1 + dice.below(5) {
                // Any but the last, which cuts off.
                let edit = Corruption::ALL[dice.below(7) as usize];
                response = edit.apply(problem, &response, dice).unwrap_or(response);
            }
        }
        let cut = dice.chance(CUT_OFF);
        let cut = cut.then(|| Corruption::CutOff.apply(problem, &response, dice));
        match cut.flatten() {
            Some(cut) => (cut, false),
            None => (response, true),
        }
    }
}

impl Iterator for LabelledMix {
    type Item = LabelledAnswer;

    fn next(&mut self) -> Option<LabelledAnswer> {
        let problem = self.problems.next()?;
        let (response, finished) = self.respond(&problem);
        self.drawn += 1;
        let judgement = judge(&problem, &response, finished);
        let (steps, good) = judgement.labelled(&response);
        let label = |good| match good {
            true => StepLabel::Good,
            false => StepLabel::Bad,
        };
        Some(LabelledAnswer {
            id: format!("steps-{:06}", self.drawn),
            prompt: problem.prompt().to_owned(),
            steps: steps.into_iter().map(str::to_owned).collect(),
            labels: good.into_iter().map(label).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::{Level, Split};

    #[test]
    fn the_mix_has_good_and_bad_steps_fillers_and_cut_off_answers() {
        let problems = Problems::new(Level::base(), Split::Train, 0).unwrap();
        let mix = LabelledMix::new(problems, SolutionStyle::default(), 0).unwrap();
        let answers: Vec<_> = mix.take(2_000).collect();
        let labels = || answers.iter().flat_map(|answer| &answer.labels);
        let bad = labels().filter(|label| **label == StepLabel::Bad).count();
        let share = bad as f64 / labels().count() as f64;
        assert!((0.1..0.4).contains(&share), "{share}");
        let open = |answer: &&LabelledAnswer| {
            !answer
                .steps
                .last()
                .is_some_and(|step| step.starts_with("\\boxed{") && step.ends_with('}'))
        };
        let open = answers.iter().filter(open).count();
        assert!((250..350).contains(&open), "{open}");
        for answer in &answers {
            assert_eq!(answer.steps.len(), answer.labels.len());
            assert!(answer.steps.iter().all(|step| !step.is_empty()));
        }
    }
}
