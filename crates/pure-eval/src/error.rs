//! Everything that can go wrong in an evaluation, in words for a person.

use std::path::PathBuf;

/// What went wrong, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A benchmark cannot be read.
    #[error(transparent)]
    Data(#[from] pure_data::Error),
    /// A file cannot be read.
    #[error(transparent)]
    File(#[from] pure_files::Error),
    /// A line of a file of samples is no sample.
    #[error("{}, line {line}: no sample: {source}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A file holds nothing that could be evaluated on.
    #[error(
        "{} holds no problem with an answer that can be verified, of {questions} questions in it: \
         name the field of the answer, or another file",
        path.display()
    )]
    NoProblems {
        /// The file.
        path: PathBuf,
        /// Its questions.
        questions: usize,
    },
    /// Two problems of a benchmark have one name.
    #[error(
        "{}: records {} and {} are both called {id:?}, so nobody can tell their samples apart: name another field \
         for the id",
        path.display(), records.0, records.1
    )]
    SameProblem {
        /// The file.
        path: PathBuf,
        /// The name.
        id: String,
        /// The numbers of the records, from 1.
        records: (u64, u64),
    },
    /// A template of prompts cannot be used.
    #[error(
        "the template {found:?} has {places} places for the prompt, but must have one `{{prompt}}`, or be called \
         plain, chat, qwen-boxed, qwen25-math-cot or qwen25-math-cot-ft"
    )]
    Template {
        /// The template.
        found: String,
        /// How often `{prompt}` stands in it.
        places: usize,
    },
    /// A conversation is to be put into a template of text.
    #[error("the question is a conversation, which no template but `chat` takes")]
    Conversation,
    /// A sample answers no problem of the benchmark.
    #[error(
        "sample {sample} answers {id:?}, but no problem is called so: is it of another benchmark?"
    )]
    UnknownProblem {
        /// The name of the problem.
        id: String,
        /// The number of the sample.
        sample: usize,
    },
    /// A sample is there twice.
    #[error("sample {sample} of problem {id:?} is there twice: two runs wrote one file")]
    SameSample {
        /// The name of the problem.
        id: String,
        /// The number of the sample.
        sample: usize,
    },
    /// There is nothing to measure.
    #[error("there is no problem to measure anything of")]
    Nothing,
    /// Problems were not answered.
    #[error(
        "{count} problems have no sample, the first is {id:?}: go on with the evaluation first"
    )]
    NoSamples {
        /// The name of the first one.
        id: String,
        /// How many they are.
        count: usize,
    },
    /// More samples are to be drawn than there are.
    #[error(
        "{protocol} draws {k} samples of a problem, but {id:?} has {samples}: sample more, or draw fewer"
    )]
    TooFewSamples {
        /// What is measured.
        protocol: String,
        /// How many are drawn.
        k: usize,
        /// The name of the problem.
        id: String,
        /// How many it has.
        samples: usize,
    },
    /// No sample is to be drawn.
    #[error("{protocol} of 0 samples says nothing: draw 1 at least")]
    NoDraw {
        /// What is measured.
        protocol: String,
    },
    /// A sample was not judged by a reward model.
    #[error(
        "sample {sample} of problem {id:?} has no step rewards: let the reward model judge all samples first"
    )]
    NoRewards {
        /// The name of the problem.
        id: String,
        /// The number of the sample.
        sample: usize,
    },
    /// A reward is none.
    #[error(
        "sample {sample} of problem {id:?}: the reward of step {step} is {found}, but must be from -1 to 1"
    )]
    Reward {
        /// The name of the problem.
        id: String,
        /// The number of the sample.
        sample: usize,
        /// The step, from 1.
        step: usize,
        /// The reward.
        found: f32,
    },
    /// Two evaluations have no problem in common.
    #[error("the evaluations have no problem in common: are they of one benchmark?")]
    NothingInCommon,
}
