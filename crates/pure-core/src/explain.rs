//! What each form of credit would pay every token of one answer, side by side.
//!
//! The table shows why a sum pays filler and a minimum does not. This module computes it; drawing it
//! is left to its callers.

use crate::answer::StepSpan;
use crate::credit::CreditConfig;
use crate::error::Error;
use crate::response::Response;

/// What one form makes of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct FormView {
    /// Its name with its setting, as on a command line.
    pub name: String,
    /// What each token is paid, process reward alone.
    pub token_rewards: Vec<f32>,
    /// The return of each token.
    pub returns: Vec<f32>,
    /// The return of each step: that of its first token, and for all forms but suffix-min of all.
    pub step_returns: Vec<f32>,
    /// The return of the whole answer.
    pub total: f32,
}

/// Forms of credit side by side, with what they were given.
#[derive(Debug, Clone, PartialEq)]
pub struct FormTable {
    /// The answer's number of tokens.
    pub length: usize,
    /// Its steps.
    pub steps: Vec<StepSpan>,
    /// The reward of each step.
    pub rewards: Vec<f32>,
    /// The forms, in the order asked for.
    pub forms: Vec<FormView>,
}

/// Lays forms of credit side by side.
///
/// A closing step without tokens (see [`ClosingSeparator`](crate::ClosingSeparator)) is left out.
///
/// # Errors
///
/// [`Error::Response`] if the answer contradicts itself, [`Error::Setting`] if a form has a setting
/// without meaning.
pub fn compare_forms(response: &Response<'_>, forms: &[CreditConfig]) -> Result<FormTable, Error> {
    let refused = |source| Error::Response { index: 0, source };
    response.check().map_err(refused)?;
    let (steps, scores) = response.without_empty_step();
    let view = |form: &CreditConfig| {
        let credit = form.build()?;
        let mut token_rewards = vec![0.0; response.length];
        credit.assign(steps, &scores, &mut token_rewards);
        let mut returns = vec![0.0; response.length];
        credit.returns().take(&token_rewards, false, &mut returns);
        Ok(FormView {
            name: form.to_string(),
            step_returns: steps.iter().map(|step| returns[step.start]).collect(),
            total: returns.first().copied().unwrap_or(0.0),
            token_rewards,
            returns,
        })
    };
    let forms: Result<Vec<FormView>, Error> = forms.iter().map(view).collect();
    Ok(FormTable {
        length: response.length,
        steps: steps.to_vec(),
        rewards: scores.process.clone(),
        forms: forms?,
    })
}
