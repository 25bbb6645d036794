//! What is to be solved, and the sizes that follow from it.

use clap::ValueEnum;
use pure::prm::PrmConfig;
use pure::rl::PolicyConfig;
use pure::sft::SftConfig;
use pure::task::chain::{Level, MakeOptions};

/// How hard the task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Hardness {
    /// Five operations a problem
    Base,
    /// Twelve: one wrong step of twelve spoils an answer
    Long,
}

/// The settings in configs/chain are for the base level. Where solutions are longer, answers may be too,
/// and there are more solutions to learn from.
#[derive(Debug, Clone, Copy)]
pub struct Task {
    pub level: Level,
    is_quick: bool,
    /// Whether runs are as long as those of the table.
    is_long: bool,
}

/// Iterations of a run of the table.
const HORIZON: usize = 120;

impl Task {
    /// Quickly, there are two operations in place of five.
    pub fn new(hardness: Hardness, is_quick: bool, is_long: bool) -> Self {
        let level = match (hardness, is_quick) {
            (_, true) => Level {
                operations: 2,
                ..Level::base()
            },
            (Hardness::Base, false) => Level::base(),
            (Hardness::Long, false) => Level::long(),
        };
        Self {
            level,
            is_quick,
            is_long,
        }
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
                steps: 5_120,
                ..base
            };
        }
        MakeOptions {
            // To find its place in a longer problem takes a model more examples.
            sft: self.longer(base.sft as usize) as u64,
            ..base
        }
    }

    /// Fine-tuning by these settings.
    pub fn sft(&self, mut settings: SftConfig) -> SftConfig {
        settings.batch.max_length = self.longer(settings.batch.max_length);
        if self.is_quick {
            settings.max_steps = settings.max_steps.map(|steps| steps.min(100));
        }
        settings
    }

    /// Training of a reward model by these settings.
    pub fn prm(&self, mut settings: PrmConfig) -> PrmConfig {
        settings.batch.max_length = self.longer(settings.batch.max_length);
        if self.is_quick {
            // So few steps must be large ones.
            settings.batch.train_batch_size = 64;
            for stage in &mut settings.stages {
                stage.lr_scheduler.learning_rate = Some(8e-4);
                stage.lr_scheduler.warmup_steps = 30;
            }
        }
        settings
    }

    /// Reinforcement learning by these settings.
    pub fn policy(&self, mut settings: PolicyConfig) -> PolicyConfig {
        let (prompts, rollouts) = (&mut settings.prompts, &mut settings.rollouts);
        prompts.max_prompt_length = self.longer(prompts.max_prompt_length);
        rollouts.max_new_tokens = self.longer(rollouts.max_new_tokens);
        if self.is_long {
            settings.iterations = HORIZON;
        }
        if self.is_quick {
            settings.iterations = 12;
            prompts.per_iteration = 16;
            settings.checkpoints.save_steps = 4;
            if let Some(evaluation) = &mut settings.evaluation {
                evaluation.limit = Some(128);
            }
        }
        settings
    }

    /// The iteration that the table tells of beside the last.
    pub fn early(&self) -> u64 {
        match self.is_quick {
            true => 4,
            false => 40,
        }
    }

    /// Answers of the base policy that a reward model learns from.
    pub fn drawn(&self) -> usize {
        match self.is_quick {
            true => 4096,
            false => 16_384,
        }
    }

    /// Tokens of the longest of them: five times what a solution takes.
    pub fn longest(&self) -> usize {
        self.longer(160)
    }

    /// A number of the base level, as much larger as solutions are longer.
    fn longer(&self, number: usize) -> usize {
        (number as f64 * self.length()).round() as usize
    }

    /// Length of a solution in those of the base level. A quick run keeps the settings.
    fn length(&self) -> f64 {
        match self.is_quick {
            true => 1.0,
            false => self.level.operations as f64 / Level::base().operations as f64,
        }
    }
}
