//! What judges steps: a table of reward models, each with what it learns from and the settings in which it differs from
//! configs/chain/prm.toml. Each is taught twice: from all of its answers, and from an eighth of them, drawn at
//! random, which makes a weak one.

/// A way to teach a reward model.
#[derive(Debug, Clone, Copy)]
pub struct RewardModel {
    /// Its folder, beside those of the arms.
    pub name: &'static str,
    /// Files of labelled answers, by their names in the data.
    pub data: &'static [&'static str],
    /// The same answers, labelled in another way: those alone are learned from of which both say the same.
    pub consensus: Option<&'static str>,
    /// Settings that differ, with a space between them: each is what `pure prm train --set` takes.
    settings: &'static str,
}

/// The made answers, and the policy's own, labelled by the oracle.
const ORACLE: &[&str] = &["steps.jsonl", HOT];

/// Answers that the policy wrote, heated, labelled by the oracle.
pub const HOT: &str = "hot_steps.jsonl";

/// The same, labelled by what the policy makes of each step.
pub const COMPLETED: &str = "hot_completed.jsonl";

/// The cross-entropy of what the oracle says.
pub const PRM: RewardModel = RewardModel {
    name: "prm",
    data: ORACLE,
    consensus: None,
    settings: "",
};

/// PQM, arXiv 2410.11287: steps are ranked, not classified.
pub const PQM: RewardModel = RewardModel {
    name: "prm-pqm",
    settings: "loss={pqm={zeta=4.0}} class_weights=[1.0,1.0]",
    ..PRM
};

/// Math-Shepherd, arXiv 2312.08935: a label is the share of right answers among what the policy makes of a step.
pub const MONTE_CARLO: RewardModel = RewardModel {
    name: "prm-mc",
    data: &[COMPLETED],
    ..PRM
};

/// The consensus filter, arXiv 2501.07301, with the oracle for a judge.
pub const CONSENSUS: RewardModel = RewardModel {
    name: "prm-consensus",
    consensus: Some(HOT),
    ..MONTE_CARLO
};

/// An implicit one, which begins as the base policy and learns while the policy does: PRIME, arXiv 2502.01456.
pub const IMPLICIT: RewardModel = RewardModel {
    name: "sft",
    data: &[],
    consensus: None,
    settings: "",
};

impl RewardModel {
    /// The settings that differ, one by one.
    pub fn settings(&self) -> impl Iterator<Item = &'static str> {
        self.settings.split_whitespace()
    }

    /// Whether it has learned something before the policy does, so that there is a weak one too.
    pub fn is_taught(&self) -> bool {
        !self.data.is_empty()
    }

    /// Whether it learns from labels that the policy's own completions make.
    pub fn learns_from_completions(&self) -> bool {
        self.data.contains(&COMPLETED)
    }
}
