//! Where the policy stops in a round: at the end of a step, or of the answer.

use std::sync::Arc;

use pure_core::StepFormat;
use pure_model::Tokenizer;
use pure_rollout::StopRule;

/// Ends a continuation with its first step that has text, and wherever the answer ends.
#[derive(Debug)]
pub(super) struct StepEnd {
    pub steps: StepFormat,
    pub tokenizer: Arc<Tokenizer>,
    /// What ends the answer by what it says.
    pub stop: Option<Arc<dyn StopRule>>,
    /// The answer so far.
    pub before: Vec<u32>,
}

impl StopRule for StepEnd {
    fn stops(&self, step: &[u32]) -> bool {
        let ends_answer = |stop: &Arc<dyn StopRule>| stop.stops(&[&self.before, step].concat());
        let has_text = || !self.tokenizer.decode(step, true).trim().is_empty();
        self.stop.as_ref().is_some_and(ends_answer) || (self.steps.closes(step) && has_text())
    }
}
