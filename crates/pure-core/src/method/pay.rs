//! What an answer is paid, token by token, and what is left to be paid from each token on.

use super::Method;
use super::forms::Form;
use crate::advantages::{Baseline, Totals};
use crate::answer::Finish;
use crate::error::{Error, Fault};
use crate::groups::Groups;
use crate::numeric::{ratio, to_f32};
use crate::response::Response;
use crate::returns::discounted_returns;
use crate::reward::{ProcessRange, RewardSource};
use crate::shaping::RewardShaping;

impl Method {
    /// Rewards and returns of one response's tokens, and their totals; `references` is what credit pays
    /// the reference answers of its group.
    pub(super) fn pay(
        &self,
        form: &Form,
        response: &Response<'_>,
        references: &[f64],
        limit: usize,
        rewards: &mut [f32],
        returns: &mut [f32],
    ) -> Result<Totals, Fault> {
        let config = &self.config;
        let mut totals = Totals {
            answers: 1.0,
            tokens: response.length as f64,
            right: response.scores.outcome.map(|outcome| outcome >= 0.5),
            ..Totals::default()
        };

        if config.uses_step_rewards() {
            totals.process = self.shaped_credit(form, response, references, rewards)?;
        }
        if config.reward.source == RewardSource::Outcome {
            // Credit may have told what to filter.
            rewards.fill(0.0);
        } else {
            let coefficient = config.reward.process_coefficient;
            let paid = rewards.iter_mut().enumerate();
            for (token, paid) in paid.filter(|(_, paid)| **paid != 0.0) {
                *paid = to_f32(coefficient * f64::from(*paid));
                // What is paid at a token is part of the returns of all tokens up to it.
                totals.paid.process += f64::from(*paid);
                totals.process_returns += f64::from(*paid) * (token + 1) as f64;
            }
            let (steps, _) = response.without_empty_step();
            totals.process_per_step = ratio(totals.paid.process, steps.len() as f64);
        }

        let cut = response.finish == Finish::Length;
        let penalty = if cut { config.truncated.penalty() } else { 0.0 };
        totals.paid.outcome = config.reward.of_outcome(response.scores.outcome) - penalty;
        if let Some(last) = rewards.last_mut() {
            *last = to_f32(f64::from(*last) + totals.paid.outcome);
        }
        if let Some(log_probs) = response.log_probs {
            let pairs = log_probs.policy.iter().zip(log_probs.reference);
            for (paid, (policy, reference)) in rewards.iter_mut().zip(pairs) {
                let kl = f64::from(config.kl.estimator.estimate(*policy, *reference));
                totals.kl += kl;
                *paid = to_f32(f64::from(*paid) - config.kl.coefficient * kl);
            }
        }
        totals.beside = totals.paid.outcome - config.kl.coefficient * totals.kl;
        totals.reward = match rewards.is_empty() {
            // Without a token to be paid at, the outcome still counts in the group.
            true => totals.paid.outcome,
            false => rewards.iter().map(|paid| f64::from(*paid)).sum(),
        };

        match (form.baseline.of_whole(&totals), form.baseline) {
            (Some(reward), _) => returns.fill(to_f32(reward)),
            (None, Baseline::ReinforcePlusPlus { gamma }) => {
                discounted_returns(rewards, gamma, returns);
            }
            (None, _) => {
                let is_padded = response.length < limit;
                form.credit.returns().take(rewards, is_padded, returns);
            }
        }
        totals.returns = returns.iter().map(|value| f64::from(*value)).sum();
        Ok(totals)
    }

    /// What credit pays the reference answers of each group, one after the other; nothing where nobody
    /// asks.
    pub(super) fn references(
        &self,
        responses: &[Response<'_>],
        references: &[Response<'_>],
        groups: &Groups,
        forms: &[&Form],
    ) -> Result<Vec<Vec<f64>>, Error> {
        let mut paid = vec![Vec::new(); groups.count()];
        let shaping = self.config.reward.shaping;
        if shaping == RewardShaping::None || self.config.reward.source == RewardSource::Outcome {
            return Ok(paid);
        }
        for (number, reference) in references.iter().enumerate() {
            let Some(place) = groups.place_of(reference.group) else {
                continue;
            };
            let process = reference.check().and_then(|()| {
                let mut rewards = vec![0.0; reference.length];
                self.credit(forms[place], reference, &mut rewards)
            });
            paid[place].push(process.map_err(|Fault(why)| {
                let of_group = |response: &Response<'_>| response.group == reference.group;
                Error::Response {
                    index: responses.iter().position(of_group).unwrap_or_default(),
                    source: Fault(format!("reference answer {number}, of its group: {why}")),
                }
            })?);
        }
        let bare = (0..responses.len()).find(|&index| paid[groups.place(index)].is_empty());
        match bare {
            None => Ok(paid),
            Some(index) => Err(Error::Response {
                index,
                source: Fault(
                    "its group has no reference answers, which `reward.shaping` compares it with; \
                     give some, or set it to none"
                        .to_owned(),
                ),
            }),
        }
    }

    /// Pays what the form of credit does, shaped, without its coefficient. Gives all of it.
    fn shaped_credit(
        &self,
        form: &Form,
        response: &Response<'_>,
        references: &[f64],
        rewards: &mut [f32],
    ) -> Result<f64, Fault> {
        let process = self.credit(form, response, rewards)?;
        if references.is_empty() {
            return Ok(process);
        }
        let shaped = self.config.reward.shaping.shape(process, references);
        rewards.fill(0.0);
        if let Some(last) = rewards.last_mut() {
            *last = to_f32(shaped);
        }
        Ok(shaped)
    }

    /// Pays what the form of credit does. Gives all of it.
    fn credit(
        &self,
        form: &Form,
        response: &Response<'_>,
        rewards: &mut [f32],
    ) -> Result<f64, Fault> {
        let (steps, mut scores) = response.without_empty_step();
        let range = self.config.reward.process_range;
        if range != ProcessRange::MinusOneToOne {
            let rewards = &mut scores.to_mut().process;
            rewards.iter_mut().for_each(|r| *r = range.worth(*r));
        }
        form.credit.assign(steps, &scores, rewards);
        if let Some(token) = rewards.iter().position(|paid| !paid.is_finite()) {
            let paid = rewards[token];
            return Err(Fault(format!(
                "the form of credit paid token {token} {paid}"
            )));
        }
        Ok(rewards.iter().map(|paid| f64::from(*paid)).sum())
    }
}
