//! Answers of the base policy, labelled by the oracle: what a reward model learns from, and what it is
//! measured on.

use std::error::Error;
use std::path::Path;

use pure::core::Finish;
use pure::model::{Checkpoint, PromptFormat};
use pure::rollout::{Engine, EngineOptions, Request, Sampling, sample_all};
use pure::task::chain::{Level, Problem, Problems, Split, judge};
use serde_json::json;

use crate::options::Compute;

/// One answer to each of some problems.
pub struct Drawn {
    pub level: Level,
    pub split: Split,
    pub answers: usize,
    pub longest: usize,
    pub temperature: f64,
}

impl Drawn {
    /// Writes the file, unless it is there.
    pub fn write(
        &self,
        path: &Path,
        policy: &Path,
        seed: u64,
        compute: &Compute,
    ) -> Result<(), Box<dyn Error>> {
        if path.exists() {
            return Ok(());
        }
        let checkpoint = Checkpoint::open(policy)?;
        let tokenizer = checkpoint.tokenizer()?;
        let plain = PromptFormat {
            raw: true,
            template: None,
        };
        let prompts = plain.encoder(&tokenizer)?;
        let sampling = Sampling {
            temperature: self.temperature,
            max_new_tokens: self.longest,
            end_tokens: checkpoint.stops(Some(&prompts))?,
            seed,
            ..Sampling::default()
        };
        let problems = Problems::new(self.level, self.split, seed)?;
        let problems: Vec<Problem> = problems.take(self.answers).collect();
        let request = |(number, problem): (usize, &Problem)| {
            Ok(Request {
                prompt: prompts.text(problem.prompt())?,
                samples: 0..1,
                stream: number as u64,
                sampling: sampling.clone(),
                stop: None,
            })
        };
        let requests = problems.iter().enumerate().map(request);
        let requests: Vec<Request> = requests.collect::<Result<_, pure::model::Error>>()?;
        let model = checkpoint.load(&compute.device, compute.precision)?;
        let mut engine = Engine::new(model, EngineOptions::default());
        let (groups, _) = sample_all(&mut engine, &requests)?;
        let (mut lines, mut right) = (String::new(), 0);
        for (number, (problem, rollouts)) in problems.iter().zip(groups).enumerate() {
            let finished = rollouts[0].finish == Finish::End;
            let text = tokenizer.decode(&rollouts[0].tokens, true);
            let judgement = judge(problem, &text, finished);
            right += usize::from(judgement.correct);
            let (steps, labels) = judgement.labelled(&text);
            if steps.is_empty() {
                continue;
            }
            let record = json!({
                "id": number,
                "prompt": problem.prompt(),
                "completions": steps,
                "labels": labels,
            });
            lines += &format!("{record}\n");
        }
        let share = 100.0 * right as f64 / self.answers as f64;
        println!(
            "{} answers of the base policy at temperature {}: {share:.1} % right",
            self.answers, self.temperature
        );
        Ok(pure::files::write(path, lines)?)
    }
}
