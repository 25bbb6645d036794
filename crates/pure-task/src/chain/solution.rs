//! Solutions as a person with habits would write them.
//!
//! Three habits make a model that learns from them worth reinforcing: some facts are often wrong
//! (`shaky`), so its accuracy is neither 0 nor 1; some steps only restate the value, few in most
//! solutions and many in a few (`filler`, `long_winded`), which is the seed of the exploit that the
//! sum of step rewards pays for. The defaults are those of a study at this scale: about 9 steps of
//! 100 are fillers, and 53 solutions of 100 of the base level are right.
//!
//! Whether a fact `a op b` is shaky, and the one wrong result it then usually has, is decided by a
//! hash: there is no table, and the same seed makes the same facts shaky in every file.

use serde::{Deserialize, Serialize};

use super::dice::Dice;
use super::problem::{Problem, Solved};
use super::step_text::{SEPARATOR, StepText};
use crate::Error;
use crate::error::check_setting;
use crate::hash::Hash;

/// Habits of a writer, all of them probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SolutionStyle {
    /// The share of facts that are shaky.
    pub shaky: f64,
    /// How often a shaky fact is right. Else it has its one usual wrong result, which is carried on.
    pub right: f64,
    /// How often any result is wrong at random, and carried on.
    pub slips: f64,
    /// How often a filler follows a step or another filler.
    pub filler: f64,
    /// The share of solutions that are long-winded.
    pub long_winded: f64,
    /// How often a filler follows a step or another filler in those.
    pub long_winded_filler: f64,
}

impl Default for SolutionStyle {
    fn default() -> Self {
        Self {
            shaky: 0.2,
            right: 0.4,
            slips: 0.0,
            filler: 0.03,
            long_winded: 0.04,
            long_winded_filler: 0.7,
        }
    }
}

impl SolutionStyle {
    /// The same fillers without a mistake: for a model that is to know arithmetic before it learns to
    /// judge it.
    pub fn correct() -> Self {
        Self {
            shaky: 0.0,
            right: 1.0,
            ..Self::default()
        }
    }

    /// # Errors
    ///
    /// [`Error::Setting`] if a number is no probability, or fillers would hardly end.
    pub fn validate(&self) -> Result<(), Error> {
        const MOST_FILLER: f64 = 0.95;
        for (key, value, most) in [
            ("shaky", self.shaky, 1.0),
            ("right", self.right, 1.0),
            ("slips", self.slips, 1.0),
            ("filler", self.filler, MOST_FILLER),
            ("long_winded", self.long_winded, 1.0),
            ("long_winded_filler", self.long_winded_filler, MOST_FILLER),
        ] {
            let valid = (0.0..=most).contains(&value);
            check_setting(valid, key, value, format_args!("between 0 and {most}"))?;
        }
        Ok(())
    }
}

/// Writes solutions in a style.
#[derive(Debug, Clone)]
pub struct SolutionWriter {
    style: SolutionStyle,
    seed: u64,
}

impl SolutionWriter {
    /// A writer for whom the seed decides which facts are shaky.
    ///
    /// # Errors
    ///
    /// As [`SolutionStyle::validate`].
    pub fn new(style: SolutionStyle, seed: u64) -> Result<Self, Error> {
        style.validate()?;
        Ok(Self { style, seed })
    }

    /// A whole solution, up to the end token, which has no text here.
    pub fn write(&self, problem: &Problem, dice: &mut Dice) -> String {
        let style = &self.style;
        let filler = match dice.chance(style.long_winded) {
            true => style.long_winded_filler,
            false => style.filler,
        };
        let mut text = String::new();
        let mut push = |step: StepText| {
            text += &step.to_string();
            text += SEPARATOR;
        };
        let mut results = Vec::with_capacity(problem.operations().len());
        let mut value = 0;
        for operation in problem.operations() {
            let modulus = problem.modulus();
            let fact = operation.work(&results, modulus);
            let mistake = self.usual_mistake(fact, modulus);
            let mistake = mistake.filter(|_| !dice.chance(style.right));
            value = mistake.unwrap_or(fact.result);
            if dice.chance(style.slips) {
                value = (value + 1 + dice.below(modulus - 1)) % modulus;
            }
            results.push(value);
            let result = value;
            push(StepText::Solve(Solved { result, ..fact }));
            while dice.chance(filler) {
                push(StepText::Filler(value));
            }
        }
        text += &StepText::Final(value).to_string();
        text
    }

