//! The paper's first picture, worked through: why a sum pays filler and a minimum does not.
//!
//! Two answers to one question. The first solves it in three steps, one of them shaky. The second makes
//! a mistake and buries it under steps that restate what is known: each true, none needed, and the
//! reward model likes them all. (The situation is that of figure 1 of arXiv 2504.15275; the numbers are
//! ours, small enough to check by hand.)
//!
//! ```text
//! cargo run --example credit_by_hand
//! ```

use pure::core::credit::{Min, SoftMin, Sum};
use pure::core::{CreditConfig, Error, Label, MethodConfig, Record, SeparatorAdvantage};

/// Every step of the example is three tokens long, the last of them its separator.
const STEP: usize = 3;

/// The answers, by the rewards of their steps.
const ANSWERS: [(&str, &[f32]); 2] = [
    ("solves", &[0.8, 0.2, 0.9]),
    ("fills", &[0.8, -0.6, 0.7, 0.7, 0.7, 0.7]),
];

fn main() -> Result<(), Error> {
    let forms = [
        CreditConfig::Sum(Sum::default()),
        CreditConfig::Min(Min),
        CreditConfig::SoftMin(SoftMin { temperature: 0.1 }),
    ];
    let records = ANSWERS.map(|(name, rewards)| record(name, rewards));

    println!("1. Returns: what each step is worth\n");
    for (index, (name, rewards)) in ANSWERS.into_iter().enumerate() {
        println!("   {name:<7} rewards      {}", row(rewards));
        for view in records[index].compare_forms(index, &forms)?.forms {
            println!("           {:<12} {}", view.name, row(&view.step_returns));
        }
        println!();
    }
    println!(
        "   The sum gives the filling answer 3.0 and the solving one 1.9: every filler adds its
   own 0.7. The minimum gives -0.6 and 0.2: filler cannot raise it, and the steps after
   the mistake get nothing, since they neither made it nor could undo it.\n"
    );

    println!("2. Advantages: the same against the other answer of the group\n");
    for form in forms {
        // The paper's settings, process reward alone, and short enough a limit to check by hand.
        let config = MethodConfig {
            credit: form,
            limit: Some(18),
            separators: SeparatorAdvantage::Kept,
            ..MethodConfig::default()
        };
        let credited = config.build()?.run_records(&records)?.records;
        for ((name, _), answer) in ANSWERS.iter().zip(credited) {
            let first_tokens: Vec<f32> = answer.advantages.into_iter().step_by(STEP).collect();
            let (form, row) = (form.to_string(), row(&first_tokens));
            println!("   {form:<12} {name:<7} {row}");
        }
    }
    println!(
        "
   Under the sum the policy learns to fill. Under the minimum it learns to solve, and the
   step that went wrong is what it unlearns. The soft minimum does the same with a value
   that every step can move a little."
    );
    Ok(())
}

/// A scored answer to the question, without an outcome.
fn record(name: &str, rewards: &[f32]) -> Record {
    Record {
        group: Label::from("question"),
        id: Label::from(name),
        length: STEP * rewards.len(),
        step_ends: (1..=rewards.len()).map(|step| STEP * step - 1).collect(),
        rewards: rewards.to_vec(),
        outcome: None,
        old_logprobs: None,
        ref_logprobs: None,
        truncated: false,
    }
}

fn row(values: &[f32]) -> String {
    values.iter().map(|value| format!("{value:>7.2}")).collect()
}
