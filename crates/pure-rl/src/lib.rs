//! Reinforcement learning of a policy from process rewards, verified answers, or both.
//!
//! [`PolicyTraining`] reads everything that a run needs, and runs it: `pipeline/mod.rs` is one iteration.
//!
//! | file | what |
//! | --- | --- |
//! | `training`, `forecast`, `memory_phases`, `own_parts`, `assembly` | a run, from its settings to its result; its own parts and yours |
//! | `pipeline` | the line, once an iteration |
//! | `answer` | one answer on its way along the line |
//! | `prompts`, `prompt_reader` | what is asked, and in which order |
//! | `rollouts`, `scorer` | sampled answers, split into steps and scored |
//! | `rewards` | how good steps and answers are |
//! | `online`, `lessons`, `implicit`, `judgement` | reward models that learn too; how good they are on these answers |
//! | `learning`, `objective` | from advantages to weights |
//! | `reference`, `reference_answers` | what another model thinks of the answers; what it answers itself |
//! | `evaluation`, `samples`, `signals` | what is measured and written down |
//! | `monitor` | what is watched, and what happens then |
//!
//! | to | use |
//! | --- | --- |
//! | reward steps or answers in a way of one's own | [`StepRewards`], [`Outcomes`] |
//! | teach the reward model while the policy learns | [`OnlineConfig`], [`StepJudge`] |
//! | credit tokens in a way of one's own | [`pure_core::Credit`] |
//! | ask in a way of one's own | [`PromptSource`] |
//!
//! A reward of one's own is a few lines; `PolicyTraining::with_step_rewards` hands it to a run:
//!
//! ```
//! use pure_rl::{Answer, Error, StepRewards};
//!
//! /// A step is good if it is short.
//! struct Brevity;
//!
//! impl StepRewards for Brevity {
//!     fn rewards(&mut self, answers: &[Answer]) -> Result<Vec<Vec<f32>>, Error> {
//!         let of_answer = |answer: &Answer| {
//!             let lengths = answer.steps.iter().map(|step| step.end - step.start);
//!             lengths.map(|length| 1.0 - length as f32 / 10.0).collect()
//!         };
//!         Ok(answers.iter().map(of_answer).collect())
//!     }
//! }
//! ```
//!
//! Settings come from a file, or from its text:
//!
//! ```
//! use pure_rl::PolicyConfig;
//!
//! let text = r#"
//!     output = "runs/mine"
//!     model = "Qwen2.5-0.5B"
//!     iterations = 100
//!     prompts = { file = "prompts.jsonl", per_iteration = 32 }
//!     rollouts = { num_generations = 8, max_new_tokens = 512 }
//!     lr_scheduler = { learning_rate = 1e-6 }
//! "#;
//! let config: PolicyConfig = pure_settings::parse("mine.toml".as_ref(), text, &[])?.settings;
//! assert_eq!(config.method, pure_core::Preset::Paper.config());
//! assert_eq!(config.checkpoints.save_steps, 10);
//! # Ok::<(), pure_settings::ConfigError>(())
//! ```
#![recursion_limit = "256"]

mod answer;
mod assembly;
mod config;
mod error;
mod evaluation;
mod forecast;
mod implicit;
mod judgement;
mod learning;
mod lessons;
mod memory_phases;
mod monitor;
mod objective;
mod online;
mod own_parts;
mod phase_times;
mod pipeline;
mod prompt_reader;
mod prompts;
mod reference;
mod reference_answers;
mod rewards;
mod rollouts;
mod samples;
mod scorer;
mod signals;
#[cfg(test)]
mod tests;
mod training;
mod vocabulary;

pub use self::answer::Answer;
pub use self::config::{
    EvaluationConfig, OldLogProbs, OnlineConfig, PolicyConfig, PromptConfig, ReferenceConfig,
    RewardModelConfig, RolloutConfig, UpdateConfig, WithoutSignal,
};
pub use self::error::Error;
pub use self::forecast::PolicyForecast;
pub use self::lessons::StepJudge;
pub use self::monitor::{Action, Bound, HackRule, MonitorConfig, SignalRule};
pub use self::prompts::{Prompt, PromptFile, PromptSource};
pub use self::reference::{FrozenPolicy, ReferencePolicy};
pub use self::rewards::{Outcomes, RewardModel, StepRewards, TrueAnswers};
pub use self::training::PolicyTraining;
