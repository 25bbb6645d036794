//! Puts what an iteration found under the names of its [metrics].

use pure_core::{Signals, metrics};
use pure_run::Measures;

use crate::answer::Answer;
use crate::learning::Learned;

/// The mean number of tokens of an answer.
pub(crate) fn mean_tokens<'a>(answers: impl Iterator<Item = &'a Answer>) -> f64 {
    let lengths: Vec<usize> = answers.map(|answer| answer.rollout.tokens.len()).collect();
    lengths.iter().sum::<usize>() as f64 / lengths.len().max(1) as f64
}

/// Puts what answers show among the measures; without step rewards there is nothing to say of them.
pub(crate) fn put_signals(measures: &mut Measures, signals: &Signals, has_rewards: bool) {
    let process = |value: Option<f64>| value.filter(|_| has_rewards);
    for (metric, value) in [
        (metrics::ACCURACY, signals.accuracy),
        (metrics::PROCESS, process(signals.process)),
        (metrics::PROCESS_OF_RIGHT, process(signals.process_of_right)),
        (metrics::PROCESS_OF_WRONG, process(signals.process_of_wrong)),
        (metrics::AGREEMENT, process(signals.agreement)),
        (metrics::RANK_CORRELATION, process(signals.rank_correlation)),
        (metrics::PASS_AT_N, signals.pass_at_n),
        (
            metrics::GROUPS_WITHOUT_SIGNAL,
            signals.groups_without_signal,
        ),
        (metrics::TRUNCATED, signals.truncated),
        (metrics::STEPS_PER_ANSWER, signals.steps_per_answer),
        (metrics::TOKENS_PER_STEP, signals.tokens_per_step),
        (metrics::REPETITION, signals.repetition),
        (metrics::REFLECTION_WORDS, signals.reflection_words),
    ] {
        if let Some(value) = value {
            measures.put(metric.name, value);
        }
    }
}

/// Puts what the updates of an iteration saw among the measures.
pub(crate) fn put_learned(measures: &mut Measures, learned: &Learned) {
    let Some(last) = learned.last else {
        measures.put(metrics::UPDATES.name, 0.0);
        measures.put(metrics::TOKENS_TRAINED.name, 0.0);
        return;
    };
    let (stats, updates) = (&learned.stats, learned.updates as f64);
    let tokens = stats.tokens.max(1.0);
    for (metric, value) in [
        (metrics::LOSS, stats.loss / updates),
        (metrics::POLICY_LOSS, stats.policy / updates),
        (metrics::ENTROPY, stats.entropy / updates),
        (metrics::KL_LOSS, stats.kl / updates),
        (metrics::RATIO, stats.ratio / tokens),
        (metrics::CLIPPED, stats.clipped / tokens),
        (metrics::MOVED, stats.moved / tokens),
        (metrics::POLICY_GAP, learned.policy_gap.mean),
        (metrics::LARGEST_POLICY_GAP, learned.policy_gap.largest),
        (metrics::GRAD_NORM, last.grad_norm),
        (metrics::UPDATES, learned.updates as f64),
        (metrics::TOKENS_TRAINED, stats.tokens),
        (metrics::SKIPPED, learned.skipped as f64 / updates),
        (metrics::LEARNING_RATE, last.learning_rate),
    ] {
        measures.put(metric.name, value);
    }
}
