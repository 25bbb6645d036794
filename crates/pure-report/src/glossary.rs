//! What each metric means, what it counts in, and where on the page it stands.

/// What a metric's numbers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unit {
    /// From 0 to 1, shown as per cent.
    Share,
    /// A count of what the text names.
    Count(&'static str),
    /// None.
    Number,
}

/// Where a metric stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    /// In sight.
    First,
    Answers,
    Reward,
    Update,
    Other,
}

/// A metric.
pub(crate) struct Entry<'a> {
    pub name: &'a str,
    pub title: &'a str,
    pub meaning: &'a str,
    pub unit: Unit,
    pub group: Group,
}

const fn entry(
    group: Group,
    name: &'static str,
    title: &'static str,
    unit: Unit,
    meaning: &'static str,
) -> Entry<'static> {
    Entry {
        name,
        title,
        meaning,
        unit,
        group,
    }
}

use Group::{Answers, First, Other, Reward, Update};
use Unit::{Count, Number, Share};

/// Every metric of `pure train`, in the order of the page; the README's table says the same.
#[rustfmt::skip]
pub(crate) const ALL: [Entry<'static>; 33] = [
    entry(First, "accuracy", "Accuracy", Share, "share of the answers whose prompt has a known answer that verify: right / (right + wrong)"),
    entry(First, "greedy_accuracy", "Greedy accuracy", Share, "accuracy of the likeliest answers; in evaluations only"),
    entry(First, "process", "Process reward", Number, "mean over answers of what credit pays for their steps"),
    entry(First, "steps_per_answer", "Steps per answer", Count("steps"), "mean number of steps of an answer"),
    entry(First, "tokens_per_answer", "Tokens per answer", Count("tokens"), "mean number of tokens of an answer"),
    entry(First, "truncated", "Truncated", Share, "share of the answers that the limit on their length cut"),
    entry(First, "kl", "KL divergence", Count("nats"), "KL divergence from the reference as the reward estimates it, the mean over answers of their tokens' mean"),
    entry(First, "entropy", "Entropy", Count("nats"), "entropy at a token in nats, weighed as the loss is"),
    entry(Answers, "pass_at_n", "Solved prompts", Share, "share of the prompts with one answer at least that verifies"),
    entry(Answers, "tokens_per_step", "Tokens per step", Count("tokens"), "tokens of all steps over their number"),
    entry(Answers, "repetition", "Repetition", Share, "share of an answer's substrings that it says again, the mean over answers"),
    entry(Answers, "reflection_words", "Words of reflection", Count("words"), "mean number of words of reflection in an answer"),
    entry(Reward, "process_of_right", "Process reward of right answers", Number, "the same over answers that verify"),
    entry(Reward, "process_of_wrong", "Process reward of wrong answers", Number, "the same over answers that do not"),
    entry(Reward, "agreement", "Agreement", Share, "share of the answers whose process reward is above 0 exactly if they verify"),
    entry(Reward, "rank_correlation", "Rank correlation", Number, "Spearman's correlation of process reward and outcome"),
    entry(Reward, "groups_without_signal", "Groups without signal", Share, "share of the groups whose answers are all paid the same within 1e-6"),
    entry(Update, "loss", "Loss", Number, "the loss of an update, the mean over the iteration's"),
    entry(Update, "policy_loss", "Policy loss", Number, "its part that follows the advantages"),
    entry(Update, "kl_loss", "KL loss", Count("nats"), "KL divergence from the reference as the loss estimates it; 0 without a coefficient"),
    entry(Update, "kl_coefficient", "KL coefficient", Number, "its weight in the reward of the next iteration"),
    entry(Update, "ratio", "Ratio", Number, "mean of p_now / p_old over the tokens of all updates"),
    entry(Update, "clipped", "Clipped", Share, "share of the tokens whose ratio was clipped"),
    entry(Update, "moved", "Moved", Count("nats"), "mean of log p_old - log p_now over the tokens of all updates"),
    entry(Update, "policy_gap", "Policy gap", Count("nats"), "mean of |log p_trainer - log p_sampler| over the tokens of the first update"),
    entry(Update, "largest_policy_gap", "Largest policy gap", Count("nats"), "the largest of them"),
    entry(Update, "grad_norm", "Gradient norm", Number, "length of the last update's gradient before it is clipped"),
    entry(Update, "updates", "Updates", Count("updates"), "steps of the optimizer in the iteration"),
    entry(Update, "skipped", "Skipped", Share, "share of the updates that were left out, because a gradient was not finite or ratios exploded"),
    entry(Update, "learning_rate", "Learning rate", Number, "the last update's"),
    entry(Other, "answers", "Answers", Count("answers"), "answers that were learned from"),
    entry(Other, "dropped", "Dropped", Count("groups"), "groups that were left out for having no signal"),
    entry(Other, "unusable", "Unusable", Count("groups"), "groups, in evaluations answers, that were left out for a reward that is not finite"),
];

/// Metrics that depend on the form of credit, so that arms of different forms share no scale.
pub(crate) const PAID: [&str; 3] = ["process", "process_of_right", "process_of_wrong"];

impl Group {
    /// What stands above it.
    pub const fn title(self) -> &'static str {
        match self {
            First => "Curves",
            Answers => "More on the answers",
            Reward => "More on the reward",
            Update => "The updates",
            Other => "What was learned from",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_the_readme_says() {
        let readme = include_str!("../../../README.md");
        for Entry { name, meaning, .. } in &ALL {
            let row = format!("| `{name}` | {} |", meaning.replace('|', "\\|"));
            assert!(readme.contains(&row), "{row}");
        }
    }
}
