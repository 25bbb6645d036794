//! Answers of the base policy, labelled by what it still makes of each step: Monte-Carlo, Math-Shepherd's soft estimation
//! (arXiv 2312.08935). Nobody knows these labels but the policy and the right answers.

use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use burn::train::Interrupter;
use pure::data::{LabelledAnswer, LabelledAnswers, ReadOptions};
use pure::model::{Checkpoint, PromptFormat};
use pure::prm::{Attempt, LabelConfig, LabelMethod, Labeller, ShareRule};
use pure::rollout::{Engine, EngineOptions, Event, Sampling};
use pure::task::chain::Problem;

use crate::options::Compute;

/// Completions of a step.
const COMPLETIONS: usize = 8;

/// How answers are labelled.
pub struct Completed<'a> {
    pub policy: &'a Path,
    /// Tokens of the longest completion.
    pub longest: usize,
    pub seed: u64,
}

impl Completed<'_> {
    /// Writes the answers of a file with labels of its own, unless that is done.
    pub fn write(
        &self,
        path: &Path,
        answers: &Path,
        compute: &Compute,
        interrupter: &Interrupter,
    ) -> Result<(), Box<dyn Error>> {
        if path.exists() {
            return Ok(());
        }
        let start = Instant::now();
        let checkpoint = Checkpoint::open(self.policy)?;
        let tokenizer = checkpoint.tokenizer()?;
        let plain = PromptFormat {
            raw: true,
            template: None,
        };
        let prompts = plain.encoder(&tokenizer)?;
        let config = LabelConfig {
            method: LabelMethod::MonteCarlo(ShareRule::Soft),
            samples: COMPLETIONS,
            sampling: Sampling {
                max_new_tokens: self.longest,
                end_tokens: checkpoint.stops(Some(&prompts))?,
                seed: self.seed,
                ..Sampling::default()
            },
        };
        let answers = LabelledAnswers::open(answers, ReadOptions::default())?;
        let answers = answers.collect::<Result<Vec<LabelledAnswer>, _>>()?;
        let attempt = |(number, answer): (usize, &LabelledAnswer)| -> Result<_, Box<dyn Error>> {
            let problem: Problem = answer.prompt.parse()?;
            Ok(Attempt {
                number: number as u64,
                prompt: prompts.text(&answer.prompt)?,
                steps: answer.steps.clone(),
                truth: problem.answer().to_string(),
            })
        };
        let attempts = answers.iter().enumerate().map(attempt);
        let attempts = attempts.collect::<Result<Vec<Attempt>, _>>()?;
        let model = checkpoint.load(&compute.device, compute.precision)?;
        let mut engine = Engine::new(model, EngineOptions::default());
        let mut watch = |_: &Event<'_>| match interrupter.should_stop() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        let labelled =
            Labeller::new(config, &tokenizer)?.label(&mut engine, &attempts, &mut watch)?;
        let labelled = labelled.ok_or("interrupted")?;
        let (mut lines, mut agree) = (String::new(), 0);
        let all = answers.len();
        for (answer, labelled) in answers.into_iter().zip(labelled) {
            let own = LabelledAnswer {
                labels: labelled.labels,
                ..answer.clone()
            };
            agree += usize::from(own.first_error() == answer.first_error());
            lines += &serde_json::to_string(&own)?;
            lines.push('\n');
        }
        println!(
            "{all} answers labelled by {COMPLETIONS} completions a step: of {:.1} % the first error is where the oracle \
             has it; {:.0} s",
            100.0 * agree as f64 / all as f64,
            start.elapsed().as_secs_f64()
        );
        Ok(pure::files::write(path, lines)?)
    }
}
