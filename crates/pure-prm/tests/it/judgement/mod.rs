//! How good a reward model is: against scikit-learn and exhaustive search, and for data of every kind.

mod golden;
mod properties;

use pure_prm::judgement::{JudgedAnswers, JudgedSteps};

/// `P(good)` of each step of an answer, and where it first goes wrong.
type Answer = (Vec<f32>, Option<usize>);

fn steps(pairs: &[(f32, bool)]) -> JudgedSteps {
    let mut steps = JudgedSteps::default();
    steps.extend(pairs.iter().copied()).unwrap();
    steps
}

fn collected(answers: &[Answer]) -> JudgedAnswers {
    let mut collected = JudgedAnswers::default();
    for (p_good, first_error) in answers {
        collected.push(p_good, *first_error).unwrap();
    }
    collected
}
