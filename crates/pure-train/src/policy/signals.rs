//! Everything that a policy's training measures, defined.

use pure_core::Signals;

use super::learning::Learned;
use crate::{Measures, Signal};

/// Puts what answers show among the measures; without step rewards there is nothing to say of them.
pub(super) fn put_signals(measures: &mut Measures, signals: &Signals, has_rewards: bool) {
    let process = |value: Option<f64>| value.filter(|_| has_rewards);
    for (name, value) in [
        ("accuracy", signals.accuracy),
        ("process", process(signals.process)),
        ("process_of_right", process(signals.process_of_right)),
        ("process_of_wrong", process(signals.process_of_wrong)),
        ("agreement", process(signals.agreement)),
        ("rank_correlation", process(signals.rank_correlation)),
        ("pass_at_n", signals.pass_at_n),
        ("groups_without_signal", signals.groups_without_signal),
        ("truncated", signals.truncated),
        ("steps_per_answer", signals.steps_per_answer),
        ("tokens_per_step", signals.tokens_per_step),
        ("repetition", signals.repetition),
        ("reflection_words", signals.reflection_words),
    ] {
        if let Some(value) = value {
            measures.put(name, value);
        }
    }
}

/// Puts what the updates of an iteration saw among the measures.
pub(super) fn put_learned(measures: &mut Measures, learned: &Learned) {
    if learned.updates == 0 {
        measures.put("updates", 0.0);
        return;
    }
    let (stats, updates) = (&learned.stats, learned.updates as f64);
    let tokens = stats.tokens.max(1.0);
    for (name, value) in [
        ("loss", stats.loss / updates),
        ("policy_loss", stats.policy / updates),
        ("entropy", stats.entropy / updates),
        ("kl_loss", stats.kl / updates),
        ("ratio", stats.ratio / tokens),
        ("clipped", stats.clipped / tokens),
        ("moved", stats.moved / tokens),
        ("policy_gap", learned.policy_gap.mean),
        ("largest_policy_gap", learned.policy_gap.largest),
        ("grad_norm", learned.grad_norm),
        ("updates", learned.updates as f64),
        ("skipped", learned.skipped as f64 / updates),
        ("learning_rate", learned.learning_rate),
    ] {
        measures.put(name, value);
    }
}

const fn up(name: &'static str, meaning: &'static str) -> Signal {
    Signal {
        name,
        meaning,
        higher_is_better: true,
    }
}

const fn down(name: &'static str, meaning: &'static str) -> Signal {
    Signal {
        name,
        meaning,
        higher_is_better: false,
    }
}

/// What runs are compared by.
pub(super) const ACCURACY: Signal = up(
    "accuracy",
    "share of the answers whose prompt has a known answer that verify: right / (right + wrong)",
);

/// Every signal, in the order in which they are written.
pub(super) const ALL: [Signal; 33] = [
    ACCURACY,
    up(
        "process",
        "mean over answers of what credit pays for their steps",
    ),
    up("process_of_right", "the same over answers that verify"),
    down("process_of_wrong", "the same over answers that do not"),
    up(
        "agreement",
        "share of the answers whose process reward is above 0 exactly if they verify",
    ),
    up(
        "rank_correlation",
        "Spearman's correlation of process reward and outcome",
    ),
    up(
        "pass_at_n",
        "share of the prompts with one answer at least that verifies",
    ),
    down(
        "groups_without_signal",
        "share of the groups whose answers are all paid the same within 1e-6",
    ),
    down(
        "truncated",
        "share of the answers that the limit on their length cut",
    ),
    down("steps_per_answer", "mean number of steps of an answer"),
    down("tokens_per_step", "tokens of all steps over their number"),
    down("tokens_per_answer", "mean number of tokens of an answer"),
    down(
        "repetition",
        "share of an answer's substrings that it says again, the mean over answers",
    ),
    down(
        "reflection_words",
        "mean number of words of reflection in an answer",
    ),
    down(
        "loss",
        "the loss of an update, the mean over the iteration's",
    ),
    down("policy_loss", "its part that follows the advantages"),
    up(
        "entropy",
        "entropy at a token in nats, weighed as the loss is",
    ),
    down(
        "kl_loss",
        "KL divergence from the reference as the loss estimates it; 0 without a coefficient",
    ),
    down(
        "ratio",
        "mean of p_now / p_old over the tokens of all updates",
    ),
    down("clipped", "share of the tokens whose ratio was clipped"),
    down(
        "moved",
        "mean of log p_old - log p_now over the tokens of all updates",
    ),
    down(
        "policy_gap",
        "mean of |log p_trainer - log p_sampler| over the tokens of the first update",
    ),
    down("largest_policy_gap", "the largest of them"),
    down(
        "grad_norm",
        "length of the last update's gradient before it is clipped",
    ),
    up("updates", "steps of the optimizer in the iteration"),
    down(
        "skipped",
        "share of the updates that were left out, because a gradient was not finite or ratios exploded",
    ),
    down("learning_rate", "the last update's"),
    down(
        "kl",
        "KL divergence from the reference as the reward estimates it, the mean over answers of their tokens' mean",
    ),
    down(
        "kl_coefficient",
        "its weight in the reward of the next iteration",
    ),
    up("answers", "answers that were learned from"),
    down("dropped", "groups that were left out for having no signal"),
    down(
        "unusable",
        "groups, in evaluations answers, that were left out for a reward that is not finite",
    ),
    up(
        "greedy_accuracy",
        "accuracy of the likeliest answers; in evaluations only",
    ),
];
