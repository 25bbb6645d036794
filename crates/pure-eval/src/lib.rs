//! Evaluation of language models: everything but the model.
//!
//! ```text
//! file -> Benchmark -> prompts -> (a model) -> Samples -> JudgedProblems -> measures -> Results
//! ```
//!
//! Whoever has a model samples answers to the problems of a [`Benchmark`], each asked in a [`PromptTemplate`], and writes
//! each [`Sample`] as a line of a file. The rest is here: what the samples say, how sure that is, and how two
//! evaluations differ.
//!
//! # An evaluation
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use pure_core::Finish;
//! use pure_data::{Prompt, QuestionFields};
//! use pure_eval::{
//!     Benchmark, BenchmarkResults, Comparison, Generation, JudgedProblem, PromptTemplate, Protocol, Results,
//!     Sample, missing, read_samples,
//! };
//! use pure_verify::Verifier;
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("sums.jsonl");
//! std::fs::write(&path, r#"
//! {"id": "a", "question": "What is 1/4 + 1/4?", "answer": "\\frac{1}{2}", "level": 1}
//! {"id": "b", "question": "What is 2 + 2?", "answer": "4", "level": 2}
//! "#)?;
//! let verifier = Verifier::default();
//! let benchmark = Benchmark::read(&path, &QuestionFields::default(), &verifier)?;
//! let template: PromptTemplate = "Question: {prompt}\nAnswer:".parse()?;
//! let asked = template.apply(&benchmark.problems[1].prompt)?;
//! assert_eq!(asked, Prompt::Text("Question: What is 2 + 2?\nAnswer:".to_owned()));
//!
//! // What a model wrote, four times each.
//! let texts = [
//!     ["It is \\boxed{0.5}.", "It is \\boxed{2/4}.", "It is \\boxed{2}.", "No idea."],
//!     ["It is \\boxed{5}.", "It is \\boxed{4}.", "It is \\boxed{5}.", "It is \\boxed{3}."],
//! ];
//! let file = folder.path().join("samples.jsonl");
//! let mut journal = pure_files::Journal::open(&file, 0)?;
//! for (problem, number) in missing(&benchmark.problems, &[], 4) {
//!     let generation = Generation {
//!         text: texts[problem][number].to_owned(),
//!         num_tokens: 9,
//!         cumulative_logprob: Some(-2.5),
//!         finish: Finish::End,
//!     };
//!     let sample = Sample::verified(&benchmark.problems[problem], number, generation, &verifier);
//!     journal.write_line(sample.line())?;
//! }
//!
//! // A run that was cut off would go on with what is missing; here nothing is.
//! let samples = read_samples(&file)?;
//! assert!(missing(&benchmark.problems, &samples, 4).is_empty());
//!
//! let problems = JudgedProblem::all(&benchmark, &samples, &verifier)?;
//! let at = |protocol: Protocol, k| protocol.measure(&problems, k, 0).map(|measure| measure.estimate.value);
//! // Of four samples two are right, and one.
//! assert_eq!(at(Protocol::Average, 4)?, (2.0 / 4.0 + 1.0 / 4.0) / 2.0);
//! // Of two samples: 1 - C(2, 2) / C(4, 2), and 1 - C(3, 2) / C(4, 2).
//! assert!((at(Protocol::Pass, 2)? - (5.0 / 6.0 + 3.0 / 6.0) / 2.0).abs() < 1e-12);
//! // 0.5 and 2/4 are one answer and win; 5 wins against 4.
//! assert_eq!(at(Protocol::Majority, 4)?, 0.5);
//! let error = at(Protocol::Pass, 5).unwrap_err().to_string();
//! assert_eq!(error, "pass@k draws 5 samples of a problem, but \"a\" has 4: sample more, or draw fewer");
//!
//! let results = BenchmarkResults::of(&benchmark, &problems, 0)?;
//! assert_eq!((results.wrong_answers.wrong, results.wrong_answers.no_answer), (4, 1));
//! assert_eq!(results.by_level[0].accuracy.value, 0.5);
//! let comparison = Comparison::of(&results.scores(), &results.scores(), 0)?;
//! assert_eq!(comparison.test.p_value, 1.0);
//! let all = Results::of(serde_json::Map::new(), BTreeMap::new(), 0, vec![results]);
//! assert!(all.to_string().contains("sums"));
//! pure_files::write(folder.path().join("results.json"), all.json())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is measured
//!
//! Of a problem's `n` samples, `c` of them right, `k` are drawn without replacement. Every number is the
//! expectation over all draws, its mean taken over problems; what ties is equally likely chosen.
//!
//! | metric | of a problem | exact | reference |
//! | --- | --- | --- | --- |
//! | greedy accuracy, avg@k | `c / n` | yes | |
//! | pass@k | `1 - C(n-c, k) / C(n, k)` | yes, [`pass_at_k`] | arXiv 2107.03374 |
//! | maj@k | `E[right share of argmax_a v_a]`, `v_a` the votes of answer `a` | yes, [`majority`] | arXiv 2203.11171 |
//! | best of k | `sum_v (C(a_v, k) - C(b_v, k)) / C(n, k) * right share at score v` | yes, [`best_of`] | arXiv 2305.20050 |
//! | weighted maj@k | `E[right share of argmax_a sum_{i votes a} w_i]` | up to 1,024 draws, [`weighted_majority`] | arXiv 2206.02336 |
//!
//! Scores and weights are an [`Aggregate`](pure_core::Aggregate) of the rewards of a sample's steps, brought from 0 to 1.
//! `a_v` samples have scores up to `v`, `b_v` below it. Equal answers are those that the verifier finds equal, compared
//! with the first of each kind in the order of samples.
//!
//! | beside it | formula | reference |
//! | --- | --- | --- |
//! | interval with one sample a problem | [`wilson`] | Wilson, 1927 |
//! | interval otherwise | percentiles of 4,000 resamples of problems: [`Estimate::of_mean`] | Efron and Tibshirani, 1993 |
//! | difference of two evaluations | the same, of paired differences: [`Comparison`] | |
//! | its test with values of 0 and 1 | `2 sum_{i <= min(won, lost)} C(won+lost, i) / 2^(won+lost)`: [`mcnemar`] | McNemar, 1947 |
//! | its test otherwise | share of signs with `abs(sum e_i d_i) >= abs(sum d_i)`: [`permutation_test`] | Fisher, 1935 |
//! | wrong answers by kind | [`WrongKind`] | |
//! | lengths, and what was cut off | [`Lengths`] | |
//! | tokens that answers took, of policy and reward model | [`Compute`] | |
//!
//! Whatever is drawn at random is decided by a seed and [`Dice`](pure_task::chain::Dice), alike on every platform.
//!
//! # Samples or a search?
//!
//! Both take tokens, which are told: a row of the curves says what `k` samples take, and `pure eval --search beam` what
//! its answers took. On 300 held-out problems of the built-in task, of five operations, with the fine-tuned policy and the
//! reward model that `cargo run --example train_pure -- --arms soft-min+vr` leaves, scores being minima, in percent:
//!
//! | | policy tokens | PRM tokens | right |
//! | --- | --- | --- | --- |
//! | one sample | 35 | | 52.2 |
//! | majority of 16 | 567 | | 52.1 |
//! | best of 4 | 142 | 190 | 74.3 |
//! | best of 8 | 284 | 380 | 83.2 |
//! | best of 16 | 567 | 759 | 88.1 |
//! | weighted votes of 16 | 567 | 759 | 92.2 |
//! | beam search, n = 4, width 2 | 173 | 924 | 69.7 |
//! | beam search, n = 8, width 2 | 397 | 2,692 | 72.7 |
//! | beam search, n = 16, width 4 | 1,291 | 9,333 | 52.0 |
//! | beam search, n = 16, width 16 | 1,469 | 6,161 | 35.7 |
//!
//! ```sh
//! cd runs/proof/base/seed-0
//! all="--model sft/model --reward-model prm/model --benchmark data/held_out.jsonl --limit 300 --temperature 1 --max-new-tokens 160"
//! pure eval $all --n 64 --output drawn
//! pure eval $all --n 8 --search beam --beam-width 2 --output beam
//! pure eval compare drawn beam --protocol best-of --k 8      # -10.5 points, from -15.6 to -5.6, p = 0.0002
//! ```
//!
//! The search loses at any cost, and the more the wider it is, for it finds what the reward model overrates. A step that
//! restates a result (`now 8`) gets 0.94 in the median, one that calculates 0.47; partial answers that have come unequally
//! far are compared, and those that restate stay. Of the wrong answers at n = 16, 97 % restate something, and an answer
//! does so 13 to 18 times, against 0.5 times in a sample. A whole answer must calculate, so best of N is spared most of
//! it. The policy that was trained in the same run does not restate: there the search of n = 4 is right in 89.7 % with
//! 139 tokens, best of 4 in 92.8 % with 137, one sample in 88.1 %.
//!
//! # Beside transformers, and killed
//!
//! SmolLM2-135M-Instruct in f32, on two cores of an x86-64 server, asked the first 200 problems of GSM8K:
//!
//! ```sh
//! pure eval --model smollm2 --benchmark gsm8k/test.jsonl --limit 200 --max-new-tokens 200 --output evals/smollm2
//! python tests/golden/check_eval.py smollm2 gsm8k/test.jsonl evals/smollm2/gsm8k/samples.jsonl theirs.jsonl 200
//! ```
//!
//! All 200 greedy texts are those that transformers 4.57.1 writes, and 8 of both are right. A smaller model's evaluations
//! of 3,840 samples under a reward model, and of 60 beam searches, were killed 20 times each at random moments, and ended
//! with the bytes of unbroken ones; `tests/it/eval/resuming.rs` tries fewer.
//!
//! # What may differ between problems
//!
//! - **Numbers of samples.** Each problem counts the same. A curve goes up to the smallest number, so that all its points
//!   speak of the same problems; a `k` above that is an error that names the problem.
//! - **Answers.** Questions whose answers cannot be verified are left out, and counted.
//! - **Rewards.** All samples are judged by a reward model, or none.
//!
//! # What it stands on
//!
//! - **pure-data** reads benchmarks, so that whatever can be trained on can be evaluated on; **pure-verify** judges.
//! - **pure-core** has the aggregates of rewards, **pure-files** the lines, **pure-task** the dice.

mod answers;
mod benchmark;
mod benchmark_results;
mod binomial;
mod comparison;
mod compute;
mod error;
mod estimate;
mod fingerprint;
mod judged;
mod lengths;
mod protocol;
mod results;
mod sample;
mod table;
mod template;
mod wrong;
mod wrong_answers;

pub use answers::Answers;
pub use benchmark::{Benchmark, Problem};
pub use benchmark_results::{BenchmarkResults, Curve, Part, ProblemResult};
pub use comparison::{Change, Comparison, Test, TestName, mcnemar, permutation_test};
pub use compute::{Compute, MeanCompute};
pub use error::Error;
pub use estimate::{Estimate, Interval, wilson};
pub use fingerprint::Fingerprint;
pub use judged::{JudgedProblem, JudgedSample};
pub use lengths::Lengths;
pub use protocol::{
    Candidate, Measure, Protocol, Score, best_of, curve_sizes, majority, pass_at_k,
    weighted_majority, weighted_vote,
};
pub use results::Results;
pub use sample::{Generation, Sample, Verdict, missing, read_samples};
pub use template::PromptTemplate;
pub use wrong::WrongKind;
pub use wrong_answers::WrongAnswers;
