//! Reinforcement learning with a reward, a form of credit and prompts of one's own.
//!
//! ```text
//! cargo run --example custom_reward
//! ```
//!
//! The task has no data: count upwards from a digit. A digit that follows the one before it is paid 1, another one
//! less the further off it is, so there is no reward model either; the pipeline is the one that `pure train` runs. A
//! small model learns most of it from nothing in seconds.

use std::error::Error as StdError;

use burn::tensor::Device;
use burn::train::Interrupter;
use pure::core::metrics::PROCESS;
use pure::core::{Credit, Scores, StepFormat, StepSpan};
use pure::model::{Checkpoint, ModelConfig, Precision, guard_devices};
use pure::rl::{Answer, Error, PolicyConfig, PolicyTraining, Prompt, PromptSource, StepRewards};
use pure::run::{Ended, Progressed, Run};
use pure::settings;
use pure::task::chain::{vocabulary, write_tokenizer};

/// A digit to count from, a different one each time.
struct Digits {
    tokens: Vec<u32>,
}

impl PromptSource for Digits {
    fn prompt(&mut self, number: u64) -> Result<Prompt, Error> {
        let digit = number as usize % self.tokens.len();
        Ok(Prompt {
            id: digit.to_string(),
            tokens: vec![self.tokens[digit]],
            ..Prompt::default()
        })
    }

    fn len(&self) -> usize {
        self.tokens.len()
    }
}

/// 1 for a digit that follows the one before it, less for one further off, nothing for anything else.
struct Counting {
    digits: Vec<u32>,
}

impl StepRewards for Counting {
    fn rewards(&mut self, answers: &[Answer]) -> Result<Vec<Vec<f32>>, Error> {
        let value = |token: u32| self.digits.iter().position(|&digit| digit == token);
        let judge = |answer: &Answer| {
            let mut before = value(answer.prompt.tokens[0]);
            let steps = answer.steps.iter().map(|step| {
                let said = value(answer.rollout.tokens[step.start]);
                let reward = before.zip(said).map_or(0.0, |(before, said)| {
                    let off = (before + 1).abs_diff(said) % 10;
                    1.0 - 0.2 * off.min(10 - off) as f32
                });
                before = said;
                reward
            });
            steps.collect()
        };
        Ok(answers.iter().map(judge).collect())
    }
}

/// Every step is paid its own reward, half of it at its first token.
struct HalfAtOnce;

impl Credit for HalfAtOnce {
    fn assign(&self, steps: &[StepSpan], scores: &Scores, out: &mut [f32]) {
        for (step, reward) in steps.iter().zip(&scores.process) {
            out[step.start] += 0.5 * reward;
            out[step.last()] += 0.5 * reward;
        }
    }
}

const SETTINGS: &str = r#"
output = "run"
model = "model"
iterations = 300
prompts = { per_iteration = 10 }
rollouts = { num_generations = 8, max_new_tokens = 5 }
method = { whiten = true, separators = "kept", reward = { source = "prm" }, kl = { coefficient = 0.0 } }
lr_scheduler = { learning_rate = 3e-3 }
checkpoints = { save_steps = 300 }
monitor = { rules = [] }
"#;

fn main() -> Result<(), Box<dyn StdError>> {
    guard_devices();
    let folder = tempfile::tempdir()?;
    let model = folder.path().join("model");
    let shape = format!(
        r#"{{
            "model_type": "qwen2", "vocab_size": {}, "hidden_size": 32, "intermediate_size": 64,
            "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
            "max_position_embeddings": 64, "rope_theta": 10000.0, "eos_token_id": 0
        }}"#,
        vocabulary().len()
    );
    let device = Device::flex();
    device.seed(1);
    let shape = ModelConfig::from_json(&shape)?;
    Checkpoint::create(&model, &shape, &shape.init(&device), Precision::F32)?;
    write_tokenizer(&model)?;

    let mut settings: PolicyConfig = settings::parse("settings".as_ref(), SETTINGS, &[])?.settings;
    settings.model = model;
    settings.output = folder.path().join("run");
    let (output, text) = (settings.output.clone(), settings::resolved(&settings)?);
    let training = PolicyTraining::prepare(settings)?;
    let run = Run::open(&output, &text, &training.inputs())?;
    let digits: Vec<u32> = (0..10)
        .map(|digit| training.tokenizer().encode(&format!("{digit}"), false))
        .collect::<Result<Vec<_>, _>>()?
        .concat();
    let watcher = |progressed: &Progressed<'_>| {
        if let Progressed::Step { step, measures, .. } = progressed
            && step % 50 == 0
        {
            let paid = measures.get(PROCESS.name).unwrap_or_default();
            println!("after {step} iterations an answer of 5 digits is paid {paid:.2} of 5");
        }
    };
    let ended = training
        .with_prompts(Digits {
            tokens: digits.clone(),
        })
        .with_step_rewards(Counting {
            digits: digits.clone(),
        })
        // Every token is a step.
        .with_steps(StepFormat::new(0..vocabulary().len() as u32, 0))
        .with_credit(HalfAtOnce)
        .run(&run, &device, Box::new(watcher), &Interrupter::new())?;
    if let Ended::Done(model) = ended {
        println!("the model knows {} tokens", model.vocab_size());
    }
    Ok(())
}
