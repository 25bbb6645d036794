//! The options of a search under a reward model: one meaning for all commands that search.

use clap::{Args, ValueEnum};
use pure::core::Aggregate;
use pure::prm::BeamSearchConfig;

#[derive(Args)]
#[command(next_help_heading = "Search")]
pub struct SearchArgs {
    /// Write step by step, and go on from the steps that the reward model prefers, in place of choosing among whole
    /// answers
    #[arg(long, value_enum, value_name = "beam")]
    search: Option<Search>,
    /// Continuations of each answer that is kept in a round: the N / M best of --n N, a multiple of it. N keeps the best
    /// alone, 1 drops none
    #[arg(long, value_name = "M", default_value_t = 4, requires = "search")]
    beam_width: u32,
    /// What the score of an answer makes of its steps' rewards: min, soft-min, mean, product or last
    #[arg(long, default_value = "min")]
    pub aggregate: Aggregate,
}

#[derive(Clone, Copy, ValueEnum)]
enum Search {
    /// Beam search over steps
    Beam,
}

impl SearchArgs {
    /// How to search with so many answers, if that is asked for.
    pub fn config(&self, n: u32) -> Option<BeamSearchConfig> {
        self.search.map(|Search::Beam| BeamSearchConfig {
            n: n as usize,
            beam_width: self.beam_width as usize,
            aggregate: self.aggregate,
        })
    }
}
