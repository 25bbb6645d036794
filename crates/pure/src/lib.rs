//! Reinforcement learning of language models from process rewards, on Burn.
//!
//! This crate is the front door: it re-exports what the workspace offers, module by module, so that
//! one dependency is enough. Each part is also a crate of its own, for projects that want no more
//! than that part.
//!
//! | module | crate | what it is |
//! | --- | --- | --- |
//! | [`core`] | `pure-core` | the arithmetic of the method: steps, credit, KL, baselines, advantages, signals of hacking |
//! | [`data`] | `pure-data` | prompts, step-labelled answers, benchmarks, and a task made from a seed |
//! | [`model`] | `pure-model` | Qwen- and Llama-style decoders, reward models, KV cache, Hugging Face folders, tokenizer, devices |
//! | [`report`] | `pure-report` | what training runs did, as one page: curves, collapse, credit of answers |
//! | [`rollout`] | `pure-rollout` | answers from a model: continuous batches on a KV cache |
//! | [`train`] | `pure-train` | learners on Burn's training loop: policies, reward models, fine-tuning; labels, and how good a reward model is |
//! | [`verify`] | `pure-verify` | is a mathematical answer right? extraction and exact comparison |
//!
//! # Scoring a response
//!
//! A model is a folder in the layout of Hugging Face. Open it, choose a device, load it, and ask
//! what the model thinks of a response, token by token:
//!
//! ```
//! use pure::model::{Checkpoint, DeviceChoice, Exchange, Precision};
//!
//! # fn main() -> Result<(), pure::model::Error> {
//! let checkpoint = Checkpoint::open("tests/golden/models/qwen2_tied")?;
//! let device = DeviceChoice::Auto.open()?.device();
//! let model = checkpoint.load(&device, Precision::F32)?;
//!
//! // With a tokenizer in the folder: checkpoint.tokenizer()?.encode("What is 2 + 3?", true)?
//! let exchange = Exchange {
//!     prompt: vec![5, 20, 8],
//!     response: vec![31, 7],
//! };
//! let scores = model.score_responses(&[exchange], 1.0, 8192)?;
//!
//! let scores = &scores[0];
//! assert_eq!(scores.log_probs.len(), 2);
//! assert!(scores.log_probs.iter().all(|log_prob| *log_prob < 0.0));
//! // Entropy lies between certainty and an even choice among the 96 tokens of this vocabulary.
//! assert!(scores.entropies.iter().all(|entropy| (0.0..96_f32.ln()).contains(entropy)));
//! # Ok(())
//! # }
//! ```
//!
//! A process reward model judges the steps of a response. [`StepFormat`](core::StepFormat) finds the
//! steps and marks their ends:
//!
//! ```
//! use pure::core::{Aggregates, StepFormat};
//! use pure::model::{Checkpoint, DeviceChoice, MarkedAnswer, Precision};
//!
//! # fn main() -> Result<(), pure::model::Error> {
//! let checkpoint = Checkpoint::open("tests/golden/prm/mlp_head")?;
//! let device = DeviceChoice::Auto.open()?.device();
//! let prm = checkpoint.load_prm(&device, Precision::F32)?;
//!
//! // Tokens that end a step, and the one at which this model was taught to judge. With a tokenizer
//! // they are found by text: StepFormat::from_vocabulary.
//! let format = StepFormat::new([6, 7, 30], 5);
//! let response = [21, 40, 6, 33, 7, 12, 2];
//! let steps = format.split(&response);
//! let marked = format.prm_input(&[], &response, &steps);
//! let answer = MarkedAnswer {
//!     prompt: vec![9, 50, 11],
//!     answer: marked.tokens,
//!     ends: marked.positions,
//! };
//! let rewards = prm.judge(&[answer], 4096)?.remove(0);
//! assert_eq!(rewards.len(), 3);
//! assert!(Aggregates::of(&rewards).is_some_and(|all| all.min <= all.mean));
//! # Ok(())
//! # }
//! ```
//!
//! To train the model, load it onto `device.autodiff()`; its decoder is an ordinary Burn module
//! that fits into one of yours (`examples/embed_in_burn_project.rs`).
//!
//! # Devices
//!
//! The processor is always there. The features `cuda`, `wgpu`, `vulkan`, `metal` and `rocm` add
//! backends; one binary may carry several, and chooses among them when it runs.
#![recursion_limit = "256"]
#![warn(missing_docs)]

