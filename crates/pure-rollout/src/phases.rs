//! Where the time of sampling went.

use std::ops::AddAssign;
use std::time::{Duration, Instant};

use serde::Serialize;

/// Counts and times of a call to [`Sampler::sample`](crate::Sampler::sample).
///
/// On a device that works ahead of its program, times are those at which results were waited for.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Phases {
    /// Tokens of prompts that were read; a prompt counts once, however many samples it has.
    pub prompt_tokens: u64,
    /// Tokens that were sampled.
    pub new_tokens: u64,
    /// Steps of generation, each one token for every row.
    pub steps: u64,
    /// Rows in all steps.
    pub row_steps: u64,
    /// Rows in all steps that brought a token. The others read again what had to give up its memory.
    pub live_row_steps: u64,
    /// Reading prompts.
    pub prefill: Duration,
    /// Steps of generation, up to the logits.
    pub decode: Duration,
    /// Choosing tokens.
    pub sampling: Duration,
    /// The most bytes that keys and values took.
    pub cache_bytes: u64,
}

impl Phases {
    /// The share of rows that brought a token; 1 if there was no step.
    pub fn live_share(&self) -> f64 {
        if self.row_steps == 0 {
            return 1.0;
        }
        self.live_row_steps as f64 / self.row_steps as f64
    }

    /// All time that was measured.
    pub fn total(&self) -> Duration {
        self.prefill + self.decode + self.sampling
    }

    /// The same work done side by side within some time, of which each phase has its share.
    pub(crate) fn within(self, time: Duration) -> Self {
        let total = self.total();
        if total.is_zero() {
            return self;
        }
        let share = |phase: Duration| phase.mul_f64(time.as_secs_f64() / total.as_secs_f64());
        let [prefill, decode, sampling] = [self.prefill, self.decode, self.sampling].map(share);
        Self {
            prefill,
            decode,
            sampling,
            ..self
        }
    }
}

impl AddAssign for Phases {
    fn add_assign(&mut self, other: Self) {
        self.prompt_tokens += other.prompt_tokens;
        self.new_tokens += other.new_tokens;
        self.steps += other.steps;
        self.row_steps += other.row_steps;
        self.live_row_steps += other.live_row_steps;
        self.prefill += other.prefill;
        self.decode += other.decode;
        self.sampling += other.sampling;
        self.cache_bytes = self.cache_bytes.max(other.cache_bytes);
    }
}

/// Adds the time that `work` takes.
pub(crate) fn timed<R>(time: &mut Duration, work: impl FnOnce() -> R) -> R {
    let start = Instant::now();
    let result = work();
    *time += start.elapsed();
    result
}
