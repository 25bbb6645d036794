//! What a model is asked of a benchmark, and what becomes of its answers.

use std::fs;

use miette::{IntoDiagnostic, WrapErr, miette};
use pure::core::Rollout;
use pure::data::Prompt;
use pure::eval::{Benchmark, Fingerprint, Generation, Problem, Sample};
use pure::model::{Message, ModelConfig, Tokenizer};
use pure::rollout::{Sampling, StopStrings};
use serde_json::{Value, json};

use super::folder::Folder;
use super::settings::Settings;
use crate::cli::support::records::Fields;
use crate::cli::support::{Answers, Asked, GrowingFile, Prompts, Requests, answer_text};

/// All that answers are made with.
pub struct Sampler<'a> {
    pub model: &'a ModelConfig,
    pub tokenizer: &'a Tokenizer,
    pub prompts: Prompts<'a>,
    pub stop: Option<&'a StopStrings>,
    pub settings: &'a Settings,
    /// The fingerprint of the model's folder.
    pub weights: Fingerprint,
}

impl Sampler<'_> {
    /// The answers to the problems of benchmarks, those that are in the folder included.
    pub fn answers(
        &self,
        benchmarks: &[Benchmark],
        folder: &Folder,
    ) -> miette::Result<Vec<Answers>> {
        let asked = benchmarks.iter().map(|benchmark| self.ask(benchmark));
        let asked = asked.collect::<miette::Result<Vec<_>>>()?;
        self.check_room(benchmarks, &asked)?;
        let asked = benchmarks.iter().zip(asked);
        asked
            .map(|(benchmark, asked)| {
                let samples = self.settings.samples();
                let requests = Requests::of(asked, self.model, self.sampling(), self.stop, samples);
                if let Some(Err(refusal)) = requests.records.iter().find(|record| record.is_err()) {
                    let reason = refusal["error"].as_str().unwrap_or_default();
                    return Err(unusable(benchmark, &refusal["id"], reason));
                }
                Answers::new(Some(self.file(benchmark, folder)?), requests)
            })
            .collect()
    }

    fn sampling(&self) -> &Sampling {
        &self.settings.answers.sampling
    }

    fn ask(&self, benchmark: &Benchmark) -> miette::Result<Vec<Asked>> {
        let problems = benchmark.problems.iter().zip(1..);
        let ask = |(problem, number): (&Problem, usize)| {
            let prompt = match &problem.prompt {
                Prompt::Text(text) => self.prompts.text(text),
                Prompt::Messages(turns) => {
                    let message = turns
                        .iter()
                        .map(|turn| Message::new(&turn.role, &turn.content));
                    self.prompts.messages(&message.collect::<Vec<_>>())
                }
            };
            let id = json!(problem.id);
            match prompt {
                Ok(prompt) => Ok(Asked {
                    number,
                    id,
                    fields: Fields::new(),
                    prompt: Ok(prompt),
                }),
                Err(reason) => Err(unusable(benchmark, &id, &reason)),
            }
        };
        problems.map(ask).collect()
    }

    /// Whether the longest prompt leaves room for an answer: a problem that is left out would falsify the result.
    fn check_room(&self, benchmarks: &[Benchmark], asked: &[Vec<Asked>]) -> miette::Result<()> {
        let named = benchmarks.iter().zip(asked);
        let named =
            named.flat_map(|(benchmark, asked)| asked.iter().map(move |one| (benchmark, one)));
        let length = |(_, one): &(&Benchmark, &Asked)| one.prompt.as_ref().map_or(0, Vec::len);
        let Some((benchmark, longest)) = named.max_by_key(length) else {
            return Ok(());
        };
        let (found, new) = (
            length(&(benchmark, longest)),
            self.sampling().max_new_tokens,
        );
        let limit = self.model.max_position_embeddings;
        if found.saturating_add(new) <= limit {
            return Ok(());
        }
        let help = match limit.saturating_sub(found) {
            0 => "leave that problem out of the file, or take a model for longer texts".to_owned(),
            most => format!("--max-new-tokens {most} leaves room for all prompts"),
        };
        Err(miette!(
            help = help,
            "the model was made for texts of {limit} tokens, but {}, problem {}, takes {found} and \
             its answer up to {new}",
            benchmark.name,
            longest.id
        ))
    }

    fn file(&self, benchmark: &Benchmark, folder: &Folder) -> miette::Result<GrowingFile> {
        let path = folder.samples(&benchmark.name);
        let parent = path.parent().expect("it is in the benchmark's folder");
        let made = fs::create_dir_all(parent).into_diagnostic();
        made.wrap_err_with(|| format!("cannot make {}", parent.display()))?;
        let mut settings = self.settings.of_samples();
        settings.insert("weights".to_owned(), json!(self.weights));
        let of_file = Fingerprint::from(benchmark.fingerprint);
        settings.insert("benchmark".to_owned(), json!(of_file));
        let settings = Value::Object(settings);
        GrowingFile::open(&path, &format!("{settings:#}\n"))
    }

    /// The line of an answer, without its end.
    pub fn line(
        &self,
        benchmark: &Benchmark,
        problem: usize,
        sample: usize,
        rollout: &Rollout,
    ) -> String {
        let generation = Generation {
            text: answer_text(self.tokenizer, self.stop, rollout),
            num_tokens: rollout.tokens.len(),
            cumulative_logprob: Some(rollout.log_probs.iter().copied().map(f64::from).sum()),
            finish: rollout.finish,
        };
        let problem = &benchmark.problems[problem];
        Sample::verified(
            problem,
            sample,
            generation,
            &self.settings.problems.verifier,
        )
        .line()
    }
}

fn unusable(benchmark: &Benchmark, id: &Value, reason: &str) -> miette::Report {
    miette!("{}, problem {id}: {reason}", benchmark.name)
}
