//! Groups of answers with their log-probabilities: what reinforcement learning begins with.
//!
//! ```text
//! cargo run --example sample_rollouts [MODEL]
//! ```
//!
//! Without a folder, a small model that has learned nothing answers problems of the built-in task.

use std::error::Error;

use pure::model::{
    Checkpoint, DeviceChoice, ModelConfig, Precision, PromptFormat, Tokenizer, guard_devices,
    keep_freed_memory,
};
use pure::rollout::{Engine, EngineOptions, Request, Sampling, policy_gap, sample_all};
use pure::task::chain::{Level, Problems, Split, write_tokenizer};

/// Shape of the model that has learned nothing; the task's vocabulary has 115 tokens.
const SMALL: &str = r#"{"model_type": "qwen2", "hidden_size": 64, "num_hidden_layers": 2,
    "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 256,
    "vocab_size": 115, "max_position_embeddings": 512, "rope_theta": 10000.0}"#;

fn main() -> Result<(), Box<dyn Error>> {
    guard_devices();
    keep_freed_memory();
    let device = DeviceChoice::Auto.open()?.device();
    let folder = std::env::args().nth(1);
    let format = PromptFormat::default();
    let (model, tokenizer, end_tokens) = match folder {
        Some(folder) => {
            let checkpoint = Checkpoint::open(folder)?;
            let tokenizer = checkpoint.tokenizer()?;
            let end_tokens = checkpoint.stops(Some(&format.encoder(&tokenizer)?))?;
            let model = checkpoint.load(&device, Precision::F32)?;
            (model, tokenizer, end_tokens)
        }
        None => {
            device.seed(0);
            let tokenizer = task_tokenizer()?;
            let end = tokenizer.eos_token().into_iter().collect();
            (ModelConfig::from_json(SMALL)?.init(&device), tokenizer, end)
        }
    };

    let mut requests = Vec::new();
    let problems = Problems::new(Level::base(), Split::Train, 0)?;
    for (number, problem) in problems.take(4).enumerate() {
        requests.push(Request {
            prompt: format.encoder(&tokenizer)?.text(problem.prompt())?,
            samples: 0..8,
            stream: number as u64,
            sampling: Sampling {
                max_new_tokens: 48,
                end_tokens: end_tokens.clone(),
                ..Sampling::default()
            },
            stop: None,
        });
    }

    let mut engine = Engine::new(model.clone(), EngineOptions::default());
    let (groups, phases) = sample_all(&mut engine, &requests)?;
    for (request, group) in requests.iter().zip(&groups) {
        println!("{}", tokenizer.decode(&request.prompt, true));
        for rollout in group {
            let log_prob: f32 = rollout.log_probs.iter().sum();
            let text = tokenizer.decode(&rollout.tokens, true).replace('\n', "⏎");
            println!("  {:>7.1}  {:?}  {text}", log_prob, rollout.finish);
        }
    }

    // The trainer would compute the same log-probabilities: that is what on-policy means.
    let gap = policy_gap(&model, &requests, &groups, 8192)?;
    println!(
        "{} tokens, {:.0} a second, {:.0} % of rows live; engine and trainer differ by at most {:.1e}",
        phases.new_tokens,
        phases.new_tokens as f64 / phases.total().as_secs_f64(),
        100.0 * phases.live_share(),
        gap.max,
    );
    Ok(())
}

/// The tokenizer of the built-in task, from a folder that is gone again.
fn task_tokenizer() -> Result<Tokenizer, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    write_tokenizer(folder.path())?;
    Ok(Tokenizer::load(folder.path())?)
}
