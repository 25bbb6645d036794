//! Problems without end, from a seed.
//!
//! To which split a problem belongs is decided by a hash of its prompt alone. So splits cannot
//! overlap, whatever seeds they are drawn with and however much is drawn, and nothing is stored.
//!
//! ```text
//! held out  <=>  hash(prompt) mod 16 = 0
//! ```

use std::fmt::Write;

use super::dice::Dice;
use super::level::Level;
use super::problem::{Operator, Problem};
use super::prompt;
use crate::Error;
use crate::hash::Hash;

/// A share of the problems of every level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Split {
    /// For training, 15 problems of 16.
    Train,
    /// Never trained on, one problem of 16.
    HeldOut,
}

impl Split {
    /// The split that a prompt belongs to.
    pub fn of(prompt: &str) -> Self {
        match Hash::new().bytes(prompt.as_bytes()).mixed() % 16 {
            0 => Self::HeldOut,
            _ => Self::Train,
        }
    }
}

/// An infinite stream of problems. A problem may come twice where there are not many.
#[derive(Debug, Clone)]
pub struct Problems {
    level: Level,
    split: Split,
    dice: Dice,
}

impl Problems {
    /// The problems of a level and split, in the order of a seed.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] if there are no such problems.
    pub fn new(level: Level, split: Split, seed: u64) -> Result<Self, Error> {
        Self::for_purpose(level, split, seed, "problems")
    }

    /// The same in another order for each purpose, so that one seed serves several files.
    pub(super) fn for_purpose(
        level: Level,
        split: Split,
        seed: u64,
        purpose: &str,
    ) -> Result<Self, Error> {
        level.validate()?;
        Ok(Self {
            level,
            split,
            dice: Dice::new(seed, purpose),
        })
    }
}

impl Iterator for Problems {
    type Item = Problem;

    fn next(&mut self) -> Option<Problem> {
        let mut prompts = std::iter::repeat_with(|| draw(self.level, &mut self.dice));
        let prompt = prompts.find(|prompt| Split::of(prompt) == self.split)?;
        Some(prompt::parse(&prompt).expect("drawn by the grammar"))
    }
}

fn draw(level: Level, dice: &mut Dice) -> String {
    let brackets = match level.brackets {
        true => draw_brackets(level.operations, dice),
        false => Vec::new(),
    };
    let mut prompt = String::new();
    if level.modulus != Level::UNSPOKEN_MODULUS {
        write!(prompt, "mod {}: ", level.modulus).expect("a text takes all");
    }
    for term in 0..=level.operations {
        if term > 0 {
            prompt.push(Operator::ALL[dice.below(3) as usize].symbol());
        }
        let opened = brackets.iter().filter(|(first, _)| *first == term).count();
        let closed = brackets.iter().filter(|(_, last)| *last == term).count();
        prompt.extend(std::iter::repeat_n('(', opened));
        write!(prompt, "{}", dice.below(level.modulus)).expect("a text takes all");
        prompt.extend(std::iter::repeat_n(')', closed));
    }
    prompt.push('=');
    prompt
}

/// First and last terms of brackets: one that changes the order of working, then some more that
/// neither cross nor repeat others, about one for every three operations in all.
fn draw_brackets(operations: usize, dice: &mut Dice) -> Vec<(usize, usize)> {
    let last_term = u32::try_from(operations).expect("few operations");
    let first = 1 + dice.below(last_term - 1);
    let mut brackets = vec![bracket_from(first, last_term, dice)];
    for _ in 0..operations / 3 {
        let first = dice.below(last_term);
        let bracket = bracket_from(first, last_term, dice);
        let whole = bracket == (0, operations);
        if !whole && brackets.iter().all(|&other| go_together(bracket, other)) {
            brackets.push(bracket);
        }
    }
    brackets
}

fn bracket_from(first: u32, last_term: u32, dice: &mut Dice) -> (usize, usize) {
    let last = first + 1 + dice.below(last_term - first);
    (first as usize, last as usize)
}

