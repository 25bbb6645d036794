//! What training measures: every number of `metrics.jsonl`, defined once.
//!
//! Trainers write a metric under its [`name`](Metric::name); dashboards, the report and the README take its
//! title, unit and sentence from here. How a number of [`Signals`](crate::Signals) or
//! [`PolicyStats`](crate::PolicyStats) is computed stands there as a formula.
//!
//! ```
//! use pure_core::metrics::{ACCURACY, POLICY_METRICS};
//!
//! assert_eq!(ACCURACY.name, "accuracy");
//! assert!(POLICY_METRICS.contains(&ACCURACY));
//! ```

/// A number that training measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// Its key in `metrics.jsonl`.
    pub name: &'static str,
    /// What stands above a chart of it.
    pub title: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// Which way is better.
    pub better: Better,
    /// What it is: a sentence that needs no other beside it.
    pub meaning: &'static str,
}

/// What the numbers of a metric count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A part of a whole, from 0 to 1; people read it in per cent.
    Fraction,
    /// So many of what the text names: tokens, nats.
    Of(&'static str),
    /// A number without a unit.
    Plain,
}

/// Which way a metric should go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither: it is watched for jumps and trends.
    Neither,
}

/// One constant a metric, with its meaning as documentation.
macro_rules! metrics {
    ($($constant:ident = $name:literal, $title:literal, $unit:expr, $better:ident, $meaning:literal;)*) => {$(
        #[doc = $meaning]
        pub const $constant: Metric = Metric {
            name: $name,
            title: $title,
            unit: $unit,
            better: Better::$better,
            meaning: $meaning,
        };
    )*};
}

use Unit::{Fraction, Of, Plain};

// Of every trainer.
metrics! {
    LOSS = "loss", "Loss", Plain, Lower,
        "training loss, which the optimizer minimises, averaged over the updates of a training step or over the held-out data";
    GRAD_NORM = "grad_norm", "Gradient norm", Plain, Neither,
        "L2 norm of the gradient of all parameters before clipping, at the last update of a training step";
    SKIPPED = "skipped", "Skipped updates", Fraction, Lower,
        "fraction of the updates that changed nothing, because the gradient was not finite or the importance ratio exploded";
    LEARNING_RATE = "learning_rate", "Learning rate", Plain, Neither,
        "learning rate at the last update of a training step";
}

// Of training on examples.
metrics! {
    TOKENS = "tokens", "Tokens read", Of("tokens"), Neither,
        "number of tokens that a training step reads, prompts included";
}

// Of a policy: its answers.
metrics! {
    ACCURACY = "accuracy", "Accuracy", Fraction, Higher,
        "fraction of the answers that are right, among those to prompts with a reference answer";
    GREEDY_ACCURACY = "greedy_accuracy", "Greedy accuracy", Fraction, Higher,
        "fraction of the greedily decoded answers that are right, among those to prompts with a reference answer; evaluations only";
    PASS_AT_N = "pass_at_n", "Prompts with a right answer among n sampled", Fraction, Higher,
        "fraction of the prompts with at least one right answer among the n sampled";
    TRUNCATED = "truncated", "Truncated answers", Fraction, Lower,
        "fraction of the answers that were cut off at the generation limit";
    STEPS_PER_ANSWER = "steps_per_answer", "Steps per answer", Of("steps"), Neither,
        "mean number of steps in an answer";
    TOKENS_PER_STEP = "tokens_per_step", "Tokens per step", Of("tokens"), Neither,
        "number of tokens over number of steps, each summed over all answers";
    TOKENS_PER_ANSWER = "tokens_per_answer", "Tokens per answer", Of("tokens"), Neither,
        "mean number of tokens in an answer";
    REPETITION = "repetition", "Repetition", Fraction, Lower,
        "fraction of the substrings of an answer that repeat another one, averaged over answers";
    REFLECTION_WORDS = "reflection_words", "Reflection words", Of("words"), Neither,
        "mean number of reflection words in an answer, such as \"wait,\" and \"let's check\"";
}

// Of a policy: its reward.
metrics! {
    PROCESS = "process", "Process reward", Plain, Higher,
        "process reward of an answer, the sum of what the form of credit pays its tokens for the step rewards, averaged over answers";
    PROCESS_OF_RIGHT = "process_of_right", "Process reward of right answers", Plain, Higher,
        "process reward averaged over the right answers";
    PROCESS_OF_WRONG = "process_of_wrong", "Process reward of wrong answers", Plain, Lower,
        "process reward averaged over the wrong answers";
    AGREEMENT = "agreement", "Agreement of process reward and outcome", Fraction, Higher,
        "fraction of the verified answers that are right with a process reward above 0, or wrong without one";
    RANK_CORRELATION = "rank_correlation", "Rank correlation of process reward and outcome", Plain, Higher,
        "Spearman's rank correlation of process reward and outcome over the verified answers";
    GROUPS_WITHOUT_SIGNAL = "groups_without_signal", "Groups without signal", Fraction, Lower,
        "fraction of the groups, each the answers to one prompt, whose rewards are equal within 1e-6, so that comparing them says nothing";
    KL = "kl", "KL to the reference", Of("nats"), Neither,
        "KL divergence from the reference policy as the KL penalty in the reward estimates it, the mean over answers of their tokens' mean";
    KL_COEFFICIENT = "kl_coefficient", "KL coefficient", Plain, Neither,
        "weight of the KL penalty in the reward of the next iteration";
}

