//! The method as a whole, from scores to advantages.
//!
//! ```text
//! scores -> credit -> token rewards -> returns -> minus the baseline -> masks -> whitening -> advantages
//!           c_l       x_l              G_l
//! ```
//!
//! Each arrow is a file of its own: [`credit`](crate::credit), [`RewardConfig`](crate::RewardConfig),
//! [`Returns`](crate::Returns), [`advantages`](crate::advantages), [`whiten`](crate::whiten). This one
//! runs them over a batch, in time linear in its tokens.

mod batch;
mod config;
mod report;

pub use batch::CreditedBatch;
pub use config::{MethodConfig, Preset, SeparatorAdvantage};
pub use report::Report;

use std::borrow::Cow;
use std::fmt;

use crate::advantages::{Baseline, Comparison, Totals, whiten_counting};
use crate::answer::{Finish, Scores};
use crate::credit::Credit;
use crate::error::{Error, Fault};
use crate::groups::Groups;
use crate::numeric::to_f32;
use crate::response::{Paid, Response, ResponseBaseline};
use crate::returns::discounted_returns;
use crate::reward::ProcessRange;
use crate::truncation::Truncated;

/// The settings, ready to run.
pub struct Method {
    config: MethodConfig,
    credit: Box<dyn Credit>,
}

impl MethodConfig {
    /// The method of these settings.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] if one has no meaning.
    pub fn build(&self) -> Result<Method, Error> {
        self.check()?;
        Ok(Method {
            config: self.clone(),
            credit: self.credit.build_over(self.minimum_over)?,
        })
    }
}

impl Method {
    /// The most tokens that a batch may have: a damaged file must not decide how much memory is
    /// allocated.
    pub const MOST_TOKENS: usize = 1 << 27;

    /// The same method with a form of credit of one's own.
    pub fn with_credit(self, credit: impl Credit + 'static) -> Self {
        Self {
            credit: Box::new(credit),
            ..self
        }
    }

    /// Changes the coefficient of the KL penalty to that of a [`KlController`](crate::KlController).
    ///
    /// # Panics
    ///
    /// If it is negative or not finite.
    pub fn set_kl_coefficient(&mut self, coefficient: f64) {
        assert!(
            coefficient >= 0.0 && coefficient.is_finite(),
            "a KL coefficient of {coefficient}"
        );
        self.config.kl.coefficient = coefficient;
    }

    /// The settings.
    pub fn config(&self) -> &MethodConfig {
        &self.config
    }

