//! Which answers of an iteration are learned from.
//!
//! Left out are groups with a reward that is no number, and, if it is so wanted, groups whose answers
//! are all paid the same: comparing them says nothing (the dynamic sampling of DAPO, arXiv 2503.14476).

use std::collections::HashSet;

use pure_rollout::Phases;

use super::Pipeline;
use crate::answer::{Answer, credit};
use crate::config::WithoutSignal;
use crate::error::Error;

/// The answers of an iteration.
#[derive(Default)]
pub(crate) struct Answers {
    pub learned_from: Vec<Answer>,
    /// Those of groups that say nothing.
    pub dropped: Vec<Answer>,
    /// What the reference policy answered, where rewards are compared with it.
    pub references: Vec<Answer>,
    pub dropped_groups: usize,
    pub unusable_groups: usize,
    pub groups: usize,
    /// Of all answers that were asked for, the reference policy's included.
    pub tokens_sampled: usize,
    pub phases: Phases,
}

impl Answers {
    /// Groups that have a number so far.
    pub fn numbered(&self) -> usize {
        self.groups + self.dropped_groups + self.unusable_groups
    }

    /// Those that can be used, also if comparing them says nothing.
    pub fn all(&self) -> Vec<&Answer> {
        self.learned_from.iter().chain(&self.dropped).collect()
    }
}

impl Pipeline {
    /// Sorts out what cannot be learned from: groups with a reward that is no number, and, if it is so
    /// wanted, groups without signal.
    pub(crate) fn choose(&self, scored: Vec<Answer>, answers: &mut Answers) -> Result<(), Error> {
        let mut groups: Vec<Vec<Answer>> = Vec::new();
        for answer in scored {
            match groups.last_mut() {
                Some(group) if group[0].group == answer.group => group.push(answer),
                _ => groups.push(vec![answer]),
            }
        }
        let unusable = answers.references.iter();
        let unusable = unusable.filter(|answer| !answer.has_finite_rewards());
        let unusable: HashSet<usize> = unusable.map(|answer| answer.group).collect();
        for group in groups {
            let is_compared = !unusable.contains(&group[0].group);
            if !is_compared || !group.iter().all(Answer::has_finite_rewards) {
                answers.unusable_groups += 1;
            } else if self.says_nothing(&group, &answers.references)? {
                answers.dropped_groups += 1;
                answers.dropped.extend(group);
            } else {
                answers.groups += 1;
                answers.learned_from.extend(group);
            }
        }
        Ok(())
    }

    pub(crate) fn says_nothing(
        &self,
        group: &[Answer],
        references: &[Answer],
    ) -> Result<bool, Error> {
        if self.config.rollouts.without_signal == WithoutSignal::Keep {
            return Ok(false);
        }
        let credited = credit(&self.method, group, references)?;
        Ok(!credited.report().groups_without_signal.is_empty())
    }
}
