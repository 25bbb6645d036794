//! Which answers are shown of an arm, and the credit of each.
//!
//! Where its runs were evaluated: those to three prompts, at the first evaluation and at the last. The prompts
//! are the same for all arms, as far as their evaluations asked the same, and hang on nothing but their order:
//! of `n` prompts those at `n / 6`, `n / 2` and `5 n / 6`. Beside them three that the last iteration learned
//! from; where nothing was evaluated, three of the first iteration too.
//!
//! Of an arm with several seeds it is the first run that is shown.

use std::collections::{BTreeMap, BTreeSet};

use pure_core::credit::{Min, SoftMin, Sum};
use pure_core::{CreditConfig, Finish, metrics};

use crate::Error;
use crate::arms::Arm;
use crate::credit::CreditPicture;
use crate::samples_jsonl::{Sample, Wanted};

/// How many prompts, and how many answers that were learned from.
const SHOWN: usize = 3;

/// An answer as it is shown.
#[derive(Debug, Clone)]
pub(crate) struct ShownAnswer {
    /// The step of its evaluation, or its iteration.
    pub step: u64,
    pub prompt: String,
    pub outcome: Option<f32>,
    pub truncated: bool,
    /// The whole text, if it does not fall into as many pieces as there are steps.
    pub text: Option<String>,
    pub credit: CreditPicture,
}

/// The answers of an arm.
#[derive(Debug, Default)]
pub(crate) struct ShownAnswers {
    /// To the same prompt at the first evaluation and, if there are two, at the last.
    pub evaluated: Vec<(ShownAnswer, Option<ShownAnswer>)>,
    /// Of the first iteration, if nothing was evaluated, and of the last.
    pub trained: Vec<Vec<ShownAnswer>>,
}

/// The answers of all arms.
pub(crate) fn choose(arms: &[Arm]) -> Result<Vec<ShownAnswers>, Error> {
    let asked = arms.iter().map(|arm| arm.runs[0].survey.asked_throughout());
    // An arm that was not evaluated asked nothing.
    let all = asked.clone();
    let all: Vec<BTreeSet<&str>> = all
        .filter(|asked| !asked.is_empty())
        .map(BTreeSet::from_iter)
        .collect();
    let answers = arms.iter().zip(asked).map(|(arm, own)| {
        let is_shared = |id: &&str| all.iter().all(|asked| asked.contains(id));
        let shared: Vec<&str> = own.iter().copied().filter(is_shared).collect();
        let prompts = if shared.is_empty() { own } else { shared };
        ShownAnswers::of(arm, &spaced(&prompts))
    });
    answers.collect()
}

/// Three of many, evenly apart.
fn spaced<'a>(prompts: &[&'a str]) -> Vec<&'a str> {
    if prompts.len() <= SHOWN {
        return prompts.to_vec();
    }
    let at = |index: usize| prompts[(2 * index + 1) * prompts.len() / (2 * SHOWN)];
    (0..SHOWN).map(at).collect()
}

/// The first step and, if it is another, the last.
fn ends<T>(steps: &BTreeMap<u64, T>) -> Vec<u64> {
    let (first, last) = (steps.keys().next(), steps.keys().last());
    let mut ends: Vec<u64> = first.into_iter().chain(last).copied().collect();
    ends.dedup();
    ends
}

impl ShownAnswers {
    fn of(arm: &Arm, prompts: &[&str]) -> Result<Self, Error> {
        let run = &arm.runs[0];
        let evaluations = ends(&run.survey.asked);
        let mut iterations = ends(&run.survey.trained_lengths);
        if !evaluations.is_empty() && iterations.len() > 1 {
            iterations.remove(0);
        }
        let wanted = Wanted {
            evaluations: &evaluations,
            prompts,
            trained: iterations.iter().map(|&step| (step, SHOWN)).collect(),
        };
        let path = run.folder.join("samples.jsonl");
        // Where no reward model was asked, the zeros in place of rewards say nothing.
        let has_rewards = run.metrics.evaluations_of(metrics::PROCESS).count() > 0;
        let forms = match has_rewards {
            true => forms(run.config.credit),
            false => Vec::new(),
        };
        let mut evaluated = Vec::new();
        let mut trained = vec![Vec::new(); iterations.len()];
        for sample in wanted.read(&path)? {
            let shown = ShownAnswer::of(&sample, &forms).map_err(|source| Error::Answer {
                path: path.clone(),
                line: sample.line,
                source: Box::new(source),
            })?;
            match iterations.iter().position(|&step| step == shown.step) {
                Some(index) if sample.place.is_trained() => trained[index].push(shown),
                _ => evaluated.push((sample.place.id, shown)),
            }
        }
        let at = |step: Option<&u64>, id: &str| {
            let mut found = evaluated.iter();
            let found = found.find(|(of, shown)| of == id && Some(&shown.step) == step);
            found.map(|(_, shown)| shown.clone())
        };
        let pair = |id: &&str| Some((at(evaluations.first(), id)?, at(evaluations.get(1), id)));
        Ok(Self {
            evaluated: prompts.iter().filter_map(pair).collect(),
            trained,
        })
    }
}

impl ShownAnswer {
    fn of(sample: &Sample, forms: &[CreditConfig]) -> Result<Self, pure_core::Error> {
        let has_rewards = sample.rewards.iter().all(Option::is_some);
        let forms = if has_rewards { forms } else { &[] };
        let mut credit = CreditPicture::of(&sample.record(), 0, forms)?;
        let falls_apart = credit.set_texts(&sample.text);
        credit.set_advantages(&sample.advantages);
        Ok(Self {
            step: sample.place.step,
            prompt: sample.prompt.clone(),
            outcome: sample.outcome,
            truncated: sample.finish == Finish::Length,
            text: (!falls_apart).then(|| sample.text.clone()),
            credit,
        })
    }
}

/// Sum, min and soft-min, and the form that a run was paid by if it is another.
fn forms(own: Option<CreditConfig>) -> Vec<CreditConfig> {
    let same =
        |a: &CreditConfig, b: &CreditConfig| std::mem::discriminant(a) == std::mem::discriminant(b);
    let mut forms = vec![
        CreditConfig::Sum(Sum::default()),
        CreditConfig::Min(Min),
        CreditConfig::SoftMin(SoftMin::default()),
    ];
    if let Some(own) = own {
        match forms.iter_mut().find(|form| same(form, &own)) {
            Some(form) => *form = own,
            None => forms.push(own),
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_taken_evenly() {
        let prompts: Vec<String> = (0..256).map(|n: u32| n.to_string()).collect();
        let prompts: Vec<&str> = prompts.iter().map(String::as_str).collect();
        assert_eq!(spaced(&prompts), ["42", "128", "213"]);
        assert_eq!(spaced(&prompts[..2]), ["0", "1"]);
    }

    #[test]
    fn the_form_of_the_run_is_among_those_shown() {
        let names = |own: &str| {
            let forms = forms(own.parse().ok());
            let names: Vec<String> = forms.iter().map(ToString::to_string).collect();
            names.join(" ")
        };
        assert_eq!(names("sum:0.9"), "sum:0.9 min soft-min:0.1");
        assert_eq!(names("mean"), "sum:1 min soft-min:0.1 mean");
    }
}
