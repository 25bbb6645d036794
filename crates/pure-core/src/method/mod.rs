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

pub use batch::{CreditedBatch, Report};
pub use config::{MethodConfig, Preset, SeparatorAdvantage};

use std::fmt;

use crate::advantages::{Baseline, Totals, whiten};
use crate::answer::Finish;
use crate::credit::Credit;
use crate::error::{Error, Fault};
use crate::groups::Groups;
use crate::numeric::{ratio, to_f32};
use crate::response::Response;
use crate::returns::discounted_returns;
use crate::reward::{ProcessRange, RewardSource};
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
        let mut advantages = vec![0.0; tokens];
        let mut valid = vec![true; tokens];
        let mut separators = 0;
        let mut baselines = Vec::with_capacity(responses.len());
        let comparisons = baseline.compare(&totals, &groups, limit).enumerate();
        for (index, (baseline, scale)) in comparisons {
            let (response, tokens) = (&responses[index], offsets[index]..offsets[index + 1]);
            let (returns, out) = (&returns[tokens.clone()], &mut advantages[tokens.clone()]);
            baseline.for_each_segment(response.steps, response.length, |tokens, subtracted| {
                for (value, out) in returns[tokens.clone()].iter().zip(&mut out[tokens]) {
                    *out = to_f32((f64::from(*value) - subtracted) * scale);
                }
            });
            separators += self.mask(response, &mut valid[tokens], out);
            baselines.push(baseline);
        }
        if self.config.whiten || matches!(baseline, Baseline::ReinforcePlusPlus { .. }) {
            whiten(&mut advantages, &valid, self.config.deviation, separators);
        }

        let mut report = Report::new(responses, &totals, &groups);
        report.tokens = tokens;
        report.limit = limit;
        report.limit_is_longest = self.config.limit.is_none();
        Ok(CreditedBatch {
            offsets,
            token_rewards,
            returns,
            advantages,
            baselines,
            paid: totals.iter().map(|totals| totals.paid).collect(),
            report,
        })
    }

    /// Where the tokens of each response begin in the batch, and the end of the last. Checks all of
    /// them first, since memory is then allocated by their lengths.
    fn offsets(&self, responses: &[Response<'_>]) -> Result<Vec<usize>, Error> {
        let (mut offsets, mut tokens) = (vec![0], 0);
        for (index, response) in responses.iter().enumerate() {
            let refused = |source| Error::Response { index, source };
            response.check().map_err(refused)?;
            let length = response.length;
            if let Some(limit) = self.config.limit.filter(|&limit| length > limit) {
                return Err(refused(Fault(format!(
                    "{length} tokens are more than the generation limit of {limit}"
                ))));
            }
            tokens += length;
            if tokens > Self::MOST_TOKENS {
                return Err(refused(Fault(format!(
                    "with it the answers have {tokens} tokens together, more than the {} that are \
                     credited at once; credit fewer groups at a time",
                    Self::MOST_TOKENS
                ))));
            }
            offsets.push(tokens);
        }
        Ok(offsets)
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
        let (steps, mut scores) = response.without_empty_step();
        let mut totals = Totals {
            answers: 1.0,
            tokens: response.length as f64,
            ..Totals::default()
        };

        if config.reward.source != RewardSource::Outcome {
            let range = config.reward.process_range;
            if range != ProcessRange::MinusOneToOne {
                let rewards = &mut scores.to_mut().process;
                rewards.iter_mut().for_each(|r| *r = range.worth(*r));
            }
            self.credit.assign(steps, &scores, rewards);
            let coefficient = config.reward.process_coefficient;
            let paid = rewards.iter_mut().enumerate();
            for (token, paid) in paid.filter(|(_, paid)| **paid != 0.0) {
                if !paid.is_finite() {
                    let why = format!("the form of credit paid token {token} {paid}");
                    return Err(Fault(why));
                }
                *paid = to_f32(coefficient * f64::from(*paid));
                // What is paid at a token is part of the returns of all tokens up to it.
                totals.paid.process += f64::from(*paid);
                totals.process_returns += f64::from(*paid) * (token + 1) as f64;
            }
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
        totals.reward = match rewards.is_empty() {
            // Without a token to be paid at, the outcome still counts in the group.
            true => totals.paid.outcome,
            false => rewards.iter().map(|paid| f64::from(*paid)).sum(),
        };

        match config.baseline {
            // An answer counts as a whole: all its tokens have its total reward as their return.
            Baseline::Rloo | Baseline::Grpo | Baseline::DrGrpo => {
                returns.fill(to_f32(totals.reward));
            }
            Baseline::ReinforcePlusPlus { gamma } => discounted_returns(rewards, gamma, returns),
            _ => {
                let is_padded = response.length < limit;
                self.credit.returns().take(rewards, is_padded, returns);
            }
        }
        totals.returns = returns.iter().map(|value| f64::from(*value)).sum();
        Ok(totals)
    }

    /// Sets to 0 what does not count. Gives the number of separators among it, where they are masked
    /// one by one.
    fn mask(&self, response: &Response<'_>, valid: &mut [bool], advantages: &mut [f32]) -> usize {
        if self.config.truncated == Truncated::Masked && response.finish == Finish::Length {
            valid.fill(false);
            advantages.fill(0.0);
            return 0;
        }
        if self.config.separators == SeparatorAdvantage::Kept {
            return 0;
        }
        for step in response.steps {
            valid[step.last()] = false;
            advantages[step.last()] = 0.0;
        }
        response.steps.iter().filter(|s| !s.is_empty()).count()
    }
}

impl fmt::Debug for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Method")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