// Of a policy: its reward model, on its answers.
metrics! {
    PRM_AUC = "prm_auc", "ROC AUC of the reward model", Fraction, Higher,
        "area under the ROC curve of the product of P(good) over the steps of an answer: the probability that a right one of the verified answers has a larger one than a wrong one";
    PRM_BRIER = "prm_brier", "Brier score of the reward model", Plain, Lower,
        "mean squared difference of the product of P(good) over the steps of an answer and its outcome, 1 or 0, over the verified answers";
    FROZEN_PRM_AUC = "frozen_prm_auc", "ROC AUC of the frozen reward model", Fraction, Higher,
        "prm_auc, on the same answers, of the reward model as it was when the run began, if it learns and is compared with that";
    FROZEN_PRM_BRIER = "frozen_prm_brier", "Brier score of the frozen reward model", Plain, Lower,
        "prm_brier, on the same answers, of the reward model as it was when the run began, if it learns and is compared with that";
    PRM_LOSS = "prm_loss", "Loss of the reward model", Plain, Lower,
        "training loss of a reward model that learns while the policy does, averaged over its updates of an iteration";
    PRM_UPDATES = "prm_updates", "Updates of the reward model", Of("updates"), Neither,
        "number of updates of a reward model that learns while the policy does, skipped ones included";
}

// Of a policy: its updates.
metrics! {
    POLICY_LOSS = "policy_loss", "Policy loss", Plain, Neither,
        "clipped policy-gradient part of the loss, without KL and entropy terms, averaged over the updates of an iteration";
    ENTROPY = "entropy", "Entropy", Of("nats"), Neither,
        "entropy of the policy's next-token distribution, averaged over tokens with their weights in the loss";
    KL_LOSS = "kl_loss", "KL loss", Of("nats"), Neither,
        "KL divergence from the reference policy as the KL term of the loss estimates it, before its coefficient; 0 without one";
    RATIO = "ratio", "Importance ratio", Plain, Neither,
        "mean importance ratio p_now / p_old over the tokens of all updates of an iteration";
    CLIPPED = "clipped", "Clip fraction", Fraction, Neither,
        "fraction of the tokens whose importance ratio was clipped, so that they gave no gradient";
    MOVED = "moved", "KL to the old policy", Of("nats"), Neither,
        "estimate of KL(old || now): mean of log p_old - log p_now over the tokens of all updates of an iteration";
    POLICY_GAP = "policy_gap", "Sampler-trainer log-prob difference", Of("nats"), Lower,
        "mean of |log p_trainer - log p_sampler| over the tokens of an iteration's first update";
    LARGEST_POLICY_GAP = "largest_policy_gap", "Largest sampler-trainer log-prob difference", Of("nats"), Lower,
        "largest |log p_trainer - log p_sampler| of the tokens of an iteration's first update";
    UPDATES = "updates", "Updates", Of("updates"), Neither,
        "number of updates in an iteration, skipped ones included";
    ANSWERS = "answers", "Answers learned from", Of("answers"), Neither,
        "number of answers that an iteration's updates learned from";
    TOKENS_SAMPLED = "tokens_sampled", "Tokens sampled", Of("tokens"), Neither,
        "number of tokens that an iteration sampled, those of the reference policy's answers included";
    TOKENS_TRAINED = "tokens_trained", "Tokens learned from", Of("tokens"), Neither,
        "number of tokens that an iteration's updates learned from, a token counting in each of them";
    DROPPED = "dropped", "Groups dropped for having no signal", Of("groups"), Lower,
        "number of groups that were left out of the updates because the rewards of their answers are equal";
    UNUSABLE = "unusable", "Left out for rewards that are not finite", Of("groups"), Lower,
        "number of groups (in an evaluation: of answers) that were left out because a step reward is not finite";
}

