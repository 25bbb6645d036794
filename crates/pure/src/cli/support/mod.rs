//! What commands share: arguments, reading records, writing output, errors for people.

mod answers;
mod diagnostic;
pub mod engine;
mod growing_file;
mod growing_text;
mod ink;
mod model_folder;
mod new_folder;
mod output;
mod prompt;
mod questions;
pub mod records;
mod requests;
mod sampling;
mod search;
mod step_picture;
mod step_tokens;
mod table;
pub mod training;
mod verifier;

use std::path::PathBuf;

use burn::tensor::Device;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use pure::model::{DeviceChoice, Precision};

pub use self::answers::{Answers, Origin, Writing, answer_text, sample};
pub use self::diagnostic::{advise, explain, explain_prm, explain_rl, explain_run, explain_sft};
pub use self::growing_file::GrowingFile;
pub use self::growing_text::GrowingText;
pub use self::ink::Ink;
#[cfg(feature = "dashboard")]
pub use self::ink::shade;
pub use self::model_folder::{checkpoint_of, model_folder, open_model};
pub use self::new_folder::{make_model, refuse_if_used};
pub use self::output::{counted, harmless, is_closed, print};
pub use self::prompt::{PromptArgs, Prompts};
pub use self::questions::{KnownQuestions, QuestionArgs};
pub use self::requests::{Asked, Requests};
pub use self::sampling::{AnswerSettings, SamplingArgs, as_the_model_says};
pub use self::search::SearchArgs;
pub use self::step_picture::step_picture;
pub use self::step_tokens::StepTokenArgs;
pub use self::table::{numbers_in, table};
pub use self::verifier::VerifierArgs;

/// Where and how to compute.
#[derive(Args)]
pub struct Compute {
    /// Device: auto, cpu, or cuda, wgpu, vulkan, metal, rocm with a number if need be (cuda:1)
    #[arg(long, value_name = "DEVICE", default_value = "auto")]
    pub device: DeviceChoice,
    /// Numbers to compute in: f32, or bf16 where the device has it
    #[arg(long, value_name = "f32|bf16", default_value = "f32")]
    pub dtype: Precision,
}

impl Compute {
    pub fn device(&self) -> miette::Result<Device> {
        let device = self.device.open();
        let device = device.and_then(|device| device.for_precision(self.dtype));
        device.map_err(explain)
    }
}

/// A model's folder in the layout of Hugging Face, or a run.
#[derive(Args)]
pub struct Model {
    /// Folder with config.json, safetensors and, for text, tokenizer.json; or a run: runs/x, runs/x@20 after step 20
    #[arg(long, value_name = "DIR")]
    pub model: PathBuf,
}

/// How a command ended that did not fail outright.
pub enum Outcome {
    /// All of it is done.
    Done,
    /// It went through, but some of its input was bad; the reason was given.
    InPart,
}

impl Outcome {
    pub fn of(all_is_done: bool) -> Self {
        match all_is_done {
            true => Self::Done,
            false => Self::InPart,
        }
    }
}

/// Takes one of these names for what it stands for.
pub fn named<T: Copy + Send + Sync + 'static>(
    names: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(names.iter().map(|(name, _)| *name)).map(move |found| {
        let named = names.iter().find(|(name, _)| *name == found);
        named.expect("clap lets no other name through").1
    })
}
