//! The method as a whole, from scores to advantages.
//!
//! ```text
//! scores -> credit -> token rewards -> returns -> filter -> minus the baseline -> masks -> whitening
//!           c_l       x_l              G_l                                              -> advantages
//! ```
//!
//! Each arrow is a file of its own: [`credit`](crate::credit), [`RewardConfig`](crate::RewardConfig),
//! [`Returns`](crate::Returns), [`AnswerFilter`](crate::AnswerFilter), [`advantages`](crate::advantages),
//! [`whiten`](crate::whiten). This one runs them over a batch, in time linear in its tokens.

mod batch;
mod comparison;
mod config;
mod forms;
mod pay;
mod preset;
mod unverified;

pub use batch::{CreditedBatch, Report};
pub use config::{MethodConfig, SeparatorAdvantage};
pub use preset::Preset;
pub use unverified::UnverifiedConfig;

use std::fmt;

use self::forms::Forms;
use crate::advantages::{Baseline, whiten};
use crate::answer::Finish;
use crate::credit::Credit;
use crate::error::{Error, Fault};
use crate::groups::Groups;
use crate::response::Response;
use crate::truncation::Truncated;

/// The settings, ready to run.
pub struct Method {
    config: MethodConfig,
    forms: Forms,
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
            forms: Forms::of(self)?,
        })
    }
}

impl Method {
    /// The most tokens that a batch may have: a damaged file must not decide how much memory is
    /// allocated.
    pub const MOST_TOKENS: usize = 1 << 27;

    /// The same method with a form of credit of one's own; groups without a verified answer keep theirs,
    /// if they have settings of their own.
    pub fn with_credit(mut self, credit: impl Credit + 'static) -> Self {
        self.forms.verified.credit = Box::new(credit);
        self
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
        self.run_against(responses, &[])
    }

    /// Credits a batch whose rewards are [shaped](crate::RewardShaping) by those of reference answers:
    /// answers of the reference policy to the same prompts, scored as the batch is. Those of other groups
    /// are not looked at, and none is without shaping.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run); and [`Error::Response`] for the first response whose group has no reference
    /// answer, or one that contradicts itself, where rewards are shaped.
    pub fn run_against(
        &self,
        responses: &[Response<'_>],
        references: &[Response<'_>],
    ) -> Result<CreditedBatch, Error> {
        if responses.is_empty() {
            return Err(Error::NoResponses);
        }
        let offsets = self.offsets(responses)?;
        let tokens = offsets[responses.len()];
        let longest = responses.iter().map(|response| response.length).max();
        let limit = self.config.limit.or(longest).unwrap_or(0);
        let groups = Groups::of(responses.iter().map(|response| response.group));
        let forms = self.forms.of_groups(responses, &groups);
        let references = self.references(responses, references, &groups, &forms)?;

        let mut token_rewards = vec![0.0; tokens];
        let mut returns = vec![0.0; tokens];
        let mut totals = Vec::with_capacity(responses.len());
        for (index, response) in responses.iter().enumerate() {
            let place = groups.place(index);
            let (form, references) = (forms[place], &references[place]);
            let rewards = &mut token_rewards[offsets[index]..offsets[index + 1]];
            let returns = &mut returns[offsets[index]..offsets[index + 1]];
            let paid = self.pay(form, response, references, limit, rewards, returns);
            totals.push(paid.map_err(|source| Error::Response { index, source })?);
        }

        let mut advantages = vec![0.0; tokens];
        let mut valid = vec![true; tokens];
        let mut separators = 0;
        let kept = self.config.filter.keep_of_batch(&totals, &groups);
        let comparisons = self.compare(&totals, &groups, &forms, &kept, limit);
        for (index, comparison) in comparisons.iter().enumerate() {
            let (response, tokens) = (&responses[index], offsets[index]..offsets[index + 1]);
            let (returns, out) = (&returns[tokens.clone()], &mut advantages[tokens.clone()]);
            comparison.advantages(response, returns, out);
            separators += self.mask(response, kept[index], &mut valid[tokens], out);
        }
        let whitens = |baseline| matches!(baseline, Baseline::ReinforcePlusPlus { .. });
        if self.config.whiten || forms.iter().any(|form| whitens(form.baseline)) {
            whiten(&mut advantages, &valid, self.config.deviation, separators);
        }

        let mut report = Report::new(responses, &totals, &kept, &groups, &forms);
        report.tokens = tokens;
        report.limit = limit;
        report.limit_is_longest = self.config.limit.is_none();
        let baselines = comparisons.iter().map(|comparison| comparison.baseline);
        Ok(CreditedBatch {
            offsets,
            token_rewards,
            returns,
            advantages,
            baselines: baselines.collect(),
            paid: totals.iter().map(|totals| totals.paid).collect(),
            kept,
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

    /// Sets to 0 what does not count. Gives the number of separators among it, where they are masked
    /// one by one.
    fn mask(
        &self,
        response: &Response<'_>,
        is_kept: bool,
        valid: &mut [bool],
        advantages: &mut [f32],
    ) -> usize {
        let cut = response.finish == Finish::Length;
        if !is_kept || (cut && self.config.truncated == Truncated::Masked) {
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