// Of a reward model, beside those of every trainer.
metrics! {
    STEP_ACCURACY = "accuracy", "Step accuracy", Fraction, Higher,
        "fraction of the labelled steps whose likelier label is the right one";
    RECALL_BAD = "recall_bad", "Recall of bad steps", Fraction, Higher,
        "fraction of the bad steps that are called bad";
    RECALL_GOOD = "recall_good", "Recall of good steps", Fraction, Higher,
        "fraction of the good steps that are called good";
    F1_BAD = "f1_bad", "F1 of bad steps", Fraction, Higher,
        "harmonic mean of precision and recall of the bad steps";
    F1_GOOD = "f1_good", "F1 of good steps", Fraction, Higher,
        "harmonic mean of precision and recall of the good steps";
    AUC = "auc", "ROC AUC", Fraction, Higher,
        "area under the ROC curve: the probability that a good step is scored above a bad one";
    CALIBRATION_ERROR = "calibration_error", "Expected calibration error", Fraction, Lower,
        "mean distance between P(good) and the fraction of steps that are good, over bins of P(good)";
    FIRST_ERROR = "first_error", "First errors found", Fraction, Higher,
        "fraction of the answers whose first bad step, or the absence of one, is found";
    SHARE_GOOD = "share_good", "Good steps", Fraction, Neither,
        "fraction of the labelled steps that are good";
}

/// What `pure train` measures in an iteration or an evaluation.
#[rustfmt::skip]
pub const POLICY_METRICS: [Metric; 41] = [
    ACCURACY, PROCESS, PROCESS_OF_RIGHT, PROCESS_OF_WRONG, AGREEMENT, RANK_CORRELATION, PASS_AT_N,
    GROUPS_WITHOUT_SIGNAL, TRUNCATED, STEPS_PER_ANSWER, TOKENS_PER_STEP, TOKENS_PER_ANSWER, REPETITION,
    REFLECTION_WORDS, LOSS, POLICY_LOSS, ENTROPY, KL_LOSS, RATIO, CLIPPED, MOVED, POLICY_GAP,
    LARGEST_POLICY_GAP, GRAD_NORM, UPDATES, SKIPPED, LEARNING_RATE, KL, KL_COEFFICIENT, ANSWERS, DROPPED,
    UNUSABLE, TOKENS_SAMPLED, TOKENS_TRAINED, GREEDY_ACCURACY, PRM_AUC, PRM_BRIER, FROZEN_PRM_AUC,
    FROZEN_PRM_BRIER, PRM_LOSS, PRM_UPDATES,
];

/// What `pure sft` measures.
pub const SFT_METRICS: [Metric; 5] = [LOSS, GRAD_NORM, SKIPPED, LEARNING_RATE, TOKENS];

/// What `pure prm train` measures.
#[rustfmt::skip]
pub const PRM_METRICS: [Metric; 14] = [
    LOSS, STEP_ACCURACY, GRAD_NORM, SKIPPED, LEARNING_RATE, TOKENS, RECALL_BAD, RECALL_GOOD, F1_BAD, F1_GOOD, AUC,
    CALIBRATION_ERROR, FIRST_ERROR, SHARE_GOOD,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;

    #[test]
    fn names_are_keys_and_differ() {
        for metrics in [&POLICY_METRICS[..], &SFT_METRICS, &PRM_METRICS] {
            let names: BTreeSet<&str> = metrics.iter().map(|metric| metric.name).collect();
            assert_eq!(names.len(), metrics.len());
            let is_part = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
            let is_key = |name: &&str| name.bytes().all(is_part);
            assert!(names.iter().all(is_key), "{names:?}");
        }
    }

    /// What stands between two comments of the README.
    const TABLE: [&str; 2] = ["<!-- metrics -->\n", "<!-- /metrics -->\n"];

    fn table() -> String {
        let row = |metric: &Metric| {
            let unit = match metric.unit {
                Fraction => "fraction",
                Of(unit) => unit,
                Plain => "",
            };
            let better = match metric.better {
                Better::Higher => "higher",
                Better::Lower => "lower",
                Better::Neither => "",
            };
            let meaning = metric.meaning.replace('|', "\\|");
            format!("| `{}` | {unit} | {better} | {meaning} |\n", metric.name)
        };
        let rows: String = POLICY_METRICS.iter().map(row).collect();
        format!("| metric | unit | better | meaning |\n| --- | --- | --- | --- |\n{rows}")
    }

    #[test]
    fn the_readme_has_the_table_of_metrics() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
        let readme = fs::read_to_string(path).unwrap();
        let [start, end] = TABLE.map(|mark| {
            let found = readme.find(mark);
            found.unwrap_or_else(|| panic!("README.md has no line {mark}"))
        });
        let start = start + TABLE[0].len();
        let table = table();
        if std::env::var_os("UPDATE_README").is_some() {
            fs::write(path, [&readme[..start], &table, &readme[end..]].concat()).unwrap();
            return;
        }
        assert!(
            readme[start..end] == table,
            "README.md does not list the metrics as pure_core::metrics defines them; to write its table:\n\
             UPDATE_README=1 cargo test -p pure-core readme"
        );
    }
}
