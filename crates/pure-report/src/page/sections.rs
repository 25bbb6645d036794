//! Which metrics stand together on the page, and in which order.

use pure_core::Metric;
use pure_core::metrics::{
    ACCURACY, AGREEMENT, ANSWERS, CLIPPED, DROPPED, ENTROPY, FROZEN_PRM_AUC, FROZEN_PRM_BRIER,
    GRAD_NORM, GREEDY_ACCURACY, GROUPS_WITHOUT_SIGNAL, KL, KL_COEFFICIENT, KL_LOSS,
    LARGEST_POLICY_GAP, LEARNING_RATE, LOSS, MOVED, PASS_AT_N, POLICY_GAP, POLICY_LOSS, PRM_AUC,
    PRM_BRIER, PRM_LOSS, PRM_UPDATES, PROCESS, PROCESS_OF_RIGHT, PROCESS_OF_WRONG,
    RANK_CORRELATION, RATIO, REFLECTION_WORDS, REPETITION, SKIPPED, STEPS_PER_ANSWER,
    TOKENS_PER_ANSWER, TOKENS_PER_STEP, TOKENS_SAMPLED, TOKENS_TRAINED, TRUNCATED, UNUSABLE,
    UPDATES,
};

/// Metrics under one heading.
pub(super) struct Section {
    pub title: &'static str,
    pub metrics: &'static [Metric],
}

/// Those in sight.
#[rustfmt::skip]
pub(super) const FIRST: &[Metric] = &[
    ACCURACY, GREEDY_ACCURACY, PROCESS, STEPS_PER_ANSWER, TOKENS_PER_ANSWER, TRUNCATED, KL, ENTROPY,
];

/// All of them; metrics of no section follow the last one's.
#[rustfmt::skip]
pub(super) const SECTIONS: [Section; 6] = [
    Section { title: "Curves", metrics: FIRST },
    Section {
        title: "More on the answers",
        metrics: &[PASS_AT_N, TOKENS_PER_STEP, REPETITION, REFLECTION_WORDS],
    },
    Section {
        title: "More on the reward",
        metrics: &[
            PROCESS_OF_RIGHT, PROCESS_OF_WRONG, AGREEMENT, RANK_CORRELATION, GROUPS_WITHOUT_SIGNAL,
        ],
    },
    Section {
        title: "The reward model",
        metrics: &[PRM_AUC, FROZEN_PRM_AUC, PRM_BRIER, FROZEN_PRM_BRIER, PRM_LOSS, PRM_UPDATES],
    },
    Section {
        title: "The updates",
        metrics: &[
            LOSS, POLICY_LOSS, KL_LOSS, KL_COEFFICIENT, RATIO, CLIPPED, MOVED, POLICY_GAP, LARGEST_POLICY_GAP,
            GRAD_NORM, UPDATES, SKIPPED, LEARNING_RATE,
        ],
    },
    Section {
        title: "What was learned from",
        metrics: &[ANSWERS, DROPPED, UNUSABLE, TOKENS_SAMPLED, TOKENS_TRAINED],
    },
];

/// Metrics that depend on the form of credit, so that arms of different forms share no scale.
pub(super) const BY_CREDIT: [Metric; 3] = [PROCESS, PROCESS_OF_RIGHT, PROCESS_OF_WRONG];

#[cfg(test)]
mod tests {
    use pure_core::metrics::POLICY_METRICS;

    use super::*;

    #[test]
    fn every_metric_of_a_policy_has_one_section() {
        for metric in POLICY_METRICS {
            let sections = SECTIONS.iter().flat_map(|section| section.metrics);
            let count = sections.filter(|known| **known == metric).count();
            assert_eq!(count, 1, "{}", metric.name);
        }
    }
}
