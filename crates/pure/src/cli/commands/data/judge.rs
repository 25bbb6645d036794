//! `pure data judge`: what the oracle of the built-in task says of sampled answers.

use std::collections::HashMap;
use std::path::PathBuf;

use clap::Args;
use miette::{Report, miette};
use pure::data::{Prompt, Questions, SampledAnswers};
use pure::task::chain::{Problem, judge};
use serde_json::json;

use super::explain;
use super::records::refuse_replacing;
use crate::cli::support::{Outcome, harmless, print};

/// Label sampled answers to the built-in task by its oracle, step by step
///
/// Turns what `pure generate` wrote into step-labelled answers, to train a reward model on or to
/// measure it with. Other tasks have no oracle: see `pure prm label`.
///
/// Such answers have no empty steps, so one with an empty step is written up to there: what stands
/// before it is judged as ever. One that begins with an empty step is left out.
#[derive(Args)]
pub struct Judge {
    /// Answers as `pure generate` writes them
    #[arg(long, value_name = "FILE")]
    samples: PathBuf,
    /// The prompts that they answer, with the same ids
    #[arg(long, value_name = "FILE")]
    questions: PathBuf,
    /// File to write; one that is there is replaced
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

impl Judge {
    pub fn run(self) -> miette::Result<Outcome> {
        let inputs = [&self.samples, &self.questions].into_iter();
        refuse_replacing(Some(&self.output), inputs)?;
        let problems = self.problems()?;
        let mut labelled = String::new();
        let (mut answers, mut right, mut empty, mut bad) = (0, 0, 0, 0);
        for sample in SampledAnswers::open(&self.samples, None).map_err(explain)? {
            let sample = match sample {
                Ok(sample) => sample,
                Err(error) => {
                    eprintln!("{}", harmless(&error.to_string()));
                    bad += 1;
                    continue;
                }
            };
            let Some(problem) = problems.get(&sample.id) else {
                eprintln!("{}: no question is called {:?}", sample.place, sample.id);
                bad += 1;
                continue;
            };
            let finished = sample.is_finished;
            let judgement = judge(problem, &sample.text, finished);
            let (steps, labels) = judgement.labelled(&sample.text);
            if steps.is_empty() {
                empty += 1;
                continue;
            }
            let record = json!({
                "id": format!("{}-{}", sample.id, sample.place.number()),
                "prompt": problem.prompt(),
                "completions": steps,
                "labels": labels,
                "answer": problem.answer().to_string(),
            });
            labelled += &format!("{record}\n");
            answers += 1;
            right += usize::from(judgement.correct);
        }
        pure::files::write(&self.output, labelled).map_err(Report::from_err)?;
        print(format_args!(
            "{answers} answers, {right} of them right, {empty} empty ones and {bad} bad records left out\n"
        ))?;
        Ok(Outcome::of(bad == 0))
    }

    fn problems(&self) -> miette::Result<HashMap<String, Problem>> {
        let mut problems = HashMap::new();
        for question in Questions::open(&self.questions, None).map_err(explain)? {
            let question = question.map_err(|error| miette!("{error}"))?;
            let Prompt::Text(text) = &question.prompt else {
                return Err(miette!("{}: a prompt of the task is a text", question.id));
            };
            let problem: Problem = text.parse().map_err(|error| miette!("{error}"))?;
            problems.insert(question.id, problem);
        }
        Ok(problems)
    }
}
