//! An evaluation from its benchmarks to its results.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use burn::train::Interrupter;
use miette::{Report, miette};
use pure::core::Rollout;
use pure::eval::{
    Benchmark, BenchmarkResults, Fingerprint, JudgedProblem, PromptTemplate, Results,
};
use pure::model::{Checkpoint, PromptFormat, Tokenizer};
use pure::prm::BeamSearch;
use pure::report::{EvaluatedBenchmark, evaluation_page};
use pure::rollout::{Engine, Sampling};
use pure::run::stop_on_signals;
use pure::verify::Verifier;

use super::Run;
use super::folder::Folder;
use super::judging::Judge;
use super::problems::{self, Problems};
use super::sampling::Sampler;
use super::searching::Searcher;
use super::settings::{SearchSettings, Settings};
use crate::cli::support::{
    Answers, Compute, Origin, Outcome, Prompts, counted, explain, explain_prm, open_model, print,
    sample,
};

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
            search: self.search_settings(judge.as_ref()),
        };
        let search = settings.search.as_ref().map(|search| {
            let vocab_size = checkpoint.config().vocab_size;
            BeamSearch::new(search.beam, tokenizer.clone(), vocab_size)
        });
        let search = search.transpose().map_err(explain_prm)?;
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
        let mut fingerprints = BTreeMap::from([("model".to_owned(), weights.into())]);
        if let Some(judge) = &judge {
            fingerprints.insert("reward_model".to_owned(), judge.weights);
        }
        let work = Work {
            run: &self,
            checkpoint: &checkpoint,
            benchmarks: &benchmarks,
            interrupter: &interrupter,
        };
        let end = match (search, judge) {
            (Some(search), Some(judge)) => {
                let verifier = &settings.problems.verifier;
                work.search(search, judge, verifier, &mut answers)?
            }
            (_, judge) => work.sample(&sampler, &mut answers, judge, &folder)?,
        };
        match end {
            Outcome::Done => self.tell(&folder, &benchmarks, &settings, fingerprints),
            Outcome::InPart => Ok(Outcome::InPart),
        }
    }

    fn search_settings(&self, judge: Option<&Judge<'_>>) -> Option<SearchSettings> {
        Some(SearchSettings {
            beam: self.search.config(self.n)?,
            reward_model: judge?.settings(&self.compute),
        })
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
        let is_judged = settings.is_judged_apart();
        let seed = answers.sampling.seed;
        let evaluated = benchmarks.iter().map(|benchmark| {
            let samples = folder.read_samples(&benchmark.name, is_judged)?;
            let judged = JudgedProblem::all(benchmark, &samples, &problems.verifier);
            Ok((samples, judged.map_err(problems::explain)?))
        });
        let evaluated = evaluated.collect::<miette::Result<Vec<_>>>()?;
        let found = benchmarks.iter().zip(&evaluated);
        let found = found.map(|(benchmark, (_, judged))| {
            BenchmarkResults::of(benchmark, judged, seed).map_err(problems::explain)
        });
        let found = found.collect::<miette::Result<_>>()?;
        let results = Results::of(settings.map(), fingerprints, seed, found);
        folder.write_results(&results)?;
        let shown = benchmarks.iter().zip(&evaluated);
        let shown = shown.map(|(benchmark, (samples, judged))| EvaluatedBenchmark {
            benchmark,
            samples,
            judged,
        });
        let model = self.model.model.display().to_string();
        let page = evaluation_page(&model, &results, &shown.collect::<Vec<_>>());
        folder.write_report(&page)?;
        match self.json {
            true => print(results.json())?,
            false => print(format_args!(
                "{results}\n{}\n{}\n",
                folder.report().display(),
                folder.results().display()
            ))?,
        }
        let samples = evaluated.iter().flat_map(|(samples, _)| samples);
        let unread = samples.filter(|sample| sample.rewards.as_ref().is_some_and(Vec::is_empty));
        let unread = unread.count() as u64;
        for benchmark in benchmarks.iter().filter(|of| !of.without_answer.is_empty()) {
            let (left_out, name) = (benchmark.without_answer.len() as u64, &benchmark.name);
            let questions = counted(left_out, "question");
            eprintln!("{questions} of {name} without an answer that can be verified, left out");
        }
        if unread > 0 {
            eprintln!(
                "{} counted as the worst: too long for the reward model, or of text that it has no tokens for",
                counted(unread, "sample")
            );
        }
        Ok(Outcome::of(unread == 0))
    }
}

/// The work of an evaluation, of which some may be done already.
struct Work<'a> {
    run: &'a Run,
    checkpoint: &'a Checkpoint,
    benchmarks: &'a [Benchmark],
    interrupter: &'a Interrupter,
}

impl Work<'_> {
    fn engine(&self) -> miette::Result<Engine> {
        let Compute { dtype, .. } = self.run.compute;
        let model = self.checkpoint.load(&self.run.compute.device()?, dtype);
        Ok(Engine::new(
            model.map_err(explain)?,
            self.run.engine.options(),
        ))
    }

    /// Searches answers, which are judged as they are.
    fn search(
        &self,
        search: BeamSearch,
        judge: Judge<'_>,
        verifier: &Verifier,
        answers: &mut [Answers],
    ) -> miette::Result<Outcome> {
        if answers.iter().all(Answers::are_written) {
            return Ok(Outcome::Done);
        }
        let searcher = Searcher {
            search,
            evaluator: judge.load(&self.run.compute)?,
            verifier,
            together: self.run.engine.options().max_num_seqs / self.run.n as usize,
        };
        searcher.search(
            &mut self.engine()?,
            self.benchmarks,
            answers,
            self.interrupter,
        )
    }

    /// Samples answers, and has them judged if they are to be.
    fn sample(
        &self,
        sampler: &Sampler<'_>,
        answers: &mut [Answers],
        judge: Option<Judge<'_>>,
        folder: &Folder,
    ) -> miette::Result<Outcome> {
        if !answers.iter().all(Answers::are_written) {
            let line = |origin: Origin, rollout: &Rollout| {
                let benchmark = &self.benchmarks[origin.file];
                sampler.line(benchmark, origin.request, origin.sample, rollout)
            };
            let mut engine = self.engine()?;
            let again = "the same command";
            if let Outcome::InPart = sample(&mut engine, answers, line, self.interrupter, again)? {
                return Ok(Outcome::InPart);
            }
        }
        match judge {
            Some(judge) => {
                judge.judge(&self.run.compute, self.benchmarks, folder, self.interrupter)
            }
            None => Ok(Outcome::Done),
        }
    }
}

/// How a prompt becomes tokens under a template: the model's own, or a text with nothing around it.
fn format(template: &PromptTemplate) -> PromptFormat {
    PromptFormat {
        raw: template.text().is_some(),
        template: template.text().map(str::to_owned),
    }
}
