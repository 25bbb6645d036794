//! The samples of an evaluation, one JSON line each.
//!
//! ```json
//! {"id": "test/algebra/1.json", "sample": 0, "text": "… \\boxed{2}", "num_tokens": 57, "cumulative_logprob": -3.5,
//!  "finish": "end", "correct": true, "reason": "same_value", "extracted": "2", "rewards": [0.5, 0.75],
//!  "compute": {"policy_tokens": 57, "prm_tokens": 80}}
//! ```
//!
//! | field | holds |
//! | --- | --- |
//! | `id`, `sample` | the problem, and the number of its sample from 0: a pair occurs once |
//! | `text`, `num_tokens`, `finish` | what was written, how long it is, why it ended |
//! | `cumulative_logprob` | the sum of the tokens' log-probabilities, or null |
//! | `correct`, `reason`, `extracted` | the verifier's verdict |
//! | `rewards`, if any | a reward for each step, from -1 to 1, if a reward model judged it |
//! | `compute`, if any | the tokens that it took, if a reward model judged it: [`Compute`] |
//!
//! Lines may stand in any order. A run that was cut off goes on with what is [`missing`] of a file; one
//! that has samples judged reads a file without rewards and writes another with them.

use std::collections::HashSet;
use std::path::Path;

use pure_core::Finish;
use pure_files::Lines;
use pure_verify::{Reason, Verifier};
use serde::{Deserialize, Serialize};

use crate::{Compute, Error, Problem};

/// A sampled answer to a problem.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// The name of the problem.
    pub id: String,
    /// Which of the problem's samples it is, from 0.
    pub sample: usize,
    /// What was written.
    #[serde(flatten)]
    pub generation: Generation,
    /// Whether it is right.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// What a reward model says of its steps, from -1 to 1 each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rewards: Option<Vec<f32>>,
    /// The tokens that it took, if it was judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compute: Option<Compute>,
}

/// What a model wrote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Generation {
    /// The text, without special tokens.
    pub text: String,
    /// Its number of tokens, the one that ended it included.
    pub num_tokens: usize,
    /// The sum of their log-probabilities, if it is known.
    pub cumulative_logprob: Option<f64>,
    /// Why it ended.
    pub finish: Finish,
}

/// What the verifier says of a text: as much of its verdict as is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Right or wrong.
    pub correct: bool,
    /// The reason.
    pub reason: Reason,
    /// The answer as it stands in the text.
    pub extracted: Option<String>,
}

impl Verdict {
    /// That of a text that ought to end in `answer`.
    pub fn of(text: &str, answer: &str, verifier: &Verifier) -> Self {
        let verdict = verifier.verify(text, answer);
        Self {
            correct: verdict.correct,
            reason: verdict.reason,
            extracted: verdict.extracted,
        }
    }
}

impl Sample {
    /// Verifies what was written to a problem.
    pub fn verified(
        problem: &Problem,
        sample: usize,
        generation: Generation,
        verifier: &Verifier,
    ) -> Self {
        Self {
            id: problem.id.clone(),
            sample,
            verdict: Verdict::of(&generation.text, &problem.answer, verifier),
            generation,
            rewards: None,
            compute: None,
        }
    }

    /// Its line, without the line's end.
    pub fn line(&self) -> String {
        serde_json::to_string(self).expect("a sample is always JSON")
    }
}

/// The samples of a file that may still be written: a last line without its end is left out.
///
/// # Errors
///
/// [`Error::File`], or [`Error::Line`] for the first line that is no sample.
pub fn read_samples(path: impl AsRef<Path>) -> Result<Vec<Sample>, Error> {
    let path = path.as_ref();
    let lines = Lines::open(path)?.whole_only();
    let samples = lines.map(|line| {
        let line = line?;
        serde_json::from_str(&line.text).map_err(|source| Error::Line {
            path: path.to_owned(),
            line: line.number,
            source,
        })
    });
    samples.collect()
}

/// What is still to be sampled, if each problem is to have `per_problem` samples: places in `problems`
/// and numbers of samples.
pub fn missing(
    problems: &[Problem],
    samples: &[Sample],
    per_problem: usize,
) -> Vec<(usize, usize)> {
    let there: HashSet<(&str, usize)> = samples
        .iter()
        .map(|sample| (sample.id.as_str(), sample.sample))
        .collect();
    let wanted = (0..problems.len()).flat_map(|problem| {
        let numbers = 0..per_problem;
        numbers.map(move |sample| (problem, sample))
    });
    wanted
        .filter(|&(problem, sample)| !there.contains(&(problems[problem].id.as_str(), sample)))
        .collect()
}
