//! Reinforcement learning of language models from process rewards, on Burn.
//!
//! This crate is the front door: it re-exports what the workspace offers, module by module, so that
//! one dependency is enough. Each part is also a crate of its own, for projects that want no more
//! than that part.
//!
//! | module | crate | what it is |
//! | --- | --- | --- |
//! | [`core`] | `pure-core` | the arithmetic of the method: steps, credit, KL, baselines, advantages, signals of hacking, metrics |
//! | [`data`] | `pure-data` | prompts, demonstrations, step-labelled answers, benchmarks |
//! | [`files`] | `pure-files` | files whole or not at all, lines within bounds |
//! | [`model`] | `pure-model` | Qwen- and Llama-style decoders, reward models, KV cache, Hugging Face folders, tokenizer, devices |
//! | [`prm`] | `pure-prm` | process reward models: what they read, their training, their quality, step labels |
//! | [`report`] | `pure-report` | what training runs did, as one page: curves, collapse, credit of answers |
//! | [`rl`] | `pure-rl` | reinforcement learning of a policy: PURE's algorithm |
//! | [`rollout`] | `pure-rollout` | answers from a model: continuous batches on a KV cache |
//! | [`run`] | `pure-run` | runs of training: the loop, the folder, checkpoints, metrics, optimizer |
//! | [`settings`] | `pure-settings` | settings in TOML, every mistake shown with its place |
//! | [`sft`] | `pure-sft` | supervised fine-tuning |
//! | [`task`] | `pure-task` | a task made from a seed, with an oracle that judges every step and a tokenizer |
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
//! let mut marked = response.to_vec();
//! format.mark(&mut marked, &steps);
//! let answer = MarkedAnswer {
//!     prompt: vec![9, 50, 11],
//!     answer: marked,
//!     ends: steps.iter().map(|step| step.last()).collect(),
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

/// The Burn that this crate is built on, whose tensors, devices and modules stand in its interfaces.
pub use burn;

/// The arithmetic of the method: steps, credit, KL, baselines, advantages, signals of hacking.
pub mod core {
    pub use pure_core::{
        Aggregate, Aggregates, Baseline, BaselineValue, ClosingSeparator, Credit, CreditConfig,
        CreditedBatch, CreditedRecord, CreditedRecords, CreditedResponse, Deviation, Error, Fault,
        Finish, FormTable, FormView, KlConfig, KlControl, KlController, KlEstimator, Label,
        LogProbs, LossGradient, LossMean, LossToken, Method, MethodConfig, Metric, MinimumOver,
        OutcomeRange, Paid, PolicyLoss, PolicyStats, Preset, ProcessRange, Record, Report,
        Response, ResponseBaseline, Returns, RewardConfig, RewardSource, Rollout, Scores,
        SeparatorAdvantage, Signals, StepFormat, StepSpan, TokenSelection, TokenWeights, Truncated,
        compare_forms, credit, metrics, signals, whiten,
    };
}

/// Prompts, demonstrations, step-labelled answers and benchmarks, from files of every form.
pub mod data {
    pub use pure_data::{
        BadRecord, CheckReport, CheckableAnswer, CheckableAnswers, Error, Fault, FaultLine,
        FirstErrorCase, FirstErrorCases, LabelCounts, LabelForm, LabelledAnswer, LabelledAnswers,
        Layout, Neutral, Place, Prompt, Question, Questions, ReadOptions, Record, Records,
        SampledAnswer, SampledAnswers, Spread, StepLabel, Turn, check,
    };
}

/// Files that are there whole or not at all, and text that is read line by line within bounds.
pub mod files {
    pub use pure_files::{
        Error, Fingerprint, Input, Journal, LONGEST_LINE, Line, Lines, Lock, create_folder,
        fingerprint, is_stream, read_to_string, remove, sync, write, write_by_name, write_folder,
        write_with,
    };
}

