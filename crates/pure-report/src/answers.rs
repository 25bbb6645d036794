//! Which answers are shown: those to three prompts, before and after training, and three that were learned
//! from.
//!
//! The prompts are the same for all arms, as far as their evaluations asked the same, and the choice
//! hangs on nothing but their order: of `n` prompts those at `n / 6`, `n / 2` and `5 n / 6`. Of an arm
//! with several seeds it is the first run that is shown.

use crate::Error;
use crate::arms::Arm;
use crate::credit::{Picture, forms};
use crate::glossary::PAID;
use crate::samples::{Sample, Wanted, fetch};

/// How many prompts, and how many answers that were learned from.
const SHOWN: usize = 3;

/// The answers of an arm.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    /// At the first evaluation.
    pub first: Vec<Picture>,
    /// At the last evaluation, if it is another one.
    pub last: Vec<Picture>,
    /// Of the last iteration that has some.
    pub train: Vec<Picture>,
}

/// The answers of all arms.
pub(crate) fn choose(arms: &[Arm]) -> Result<Vec<Answers>, Error> {
    let of_arm = |arm: &Arm| -> Vec<String> {
        let prompts = arm.runs[0].survey.prompts_throughout();
        prompts.into_iter().map(str::to_owned).collect()
    };
    let mut shared = arms.first().map(of_arm).unwrap_or_default();
    for arm in arms {
        let asked: std::collections::BTreeSet<String> = of_arm(arm).into_iter().collect();
        shared.retain(|id| asked.contains(id));
    }
    let answers = arms.iter().map(|arm| {
        let prompts = match shared.is_empty() {
            true => of_arm(arm),
            false => shared.clone(),
        };
        of(arm, &spaced(&prompts))
    });
    answers.collect()
}

/// Three of many, evenly apart.
fn spaced(prompts: &[String]) -> Vec<String> {
    if prompts.len() <= SHOWN {
        return prompts.to_vec();
    }
    let at = |index: usize| prompts[(2 * index + 1) * prompts.len() / (2 * SHOWN)].clone();
    (0..SHOWN).map(at).collect()
}

fn of(arm: &Arm, prompts: &[String]) -> Result<Answers, Error> {
    let run = &arm.runs[0];
    let steps = || run.survey.prompts.keys().copied();
    let (Some(first), Some(last)) = (steps().next(), steps().last()) else {
        return Ok(Answers::default());
    };
    let wanted = [first, last].into_iter().flat_map(|step| {
        let wanted = move |id: &String| Wanted {
            step,
            id: id.clone(),
        };
        prompts.iter().map(wanted)
    });
    let path = run.folder.join("samples.jsonl");
    let wanted: Vec<Wanted> = wanted.collect();
    let (evaluated, trained) = fetch(&path, &wanted, run.survey.last_train, SHOWN)?;
    // Where no reward model was asked, the zeros in place of rewards say nothing.
    let has_rewards = run.metrics.evaluations(PAID[0]).next().is_some();
    let forms = match has_rewards {
        true => forms(run.config.credit),
        false => Vec::new(),
    };
    let picture = |sample: Sample| {
        let line = sample.line;
        Picture::of(sample, &forms).map_err(|source| Error::Answer {
            path: path.clone(),
            line,
            source: Box::new(source),
        })
    };
    let of_step = |step| {
        let samples = prompts.iter().filter_map(|id| {
            let is = |sample: &&Sample| sample.step == step && sample.id == *id;
            evaluated.iter().find(is).cloned()
        });
        samples.map(picture).collect::<Result<Vec<_>, _>>()
    };
    Ok(Answers {
        first: of_step(first)?,
        last: match first == last {
            true => Vec::new(),
            false => of_step(last)?,
        },
        train: trained.into_iter().map(picture).collect::<Result<_, _>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_taken_evenly() {
        let prompts: Vec<String> = (0..256).map(|n: u32| n.to_string()).collect();
        assert_eq!(spaced(&prompts), ["42", "128", "213"]);
        assert_eq!(spaced(&prompts[..2]), ["0", "1"]);
    }
}
