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
use pure::core::{
    CreditConfig, Error, Finish, FormView, Method, MethodConfig, Response, Scores,
    SeparatorAdvantage, StepSpan, compare_forms,
};

/// Every step of the example is three tokens long, the last of them its separator.
const STEP: usize = 3;

struct Answer {
    name: &'static str,
    rewards: &'static [f32],
}

const ANSWERS: [Answer; 2] = [
    Answer {
        name: "solves",
        rewards: &[0.8, 0.2, 0.9],
    },
    Answer {
        name: "fills",
        rewards: &[0.8, -0.6, 0.7, 0.7, 0.7, 0.7],
    },
];

fn main() -> Result<(), Error> {
    let forms = [
        CreditConfig::Sum(Sum::default()),
        CreditConfig::Min(Min),
        CreditConfig::SoftMin(SoftMin { temperature: 0.1 }),
    ];
    let steps: Vec<Vec<StepSpan>> = ANSWERS.iter().map(Answer::steps).collect();
    let scores: Vec<Scores> = ANSWERS.iter().map(Answer::scores).collect();
    let responses: Vec<Response<'_>> = (0..ANSWERS.len())
        .map(|answer| Response {
            group: 0,
            length: STEP * ANSWERS[answer].rewards.len(),
            steps: &steps[answer],
            scores: &scores[answer],
            log_probs: None,
            finish: Finish::Stop,
        })
        .collect();

    println!("1. Returns: what each step is worth\n");
    for (answer, response) in ANSWERS.iter().zip(&responses) {
        println!("   {:<7} rewards      {}", answer.name, row(answer.rewards));
        for FormView {
            name, step_returns, ..
        } in compare_forms(response, &forms)?.forms
        {
            println!("           {name:<12} {}", row(&step_returns));
        }
        println!();
    }
    println!(
        "   The sum gives the filling answer 3.0 and the solving one 1.9: every filler adds its"
    );
    println!(
        "   own 0.7. The minimum gives -0.6 and 0.2: filler cannot raise it, and the steps after"
    );
    println!("   the mistake get nothing, since they neither made it nor could undo it.\n");

    println!("2. Advantages: the same against the other answer of the group\n");
    for form in forms {
        let method = method(form)?;
        let batch = method.run(&responses)?;
        for (answer, response) in ANSWERS.iter().zip(batch.responses()) {
            let first_tokens: Vec<f32> =
                response.advantages.iter().copied().step_by(STEP).collect();
            println!(
                "   {:<12} {:<7} {}",
                form.to_string(),
                answer.name,
                row(&first_tokens)
            );
        }
    }
    println!();
    println!(
        "   Under the sum the policy learns to fill. Under the minimum it learns to solve, and the"
    );
    println!(
        "   step that went wrong is what it unlearns. The soft minimum does the same with a value"
    );
    println!("   that every step can move a little.");
    Ok(())
}

/// The paper's settings, process reward alone, and short enough a limit to check by hand.
fn method(credit: CreditConfig) -> Result<Method, Error> {
    let config = MethodConfig {
        credit,
        limit: Some(18),
        separators: SeparatorAdvantage::Kept,
        ..MethodConfig::default()
    };
    config.build()
}

impl Answer {
    fn steps(&self) -> Vec<StepSpan> {
        let span = |step| StepSpan {
            start: STEP * step,
            end: STEP * (step + 1),
        };
        (0..self.rewards.len()).map(span).collect()
    }

    fn scores(&self) -> Scores {
        Scores {
            process: self.rewards.to_vec(),
            outcome: None,
        }
    }
}

fn row(values: &[f32]) -> String {
    values.iter().map(|value| format!("{value:>7.2}")).collect()
}