fn go_together(one: (usize, usize), other: (usize, usize)) -> bool {
    let apart = one.1 < other.0 || other.1 < one.0;
    let inside =
        |inner: (usize, usize), outer: (usize, usize)| outer.0 <= inner.0 && inner.1 <= outer.1;
    one != other && (apart || inside(one, other) || inside(other, one))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn first(level: Level, split: Split, seed: u64, count: usize) -> Vec<Problem> {
        let problems = Problems::new(level, split, seed).unwrap();
        problems.take(count).collect()
    }

    #[test]
    fn every_drawn_problem_is_of_its_level_and_split() {
        for (_, level) in Level::PRESETS {
            for split in [Split::Train, Split::HeldOut] {
                for problem in first(level, split, 3, 500) {
                    assert_eq!(problem.level(), level, "{problem:?}");
                    assert_eq!(Split::of(problem.prompt()), split);
                }
            }
        }
    }

    #[test]
    fn splits_of_any_seeds_have_no_prompt_in_common() {
        let smallest = Level {
            operations: 2,
            modulus: 8,
            brackets: false,
        };
        let prompts = |split| -> HashSet<String> {
            let drawn = (0..4).flat_map(|seed| first(smallest, split, seed, 4_000));
            drawn.map(|problem| problem.prompt().to_owned()).collect()
        };
        let (train, held_out) = (prompts(Split::Train), prompts(Split::HeldOut));
        assert!(train.is_disjoint(&held_out));
        // Nearly all of the 4608 problems were drawn, one of 16 of them held out.
        assert!(train.len() > 4_000, "{}", train.len());
        assert!((230..350).contains(&held_out.len()), "{}", held_out.len());
    }

    #[test]
    fn one_problem_of_sixteen_is_held_out_on_every_level() {
        for (_, level) in Level::PRESETS {
            let mut dice = Dice::new(1, "test");
            let prompts = (0..16_000).map(|_| draw(level, &mut dice));
            let held_out = prompts.filter(|prompt| Split::of(prompt) == Split::HeldOut);
            let count = held_out.count();
            assert!((900..1_100).contains(&count), "{level:?}: {count}");
        }
    }

    #[test]
    fn levels_with_nested_brackets_nest_them_and_no_problem_is_like_another() {
        let drawn = first(Level::nested(), Split::Train, 0, 2_000);
        let deep = drawn
            .iter()
            .filter(|problem| problem.prompt().contains("(("));
        let deeper = drawn.iter().filter(|problem| {
            let inside = problem
                .prompt()
                .find('(')
                .map(|at| &problem.prompt()[at + 1..]);
            let next = inside.and_then(|rest| rest.find(['(', ')']).map(|at| rest.as_bytes()[at]));
            next == Some(b'(')
        });
        assert!(deep.count() > 50);
        assert!(deeper.count() > 300);
        let distinct: HashSet<_> = drawn.iter().map(Problem::prompt).collect();
        assert_eq!(distinct.len(), drawn.len());
    }

    #[test]
    fn a_seed_gives_the_same_problems_for_good() {
        let prompts = |level, split| -> Vec<String> {
            let drawn = first(level, split, 0, 3).into_iter();
            drawn.map(|problem| problem.prompt().to_owned()).collect()
        };
        // As tests/fixtures/seeded.py computes them, which shares no code with this.
        let train = ["5-4*9+3-4-2=", "9+2+7-7+7+7=", "9-3*2+1-3+6="];
        assert_eq!(prompts(Level::base(), Split::Train), train);
        let held_out = ["4+7+6-4*3*7=", "1+9*0+8-3+0=", "9*5*0+1-4-7="];
        assert_eq!(prompts(Level::base(), Split::HeldOut), held_out);
        // As they were when the level was made.
        let nested = [
            "mod 97: 36-41-27*(28+12*(43*17*27)*89)=",
            "mod 97: 59-(21-42+75)+(67-(43*38))*70+34=",
            "mod 97: 56*(1*8-68*89-7+68)+13*83=",
        ];
        assert_eq!(prompts(Level::nested(), Split::Train), nested);
    }
}
