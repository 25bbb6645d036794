//! Which answers of an iteration are learned from.
//!
//! Left out are groups with a reward that is no number, and, if it is so wanted, groups whose answers
//! are all paid the same: comparing them says nothing (the dynamic sampling of DAPO, arXiv 2503.14476).

use pure_core::Response;
use pure_rollout::Phases;

use super::Pipeline;
use crate::Error;
use crate::policy::answers::Scored;
use crate::policy::config::WithoutSignal;
use crate::policy::evaluation::is_usable;

/// The answers of an iteration.
#[derive(Default)]
pub(super) struct Answers {
    pub learned_from: Vec<Scored>,
    /// Those of groups that say nothing.
    pub dropped: Vec<Scored>,
    pub dropped_groups: usize,
    pub unusable_groups: usize,
    pub groups: usize,
    pub phases: Phases,
}

impl Answers {
    /// Whether there is anything to say of them, in an iteration counted from 0.
    pub fn check(&self, iteration: usize) -> Result<(), Error> {
        let iteration = iteration + 1;
        match self.learned_from.is_empty() && self.dropped.is_empty() {
            true => Err(Error::NoUsableRewards { iteration }),
            false => Ok(()),
        }
    }

    /// Groups that have a number so far.
    pub fn numbered(&self) -> usize {
        self.groups + self.dropped_groups + self.unusable_groups
    }
}

impl Pipeline {
    /// Sorts out what cannot be learned from: groups with a reward that is no number, and, if it is so
    /// wanted, groups without signal.
    pub(super) fn choose(&self, scored: Vec<Scored>, answers: &mut Answers) -> Result<(), Error> {
        let mut groups: Vec<Vec<Scored>> = Vec::new();
        for scored in scored {
            match groups.last_mut() {
                Some(group) if group[0].answer.group == scored.answer.group => group.push(scored),
                _ => groups.push(vec![scored]),
            }
        }
        for group in groups {
            if !group.iter().all(is_usable) {
                answers.unusable_groups += 1;
            } else if self.says_nothing(&group)? {
                answers.dropped_groups += 1;
                answers.dropped.extend(group);
            } else {
                answers.groups += 1;
                answers.learned_from.extend(group);
            }
        }
        Ok(())
    }

    pub(super) fn says_nothing(&self, group: &[Scored]) -> Result<bool, Error> {
        if self.config.rollouts.without_signal == WithoutSignal::Keep {
            return Ok(false);
        }
        let responses: Vec<Response<'_>> = group.iter().map(Scored::response).collect();
        let report = self.method.run(&responses)?;
        Ok(!report.report().groups_without_signal.is_empty())
    }
}