/// Language models: shapes, weights, caches, text, devices.
pub mod model {
    pub use pure_model::{
        Batch, Batching, CausalLm, Checkpoint, ConfigError, Decoder, DeviceChoice, DeviceKind,
        Dropout, EndTokens, Error, Exchange, Family, Gradients, Held, KvCache, LeftPadded,
        LoraConfig, MarkedAnswer, Memory, Message, ModelConfig, Offload, Positions, Precision,
        PresentDevice, PrmHead, ProcessRewardModel, Projection, PromptEncoder, PromptFormat,
        Recording, ResponseScores, Room, RopeConfig, RopeScaling, Sequence, TokenScores, Tokenizer,
        Workload, copy_tokenizer, guard_devices, keep_freed_memory, merged, read_config, windows,
    };
}

/// What runs of a policy's training did, as one page for a browser and as a table.
pub mod report {
    pub use pure_report::{
        AnswersFrom, ArmSummary, BeforeBestLast, CreditPicture, CreditRow, Error, FormTotal,
        MedianRange, Report, StepReturn, Table, collapse, html,
    };
}

/// Answers from a model: requests, the engine, what it reports.
pub mod rollout {
    pub use pure_rollout::{
        Engine, EngineOptions, Error, Event, Phases, PolicyGap, Request, Sampler, Sampling,
        StopRule, StopStrings, policy_gap, sample_all,
    };
}

/// Process reward models: what they read, their training, their quality, step labels without people.
pub mod prm {
    pub use pure_prm::{
        Agreement, Attempt, BestOfEvaluation, Count, Error, Evaluator, FirstErrorEvaluation,
        FirstErrors, HeadConfig, LabelConfig, LabelError, LabelMethod, Labeller, Marker, PrmConfig,
        PrmTraining, ShareRule, Skipped, StageConfig, StepEvaluation, StepLabels, StepReadError,
        StepReader, StepTokens, SteppedAnswer, Taught, Trained, VerifiedQuestions,
    };

    /// What a reward model says of steps whose truth is known, in numbers.
    pub mod judgement {
        pub use pure_prm::judgement::{
            BestOf, BestOfN, BestThreshold, ClassQuality, DEFAULT_BINS, FirstErrorQuality,
            JudgedAnswers, JudgedSteps, JudgementError, Reliability, ReliabilityBin, Sample,
            StepQuality, Votes, first_error, pass_at_n, roc_auc,
        };
    }
}

/// Reinforcement learning of a policy: PURE's algorithm, its settings, and where parts of one's own go in.
pub mod rl {
    pub use pure_rl::{
        Action, Answer, Bound, Error, EvaluationConfig, FrozenPolicy, HackRule, MonitorConfig,
        OldLogProbs, Outcomes, PolicyConfig, PolicyForecast, PolicyTraining, Prompt, PromptConfig,
        PromptFile, PromptSource, ReferenceConfig, ReferencePolicy, RewardModel, RewardModelConfig,
        RolloutConfig, SignalRule, StepRewards, TrueAnswers, UpdateConfig, WithoutSignal,
    };
}

/// Runs of training: the loop, the run's folder, checkpoints, metrics, optimizer.
pub mod run {
    #[cfg(feature = "dashboard")]
    pub use pure_run::Dashboard;
    pub use pure_run::{
        BatchConfig, CheckpointConfig, Chosen, DataOrder, Decay, Ended, Error, Forecast, Learner,
        LrScheduler, Measures, MemoryForecast, Notice, Objective, OptimizerConfig, Part,
        PhaseMemory, Plan, Progress, Progressed, Run, Saved, Saving, SchedulerType, Supervised,
        TrainState, Update, Watcher, hold_out, stop_on_signals, train,
    };
}

/// Settings of experiments: TOML in, every mistake shown with its file, line and key.
pub mod settings {
    pub use pure_settings::{
        ConfigError, Fault, Invalid, JsonSchema, Loaded, Override, Place, Renamed, Renaming,
        Setting, SettingDefault, Validate, list, load, parse, resolved, schema,
    };
}

/// Supervised fine-tuning: a language model learns to answer as it is shown.
pub mod sft {
    pub use pure_sft::{Error, Sft, SftConfig};
}

/// A task that is made from a seed, with an oracle that judges every step and a tokenizer.
pub mod task {
    pub use pure_task::{Error, chain, share};
}

/// Is a mathematical answer right? Extraction, exact comparison, and a verdict that explains itself.
pub mod verify {
    pub use pure_verify::{Decimals, Mode, Reason, Rule, Verdict, Verifier, verify};
}