/// The arithmetic of the method: steps, credit, KL, baselines, advantages, signals of hacking.
pub mod core {
    pub use pure_core::{
        Aggregate, Aggregates, Baseline, BaselineValue, Clip, ClosingSeparator, Credit,
        CreditConfig, CreditedBatch, CreditedRecord, CreditedRecords, CreditedResponse, Delta,
        Deviation, Error, Fault, Finish, FormTable, FormView, Group, KlConfig, KlControl,
        KlController, KlEstimator, Label, LogProbs, LossGradient, LossMean, LossToken, Mean,
        Method, MethodConfig, Min, MinimumOver, Observation, OutcomeRange, Paid, PolicyLoss,
        PolicyStats, Preset, PrmInput, ProcessRange, Record, Report, Response, ResponseBaseline,
        RewardConfig, RewardSource, Rollout, Scores, SeparatorAdvantage, Signals, SoftMin,
        StepFormat, StepSpan, SuffixMin, Sum, TokenSelection, TokenWeights, Truncated,
        compare_forms, discounted_returns, generalized_advantages, returns_to_go, signals,
        step_reward, suffix_minima, whiten,
    };

    /// How good a process reward model is: what it says of steps whose truth is known, in numbers.
    pub mod judgement {
        pub use pure_core::judgement::{
            BestOf, BestOfN, BestThreshold, ClassQuality, DEFAULT_BINS, FirstErrorQuality,
            JudgedAnswers, JudgedSteps, JudgementError, Reliability, ReliabilityBin, Sample,
            StepQuality, Votes, first_error, pass_at_n, roc_auc,
        };
    }
}

/// Prompts, step-labelled answers, benchmarks, and a task that is made from a seed.
pub mod data {
    pub use pure_data::{
        BadRecord, CheckReport, CheckableAnswer, CheckableAnswers, Error, Fault, FaultLine,
        FirstErrorCase, FirstErrorCases, LabelCounts, LabelForm, LabelledAnswer, LabelledAnswers,
        Layout, Neutral, Place, Prompt, Question, Questions, ReadOptions, SampledAnswer,
        SampledAnswers, Spread, StepLabel, Turn, chain, check,
    };
}

/// Language models: shapes, weights, caches, text, devices.
pub mod model {
    pub use pure_model::{
        Batch, Batching, CausalLm, Checkpoint, ConfigError, Decoder, DeviceChoice, DeviceKind,
        EndTokens, Error, Exchange, Family, KvCache, LeftPadded, MarkedAnswer, Memory, Message,
        ModelConfig, Positions, Precision, PresentDevice, PrmHead, ProcessRewardModel,
        PromptEncoder, PromptFormat, ResponseScores, RopeConfig, RopeScaling, Sequence,
        TokenScores, Tokenizer, copy_tokenizer, guard_devices, keep_freed_memory, read_config,
        windows,
    };
}

/// What runs of a policy's training did, as one page for a browser and as a table.
pub mod report {
    pub use pure_report::{ArmRow, BeforeBestLast, Error, Report, Spread, Table, collapse};
}

/// Answers from a model: requests, the engine, what it reports.
pub mod rollout {
    pub use pure_rollout::{
        Engine, EngineOptions, Error, Event, Phases, PolicyGap, Request, Sampler, Sampling,
        StopRule, StopStrings, policy_gap, sample_all,
    };
}

/// Learners on Burn's training loop: policies, reward models, fine-tuning; labels, and how good a
/// reward model is.
pub mod train {
    pub use pure_train::{
        Action, Agreement, Answer, Attempt, BatchConfig, BestOfEvaluation, Bound, CheckpointConfig,
        Chosen, Count, Decay, Decline, Ended, Error, EvaluationConfig, Evaluator,
        FirstErrorEvaluation, FirstErrors, FrozenPolicy, HackRule, HeadConfig, LabelConfig,
        LabelError, LabelMethod, Labeller, Marker, Measures, MonitorConfig, Notice, OldLogProbs,
        OptimizerConfig, Outcomes, Outlook, Plan, PolicyConfig, PolicyOutlook, PolicyTraining,
        PrmConfig, PrmTraining, Progressed, Prompt, PromptConfig, PromptFile, PromptSource,
        ReferenceConfig, ReferencePolicy, Report, RewardModel, RewardModelConfig, RolloutConfig,
        Run, Schedule, Scheduler, Sft, SftConfig, ShareRule, Signal, SignalRule, Skipped,
        StageConfig, StepEvaluation, StepLabels, StepReadError, StepReader, StepRewards,
        StepTokens, SteppedAnswer, Trained, TrueAnswers, UpdateConfig, VerifiedQuestions, Watcher,
        WithoutSignal, Work, config, train,
    };
}

/// Is a mathematical answer right? Extraction, exact comparison, and a verdict that explains itself.
pub mod verify {
    pub use pure_verify::{Decimals, Mode, Reason, Rule, Verdict, Verifier, verify};
}