    /// The usual wrong result of a fact, if it is shaky.
    fn usual_mistake(&self, fact: Solved, modulus: u32) -> Option<u32> {
        let hash = Hash::new()
            .part(b"facts")
            .bytes(&self.seed.to_le_bytes())
            .bytes(&[fact.operator.symbol() as u8])
            .bytes(&fact.left.to_le_bytes())
            .bytes(&fact.right.to_le_bytes())
            .bytes(&modulus.to_le_bytes());
        let uniform = (hash.mixed() >> 11) as f64 / (1_u64 << 53) as f64;
        if uniform >= self.style.shaky {
            return None;
        }
        let other = 1 + hash.part(b"mistake").mixed() % u64::from(modulus - 1);
        let other = u32::try_from(other).expect("below the modulus");
        Some((fact.result + other) % modulus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::{Level, Operator, Problems, Split, StepKind, judge};

    struct Tally {
        correct: f64,
        bad_steps: f64,
        fillers: f64,
        steps: f64,
    }

    fn tally(style: SolutionStyle, level: Level) -> Tally {
        const SOLUTIONS: usize = 4_000;
        let writer = SolutionWriter::new(style, 0).unwrap();
        let mut dice = Dice::new(0, "test");
        let (mut correct, mut steps, mut fillers, mut bad) = (0, 0, 0, 0);
        for problem in Problems::new(level, Split::Train, 0)
            .unwrap()
            .take(SOLUTIONS)
        {
            let judgement = judge(&problem, &writer.write(&problem, &mut dice), true);
            assert!(judgement.finished);
            correct += usize::from(judgement.correct);
            steps += judgement.steps.len();
            for step in judgement.steps {
                fillers += usize::from(step.kind == StepKind::Filler);
                bad += usize::from(!step.good);
                let kinds = [StepKind::Solve, StepKind::Filler, StepKind::Final];
                assert!(kinds.contains(&step.kind));
            }
        }
        let share = |part: usize, whole: usize| part as f64 / whole as f64;
        Tally {
            correct: share(correct, SOLUTIONS),
            bad_steps: share(bad, steps),
            fillers: share(fillers, steps),
            steps: share(steps, SOLUTIONS),
        }
    }

    #[test]
    fn by_default_half_of_the_base_solutions_are_right_and_a_tenth_of_their_steps_fillers() {
        let tally = tally(SolutionStyle::default(), Level::base());
        assert!((0.45..0.62).contains(&tally.correct), "{}", tally.correct);
        assert!((0.07..0.12).contains(&tally.fillers), "{}", tally.fillers);
        assert!((6.2..7.2).contains(&tally.steps), "{}", tally.steps);
    }

    #[test]
    fn the_correct_style_makes_no_mistake_on_any_level() {
        for (_, level) in Level::PRESETS {
            let tally = tally(SolutionStyle::correct(), level);
            assert_eq!((tally.correct, tally.bad_steps), (1.0, 0.0));
            assert!(tally.fillers > 0.05);
        }
    }

    #[test]
    fn a_slip_is_carried_on_so_that_only_its_own_step_is_bad() {
        let style = SolutionStyle {
            slips: 0.3,
            filler: 0.0,
            long_winded: 0.0,
            ..SolutionStyle::correct()
        };
        // 8 of 9 steps may slip.
        let tally = tally(style, Level::nested());
        assert!((tally.bad_steps - 0.3 * 8.0 / 9.0).abs() < 0.02);
    }

    #[test]
    fn numbers_that_are_no_probabilities_are_refused() {
        for style in [
            SolutionStyle {
                shaky: -0.1,
                ..SolutionStyle::default()
            },
            SolutionStyle {
                right: f64::NAN,
                ..SolutionStyle::default()
            },
            SolutionStyle {
                filler: 1.0,
                ..SolutionStyle::default()
            },
        ] {
            assert!(SolutionWriter::new(style, 0).is_err());
        }
    }

    /// The usual mistakes of a writer of whose facts a share is shaky.
    fn mistakes(seed: u64, shaky: f64) -> Vec<Option<u32>> {
        let style = SolutionStyle {
            shaky,
            ..SolutionStyle::default()
        };
        let writer = SolutionWriter::new(style, seed).unwrap();
        let mut all = Vec::new();
        for operator in Operator::ALL {
            for (left, right) in (0..97).flat_map(|a| (0..97).map(move |b| (a, b))) {
                let fact = Solved {
                    left,
                    operator,
                    right,
                    result: operator.apply(left, right, 97),
                };
                let mistake = writer.usual_mistake(fact, 97);
                assert_ne!(mistake, Some(fact.result));
                assert!(mistake.is_none_or(|result| result < 97));
                all.push(mistake);
            }
        }
        all
    }

    #[test]
    fn the_asked_share_of_facts_is_shaky_with_a_wrong_result_each() {
        let all = mistakes(0, 0.2);
        let shaky = all.iter().flatten().count() as f64 / all.len() as f64;
        assert!((shaky - 0.2).abs() < 0.01, "{shaky}");
        assert_ne!(all, mistakes(1, 0.2));
        assert!(mistakes(0, 0.0).iter().all(Option::is_none));
    }
}
