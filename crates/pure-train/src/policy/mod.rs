//! Reinforcement learning of a policy from process rewards, verified answers, or both.
//!
//! [`PolicyTraining`] reads everything that a run needs, and runs it: [`pipeline`] is one iteration.
//!
//! | file | what |
//! | --- | --- |
//! | `training`, `seams`, `assembly` | a run, from its settings to its result; its own parts and yours |
//! | `pipeline` | the line, once an iteration |
//! | `prompts` | what is asked, and in which order |
//! | `answers` | sampled answers, split into steps and scored |
//! | `rewards` | how good steps and answers are |
//! | `learning`, `model` | from advantages to weights |
//! | `reference` | what another model thinks of the answers |
//! | `evaluation`, `samples`, `signals` | what is measured and written down |
//! | `monitor` | what is watched, and what happens then |

mod answers;
mod assembly;
mod clock;
mod config;
mod evaluation;
mod learning;
mod model;
mod monitor;
mod outlook;
mod pipeline;
mod prompts;
mod reference;
mod rewards;
mod samples;
mod seams;
mod signals;
#[cfg(test)]
mod tests;
mod training;
mod vocabulary;

pub use self::config::{
    EvaluationConfig, OldLogProbs, PolicyConfig, PromptConfig, ReferenceConfig, RewardModelConfig,
    RolloutConfig, UpdateConfig, WithoutSignal,
};
pub use self::monitor::{Action, Bound, HackRule, MonitorConfig, SignalRule};
pub use self::outlook::PolicyOutlook;
pub use self::prompts::{Prompt, PromptFile, PromptSource};
pub use self::reference::{FrozenPolicy, ReferencePolicy};
pub use self::rewards::{Answer, Outcomes, RewardModel, StepRewards, TrueAnswers};
pub use self::training::PolicyTraining;
