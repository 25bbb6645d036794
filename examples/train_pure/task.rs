//! What is to be solved, and the sizes that follow from it.

use clap::ValueEnum;
use pure::data::chain::{Level, MakeOptions, SolutionStyle};

/// How hard the task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Hardness {
    /// Five operations a problem
    Base,
    /// Twelve: one wrong step of twelve spoils an answer
    Long,
}

/// The settings in configs/chain are for the base level. Where solutions are longer there are fewer of
/// them, so that each stage reads and writes about as many steps.
#[derive(Debug, Clone, Copy)]
pub struct Task {
    pub level: Level,
    pub is_quick: bool,
}

impl Task {
    /// Quickly, there are two operations in place of five.
    pub fn new(hardness: Hardness, is_quick: bool) -> Self {
        let level = match (hardness, is_quick) {
            (_, true) => Level {
                operations: 2,
                ..Level::base()
            },
            (Hardness::Base, false) => Level::base(),
            (Hardness::Long, false) => Level::long(),
        };
        Self { level, is_quick }
    }

    /// The data to make.
    pub fn data(&self, seed: u64) -> MakeOptions {
        let base = MakeOptions {
            seed,
            level: self.level,
            ..MakeOptions::default()
        };
        if self.is_quick {
            return MakeOptions {
                sft: 16_000,
                trunk: 3_200,
                steps: 2_560,
                ..base
            };
        }
        let fewer = |count: u64| self.fewer(count as usize) as u64;
        MakeOptions {
            // So that about half of the solutions are right at every level.
            style: SolutionStyle {
                shaky: base.style.shaky / self.length(),
                ..base.style
            },
            sft: fewer(base.sft),
            trunk: fewer(base.trunk),
            steps: fewer(base.steps),
            ..base
        }
    }

    /// How many answers there should be in place of `count` at the base level.
    pub fn fewer(&self, count: usize) -> usize {
        (count as f64 / self.length()).round() as usize
    }

    /// How many tokens an answer may have in place of `tokens` at the base level.
    pub fn longer(&self, tokens: usize) -> usize {
        (tokens as f64 * self.length()).round() as usize
    }

    /// Length of a solution in those of the base level. A quick run keeps the settings.
    fn length(&self) -> f64 {
        match self.is_quick {
            true => 1.0,
            false => self.level.operations as f64 / Level::base().operations as f64,
        }
    }
}