    /// Credits a batch.
    ///
    /// # Errors
    ///
    /// [`Error::NoResponses`] for an empty batch, [`Error::Response`] for the first response that
    /// contradicts itself, or with which the batch is longer than [`MOST_TOKENS`](Self::MOST_TOKENS).
    pub fn run(&self, responses: &[Response<'_>]) -> Result<CreditedBatch, Error> {
        if responses.is_empty() {
            return Err(Error::NoResponses);
        }
        let offsets = self.offsets(responses)?;
        let tokens = offsets[responses.len()];
        let longest = responses.iter().map(|response| response.length).max();
        let limit = self.config.limit.or(longest).unwrap_or(0);
        let groups = Groups::of(responses.iter().map(|response| response.group));

        let mut token_rewards = vec![0.0; tokens];
        let mut returns = vec![0.0; tokens];
        let mut totals = Vec::with_capacity(responses.len());
        for (index, response) in responses.iter().enumerate() {
            let rewards = &mut token_rewards[offsets[index]..offsets[index + 1]];
            let returns = &mut returns[offsets[index]..offsets[index + 1]];
            let paid = self.pay(response, limit, rewards, returns);
            totals.push(paid.map_err(|source| Error::Response { index, source })?);
        }

        let baseline = self.config.baseline;
        let place = |index: usize| groups.place(index);
        let comparisons = baseline.compare(&totals, place, groups.count(), limit);
        let mut advantages = vec![0.0; tokens];
        let mut valid = vec![true; tokens];
        let mut baselines = Vec::with_capacity(responses.len());
        for (index, response) in responses.iter().enumerate() {
            let tokens = offsets[index]..offsets[index + 1];
            let (returns, out) = (&returns[tokens.clone()], &mut advantages[tokens.clone()]);
            baselines.push(subtract(
                response,
                comparisons[index],
                baseline,
                returns,
                out,
            ));
            self.mask(response, &mut valid[tokens.clone()], out);
        }
        if self.config.whiten || matches!(baseline, Baseline::ReinforcePlusPlus { .. }) {
            let separators = self.masked_separators(responses);
            whiten_counting(&mut advantages, &valid, self.config.deviation, separators);
        }

        let paid = |totals: &Totals| Paid {
            process: totals.process,
            outcome: totals.outcome,
        };
        let paid: Vec<Paid> = totals.iter().map(paid).collect();
        let mut report = Report::new(responses, &totals, &paid, &groups);
        report.tokens = tokens;
        report.limit = limit;
        report.limit_is_longest = self.config.limit.is_none();
        Ok(CreditedBatch {
            offsets,
            token_rewards,
            returns,
            advantages,
            baselines,
            paid,
            report,
        })
    }

    /// Where the tokens of each response begin in the batch, and the end of the last. Checks all of
    /// them first, since memory is then allocated by their lengths.
    fn offsets(&self, responses: &[Response<'_>]) -> Result<Vec<usize>, Error> {
        let mut offsets = Vec::with_capacity(responses.len() + 1);
        let mut tokens = 0;
        offsets.push(0);
        for (index, response) in responses.iter().enumerate() {
            let refused = |source| Error::Response { index, source };
            self.check(response).map_err(refused)?;
            tokens += response.length;
            if tokens > Self::MOST_TOKENS {
                let most = Self::MOST_TOKENS;
                return Err(refused(Fault::BatchTooLong { tokens, most }));
            }
            offsets.push(tokens);
        }
        Ok(offsets)
    }

    fn check(&self, response: &Response<'_>) -> Result<(), Fault> {
        response.check()?;
        match self.config.limit {
            Some(limit) if response.length > limit => Err(Fault::LongerThanLimit {
                length: response.length,
                limit,
            }),
            _ => Ok(()),
        }
    }

    /// Rewards and returns of one response's tokens, and their totals.
    fn pay(
        &self,
        response: &Response<'_>,
        limit: usize,
        rewards: &mut [f32],
        returns: &mut [f32],
    ) -> Result<Totals, Fault> {
        let config = &self.config;
        let (steps, scores) = response.without_empty_step();
        let mut totals = Totals {
            tokens: response.length as f64,
            steps: steps.len() as f64,
            ..Totals::default()
        };

        if config.reward.pays_process() {
            let range = config.reward.process_range;
            let worth = match range {
                ProcessRange::MinusOneToOne => scores,
                ProcessRange::ZeroToOne => Cow::Owned(Scores {
                    process: scores.process.iter().map(|&r| range.worth(r)).collect(),
                    outcome: scores.outcome,
                }),
            };
            self.credit.assign(steps, &worth, rewards);
            let coefficient = config.reward.process_coefficient;
            for (token, paid) in rewards
                .iter_mut()
                .enumerate()
                .filter(|(_, paid)| **paid != 0.0)
            {
                if !paid.is_finite() {
                    return Err(Fault::Payment {
                        token,
                        found: *paid,
                    });
                }
                *paid = to_f32(coefficient * f64::from(*paid));
                // What is paid at a token is part of the returns of all tokens up to it.
                totals.process += f64::from(*paid);
                totals.process_returns += f64::from(*paid) * (token + 1) as f64;
            }
        }

        let cut = response.finish == Finish::Length;
        let penalty = if cut { config.truncated.penalty() } else { 0.0 };
        totals.outcome = config.reward.of_outcome(response.scores.outcome) - penalty;
        if let Some(last) = rewards.last_mut() {
            *last = to_f32(f64::from(*last) + totals.outcome);
        }
        if let Some(log_probs) = response.log_probs {
            let pairs = log_probs.policy.iter().zip(log_probs.reference);
            for (paid, (policy, reference)) in rewards.iter_mut().zip(pairs) {
                let kl = f64::from(config.kl.estimator.estimate(*policy, *reference));
                totals.kl += kl;
                *paid = to_f32(f64::from(*paid) - config.kl.coefficient * kl);
            }
        }
        totals.reward = match rewards.is_empty() {
            // Without a token to be paid at, the outcome still counts in the group.
            true => totals.outcome,
            false => rewards.iter().map(|paid| f64::from(*paid)).sum(),
        };

        match config.baseline {
            baseline if baseline.is_of_sequences() => returns.fill(to_f32(totals.reward)),
            Baseline::ReinforcePlusPlus { gamma } => discounted_returns(rewards, gamma, returns),
            _ => {
                let is_padded = response.length < limit;
                self.credit.returns().take(rewards, is_padded, returns);
            }
        }
        totals.returns = returns.iter().map(|value| f64::from(*value)).sum();
        Ok(totals)
    }

    /// Sets to 0 what does not count.
    fn mask(&self, response: &Response<'_>, valid: &mut [bool], advantages: &mut [f32]) {
        if self.is_masked(response) {
            valid.fill(false);
            advantages.fill(0.0);
        } else if self.config.separators == SeparatorAdvantage::Masked {
            for step in response.steps {
                valid[step.last()] = false;
                advantages[step.last()] = 0.0;
            }
        }
    }

    fn is_masked(&self, response: &Response<'_>) -> bool {
        self.config.truncated == Truncated::Masked && response.finish == Finish::Length
    }

    fn masked_separators(&self, responses: &[Response<'_>]) -> usize {
        if self.config.separators == SeparatorAdvantage::Kept {
            return 0;
        }
        let counted = responses
            .iter()
            .filter(|response| !self.is_masked(response));
        let ends =
            |response: &Response<'_>| response.steps.iter().filter(|s| !s.is_empty()).count();
        counted.map(ends).sum()
    }
}

impl fmt::Debug for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Method")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// Subtracts the baseline from the returns of one response.
fn subtract(
    response: &Response<'_>,
    comparison: Comparison,
    kind: Baseline,
    returns: &[f32],
    out: &mut [f32],
) -> ResponseBaseline {
    let baseline = ResponseBaseline {
        constant: to_f32(comparison.constant),
        per_unit: to_f32(comparison.per_unit),
        kind,
    };
    baseline.for_each_segment(response.steps, response.length, |tokens, off| {
        for (value, out) in returns[tokens.clone()].iter().zip(&mut out[tokens]) {
            *out = to_f32((f64::from(*value) - off) * comparison.scale);
        }
    });
    baseline
}
