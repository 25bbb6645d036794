//! Answers to benchmarks that are searched step by step: one to each problem, which is judged already when it is found.

use burn::train::Interrupter;
use pure::eval::{Benchmark, Generation, Problem, Sample};
use pure::prm::{BeamSearch, Evaluator, SearchEvent, SearchProblem, Searched};
use pure::rollout::Engine;
use pure::verify::Verifier;

use crate::cli::support::{Answers, Origin, Outcome, Writing, explain_prm};

/// All that answers are searched with.
pub struct Searcher<'a> {
    pub search: BeamSearch,
    pub evaluator: Evaluator,
    pub verifier: &'a Verifier,
    /// Problems that are searched at a time.
    pub together: usize,
}

impl Searcher<'_> {
    /// Searches what is missing of all files together.
    pub fn search(
        &self,
        engine: &mut Engine,
        benchmarks: &[Benchmark],
        files: &mut [Answers],
        interrupter: &Interrupter,
    ) -> miette::Result<Outcome> {
        let mut writing = Writing::begin(files, interrupter)?;
        let (origins, requests) = writing.requests();
        let asked = origins.into_iter().zip(requests);
        let missing = asked.filter(|(_, request)| !request.samples.is_empty());
        let (places, problems): (Vec<_>, Vec<_>) = missing
            .map(|((file, place), request)| {
                let Problem { id, prompt, .. } = &benchmarks[file].problems[place];
                let problem = SearchProblem {
                    id,
                    prompt,
                    request,
                };
                ((file, place), problem)
            })
            .unzip();
        let found = self.search.run(
            engine,
            &mut |partial| self.evaluator.rewards(partial),
            &problems,
            self.together,
            &mut |event| match event {
                SearchEvent::Token => writing.token(),
                SearchEvent::Found { problem, searched } => {
                    let (file, request) = places[problem];
                    let line = line(&benchmarks[file].problems[request], searched, self.verifier);
                    let sample = 0;
                    let origin = Origin {
                        file,
                        request,
                        sample,
                    };
                    writing.finished(origin, line)
                }
            },
        );
        writing.end(found.map_err(explain_prm), "the same command")
    }
}

/// The chosen answer, as samples are written.
fn line(problem: &Problem, searched: Searched, verifier: &Verifier) -> String {
    let mut answers = searched.answers.into_iter();
    let chosen = answers.next().expect("there is one at least");
    let generation = Generation {
        num_tokens: chosen.tokens.len(),
        text: chosen.text,
        cumulative_logprob: Some(chosen.log_prob),
        finish: chosen.finish,
    };
    let sample = Sample {
        rewards: Some(chosen.rewards),
        compute: Some(searched.compute),
        ..Sample::verified(problem, 0, generation, verifier)
    };
    sample.line()
}
