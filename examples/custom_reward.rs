//! Reinforcement learning with a reward, a form of credit and prompts of one's own.
//!
//! ```text
//! cargo run --example custom_reward
//! ```
//!
//! The task has no data: count upwards from a digit. The reward of a step is 1 if its digit follows
//! the one before, else -1, so there is no reward model either; the pipeline is the one that `pure
//! train` runs. A small model learns it from nothing in seconds.

use std::error::Error as StdError;

use burn::tensor::Device;
use burn::train::Interrupter;
use pure::core::{Credit, Scores, StepFormat, StepSpan};
use pure::data::chain::{vocabulary, write_tokenizer};
use pure::model::{Checkpoint, ModelConfig, Precision, guard_devices};
use pure::train::{
    Answer, Ended, Error, PolicyConfig, PolicyTraining, Progressed, Prompt, PromptSource, Run,
    StepRewards, Watcher, config,
};

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
            answer: None,
            pays_outcome: false,
        })
    }

    fn len(&self) -> usize {
        self.tokens.len()
    }
}

/// 1 for a digit that follows the one before it, -1 for anything else.
struct Counting {
    digits: Vec<u32>,
}

impl StepRewards for Counting {
    fn rewards(&mut self, answers: &[Answer<'_>]) -> Result<Vec<Vec<f32>>, Error> {
        let value = |token: u32| self.digits.iter().position(|&digit| digit == token);
        let judge = |answer: &Answer<'_>| {
            let mut before = value(answer.prompt.tokens[0]);
            let steps = answer.steps.iter().map(|step| {
                let said = value(answer.tokens[step.start]);
                let follows = said.is_some() && said == before.map(|digit| (digit + 1) % 10);
                before = said;
                if follows { 1.0 } else { -1.0 }
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
rollouts = { answers = 8, max_new_tokens = 5 }
method = { whiten = true, separators = "kept", reward = { source = "prm" }, kl = { coefficient = 0.0 } }
learning_rate = { peak = 3e-3 }
checkpoints = { every = 300 }
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

    let mut settings: PolicyConfig = config::parse("settings".as_ref(), SETTINGS, &[])?;
    settings.model = model;
    settings.output = folder.path().join("run");
    let run = Run::open(&settings.output, &config::resolved(&settings)?)?;
    let training = PolicyTraining::prepare(settings)?;
    let digits: Vec<u32> = (0..10)
        .map(|digit| training.tokenizer().encode(&format!("{digit}"), false))
        .collect::<Result<Vec<_>, _>>()?
        .concat();
    let watcher = Watcher::Report(Box::new(|progressed| {
        if let Progressed::Step { step, measures, .. } = progressed
            && step % 50 == 0
        {
            let paid = measures.get("process").unwrap_or_default();
            println!("after {step} iterations an answer of 5 digits is paid {paid:.2} of 5");
        }
    }));
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
        .run(&run, &device, watcher, Interrupter::new())?;
    if let Ended::Done(model) = ended {
        println!("the model knows {} tokens", model.vocab_size());
    }
    Ok(())
}
