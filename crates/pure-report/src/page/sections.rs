//! Which metrics stand together on the page, and in which order.

use pure_core::Metric;
use pure_core::metrics::{
    ACCURACY, AGREEMENT, ANSWERS, AUC, CALIBRATION_ERROR, CLIPPED, DROPPED, ENTROPY, F1_BAD,
    F1_GOOD, FIRST_ERROR, FROZEN_PRM_AUC, FROZEN_PRM_BRIER, GRAD_NORM, GREEDY_ACCURACY,
    GROUPS_WITHOUT_SIGNAL, KL, KL_COEFFICIENT, KL_LOSS, LARGEST_POLICY_GAP, LEARNING_RATE, LOSS,
    MOVED, PASS_AT_N, POLICY_GAP, POLICY_LOSS, PRM_AUC, PRM_BRIER, PRM_LOSS, PRM_UPDATES, PROCESS,
    PROCESS_OF_RIGHT, PROCESS_OF_WRONG, RANK_CORRELATION, RATIO, RECALL_BAD, RECALL_GOOD,
    REFLECTION_WORDS, REPETITION, SHARE_GOOD, SKIPPED, STEP_ACCURACY, STEPS_PER_ANSWER, TOKENS,
    TOKENS_PER_ANSWER, TOKENS_PER_STEP, TOKENS_SAMPLED, TOKENS_TRAINED, TRUNCATED, UNUSABLE,
    UPDATES,
};

use crate::kind::Kind;

/// Metrics under one heading.
pub(super) struct Section {
    pub title: &'static str,
    pub metrics: &'static [Metric],
}

/// Those of a kind of run: the first is in sight; metrics of no section follow the last one's.
pub(super) fn sections(kind: Kind) -> &'static [Section] {
    match kind {
        Kind::Policy => &POLICY,
        Kind::Sft => &SFT,
        Kind::RewardModel => &REWARD_MODEL,
    }
}

#[rustfmt::skip]
const POLICY: [Section; 6] = [
    Section {
        title: "Curves",
        metrics: &[
            ACCURACY, GREEDY_ACCURACY, PROCESS, STEPS_PER_ANSWER, TOKENS_PER_ANSWER, TRUNCATED, KL, ENTROPY,
        ],
    },
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

const SFT: [Section; 1] = [Section {
    title: "Curves",
    metrics: &[LOSS, GRAD_NORM, LEARNING_RATE, TOKENS, SKIPPED],
}];

#[rustfmt::skip]
const REWARD_MODEL: [Section; 3] = [
    Section {
        title: "Curves",
        metrics: &[
            LOSS, STEP_ACCURACY, RECALL_GOOD, RECALL_BAD, AUC, CALIBRATION_ERROR, FIRST_ERROR, F1_BAD,
        ],
    },
    Section { title: "More on the steps", metrics: &[F1_GOOD, SHARE_GOOD] },
    Section { title: "The updates", metrics: &[GRAD_NORM, LEARNING_RATE, TOKENS, SKIPPED] },
];

/// Metrics that depend on the form of credit, so that arms of different forms share no scale.
pub(super) const BY_CREDIT: [Metric; 3] = [PROCESS, PROCESS_OF_RIGHT, PROCESS_OF_WRONG];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_of_a_run_has_one_section() {
        for kind in [Kind::Policy, Kind::Sft, Kind::RewardModel] {
            for metric in kind.metrics() {
                let sections = sections(kind).iter().flat_map(|section| section.metrics);
                let count = sections.filter(|known| **known == *metric).count();
                assert_eq!(count, 1, "{kind}: {}", metric.name);
            }
        }
    }
}
