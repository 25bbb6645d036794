//! An evaluation from its benchmarks to its results.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use miette::{Report, miette};
use pure::eval::{
    Benchmark, BenchmarkResults, Fingerprint, JudgedProblem, PromptTemplate, Results, Sample,
};
use pure::model::{Checkpoint, PromptFormat, Tokenizer};
use pure::rollout::{Engine, Sampling};
use pure::run::stop_on_signals;

use super::Run;
use super::folder::Folder;
use super::problems::{self, Problems};
use super::sampling::Sampler;
use super::settings::Settings;
use crate::cli::support::{Answers, Outcome, Prompts, counted, explain, open_model, print, sample};

impl Run {
    pub(super) fn run(self) -> miette::Result<Outcome> {
        let problems = self.problems();
        let benchmarks = problems.read()?;
        let checkpoint = open_model(&self.model.model)?;
        let tokenizer = Arc::new(checkpoint.tokenizer().map_err(explain)?);
        let judge = self.judge.open()?;
        let template = self.template(&tokenizer);
        let format = format(&template);
        let prompts = Prompts::new(&format, Ok(&tokenizer))?;
        let sampling = self.sampling(&checkpoint, &prompts, &tokenizer, &template)?;
        let (model, dtype) = (checkpoint.folder(), self.compute.dtype);
        let weights = pure::files::fingerprint(model).map_err(Report::from_err)?;
        let settings = Settings {
            answers: self
                .answers
                .settings(model, dtype, &format, self.n, sampling),
            template,
            problems,
            reward_model: judge.as_ref().map(|judge| judge.folder.clone()),
        };
        let stop = self.answers.stop_strings(&Ok(tokenizer.clone()))?;
        let sampler = Sampler {
            model: checkpoint.config(),
            tokenizer: &tokenizer,
            prompts,
            stop: stop.as_ref(),
            settings: &settings,
            weights: weights.into(),
        };

        let folder = Folder::new(&self.output);
        let interrupter = stop_on_signals();
        let mut answers = sampler.answers(&benchmarks, &folder)?;
        let mut end = Outcome::Done;
        if !answers.iter().all(Answers::are_written) {
            let model = checkpoint.load(&self.compute.device()?, dtype);
            let mut engine = Engine::new(model.map_err(explain)?, self.engine.options());
            end = sample(&mut engine, &mut answers, &interrupter, "the same command")?;
        }
        let mut fingerprints = BTreeMap::from([("model".to_owned(), weights.into())]);
        if let (Outcome::Done, Some(judge)) = (&end, judge) {
            fingerprints.insert("reward_model".to_owned(), judge.weights);
            end = judge.judge(&self.compute, &benchmarks, &folder, &interrupter)?;
        }
        match end {
            Outcome::Done => self.tell(&folder, &benchmarks, &settings, fingerprints),
            Outcome::InPart => Ok(Outcome::InPart),
        }
    }

    fn problems(&self) -> Problems {
        let path = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
        Problems {
            benchmarks: self.benchmark.iter().map(path).collect(),
            fields: self.fields.fields(),
            limit: self.limit.map(|limit| limit as usize),
            verifier: self.verifier.verifier(),
        }
    }

    fn template(&self, tokenizer: &Tokenizer) -> PromptTemplate {
        let of_model = || match tokenizer.has_chat_template() {
            true => PromptTemplate::Chat,
            false => PromptTemplate::Plain,
        };
        self.template.clone().unwrap_or_else(of_model)
    }

    fn sampling(
        &self,
        checkpoint: &Checkpoint,
        prompts: &Prompts<'_>,
        tokenizer: &Tokenizer,
        template: &PromptTemplate,
    ) -> miette::Result<Sampling> {
        let mut sampling = self.answers.sampling(checkpoint, prompts)?;
        if sampling.temperature == 0.0 && self.n > 1 {
            return Err(miette!(
                help = "--temperature 0.7, or another above 0, draws different ones",
                "the {} likeliest answers to a problem are all the same one",
                self.n
            ));
        }
        // A model that is asked in turns ends its own, whatever its folder says of texts.
        let turn = template
            .end_of_turn()
            .filter(|_| !sampling.end_tokens.is_empty());
        let turn = turn.map(|text| tokenizer.encode(text, false).map_err(explain));
        if let Some([token]) = turn.transpose()?.as_deref()
            && !sampling.end_tokens.contains(token)
        {
            sampling.end_tokens.push(*token);
        }
        Ok(sampling)
    }

    /// Writes the results, and prints them.
    fn tell(
        &self,
        folder: &Folder,
        benchmarks: &[Benchmark],
        settings: &Settings,
        fingerprints: BTreeMap<String, Fingerprint>,
    ) -> miette::Result<Outcome> {
        let Settings {
            answers, problems, ..
        } = settings;
        let is_judged = settings.reward_model.is_some();
        let (seed, mut too_long) = (answers.sampling.seed, 0);
        let found = benchmarks.iter().map(|benchmark| {
            let samples = folder.read_samples(&benchmark.name, is_judged)?;
            let without = |sample: &&Sample| sample.rewards.as_ref().is_some_and(Vec::is_empty);
            too_long += samples.iter().filter(without).count() as u64;
            let judged = JudgedProblem::all(benchmark, &samples, &problems.verifier);
            let results = judged.and_then(|judged| BenchmarkResults::of(benchmark, &judged, seed));
            results.map_err(problems::explain)
        });
        let found = found.collect::<miette::Result<_>>()?;
        let results = Results::of(settings.map(), fingerprints, seed, found);
        folder.write_results(&results)?;
        match self.json {
            true => print(results.json())?,
            false => print(format_args!("{results}\n{}\n", folder.results().display()))?,
        }
        for benchmark in benchmarks.iter().filter(|of| !of.without_answer.is_empty()) {
            let (left_out, name) = (benchmark.without_answer.len() as u64, &benchmark.name);
            let questions = counted(left_out, "question");
            eprintln!("{questions} of {name} without an answer that can be verified, left out");
        }
        if too_long > 0 {
            eprintln!(
                "{} too long for the reward model, and counted as the worst",
                counted(too_long, "sample")
            );
        }
        Ok(Outcome::of(too_long == 0))
    }
}

/// How a prompt becomes tokens under a template: the model's own, or a text with nothing around it.
fn format(template: &PromptTemplate) -> PromptFormat {
    PromptFormat {
        raw: template.text().is_some(),
        template: template.text().map(str::to_owned),
    }
}
