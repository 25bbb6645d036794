//! A form of credit of one's own: the first mistake.
//!
//! The built-in minimum blames the worst step. Here blame goes to the first step that the reward model
//! calls bad, however bad others are; an answer without a bad step is paid its smallest reward at the
//! end. Nothing of the workspace is touched: implement [`Credit`], hand it to the line.
//!
//! ```text
//! cargo run --example custom_credit
//! ```

use pure::core::credit::Min;
use pure::core::{Credit, CreditConfig, Error, Label, MethodConfig, Record, Scores, StepSpan};

/// Pays the first step below `bound`; if there is none, the last step, with the smallest reward.
struct FirstMistake {
    bound: f32,
}

impl Credit for FirstMistake {
    fn assign(&self, steps: &[StepSpan], scores: &Scores, out: &mut [f32]) {
        let rewards = &scores.process;
        match rewards.iter().position(|&reward| reward < self.bound) {
            Some(step) => out[steps[step].last()] = rewards[step],
            None => {
                if let Some(step) = steps.last() {
                    out[step.last()] = rewards.iter().copied().fold(f32::INFINITY, f32::min);
                }
            }
        }
    }
}

fn main() -> Result<(), Error> {
    let records = [
        record("two mistakes", &[0.9, -0.2, 0.5, -0.8], 0.0),
        record("no mistake", &[0.9, 0.4, 0.7, 0.8], 1.0),
    ];
    let config = MethodConfig {
        credit: CreditConfig::Min(Min),
        ..MethodConfig::default()
    };
    let built_in = config.build()?;
    let own = config.build()?.with_credit(FirstMistake { bound: 0.0 });

    for (name, method) in [("min", built_in), ("first mistake", own)] {
        println!("{name}");
        for record in method.run_records(&records)?.records {
            let returns = record.returns.iter();
            let returns: String = returns.map(|value| format!("{value:>7.2}")).collect();
            println!("  {:<16} {returns}", record.id.to_string());
        }
    }
    Ok(())
}

/// An answer of two tokens a step.
fn record(id: &str, rewards: &[f32], outcome: f32) -> Record {
    Record {
        group: Label::from("question"),
        id: Label::from(id),
        length: 2 * rewards.len(),
        step_ends: (0..rewards.len()).map(|step| 2 * step + 1).collect(),
        rewards: rewards.to_vec(),
        outcome: Some(outcome),
        old_logprobs: None,
        ref_logprobs: None,
        truncated: false,
    }
}
