//! How good a reward model is on the policy's own answers, by their outcomes.
//!
//! ```text
//! p = prod_t P(good_t)        the probability that an answer is right, if its steps were independent
//! AUC, Brier score            of p and the outcome, over the verified answers
//! ```
//!
//! All outcomes that are known count, also those that rewards may not use. The product is what a reward model that
//! learns from outcomes is taught; rewards that are none of a reward model, outside of -1 to 1, have none.

use pure_core::metrics::{FROZEN_PRM_AUC, FROZEN_PRM_BRIER, Metric, PRM_AUC, PRM_BRIER};
use pure_core::{Aggregate, Aggregates};
use pure_prm::judgement::{JudgedSteps, StepQuality};
use pure_run::Measures;

use crate::answer::Answer;

/// The two numbers of the reward model whose rewards are paid.
pub(crate) const OF_PAID: [Metric; 2] = [PRM_AUC, PRM_BRIER];

/// Those of the reward model as it was when the run began.
pub(crate) const OF_FROZEN: [Metric; 2] = [FROZEN_PRM_AUC, FROZEN_PRM_BRIER];

/// Puts both numbers of answers and the rewards of their steps among the measures, as far as there are any.
pub(crate) fn put_judgement<'a>(
    measures: &mut Measures,
    [auc, brier]: [Metric; 2],
    judged: impl Iterator<Item = (&'a Answer, &'a [f32])>,
) {
    let verified = judged.filter_map(|(answer, rewards)| {
        let all = Aggregates::of(rewards)?;
        Some((
            all.weight(Aggregate::Product) as f32,
            answer.outcome? >= 0.5,
        ))
    });
    // As of steps, so of answers.
    let mut answers = JudgedSteps::default();
    if answers.extend(verified).is_err() {
        return;
    }
    let quality = StepQuality::of(&answers);
    for (metric, value) in [(auc, quality.roc_auc), (brier, quality.brier)] {
        if let Some(value) = value {
            measures.put(metric.name, value);
        }
    }
}
