//! Rewards that are compared with those of the reference policy's answers (PAR).

use std::cell::RefCell;
use std::rc::Rc;

use pure::rl::{Answer, Error, PolicyTraining, ReferencePolicy};

use super::{Rewards, iterations, lines, run, settings};
use crate::training::Bench;

const PAR: &str = r#"
reference = { num_generations = 3 }
evaluation = { prompts = "data/held_out.jsonl", num_generations = 1, greedy = false, limit = 2 }
[method]
credit = { form = "min" }
reward = { source = "prm", shaping = { par = { slope = 2.0 } } }
kl = { coefficient = 0.0 }
"#;

/// How good each step is, by its first token.
fn worth(answer: &Answer) -> Vec<f32> {
    let first = answer
        .steps
        .iter()
        .map(|step| answer.rollout.tokens[step.start]);
    first.map(|token| (token as f32 * 0.7).sin()).collect()
}

fn smallest(rewards: &[f32]) -> f64 {
    f64::from(rewards.iter().copied().fold(f32::INFINITY, f32::min))
}

#[test]
fn an_answer_is_paid_how_likely_it_is_preferred_to_answers_of_the_reference_policy() {
    let bench = Bench::new();
    let mut config = settings(&bench, PAR);
    config.iterations = 1;
    let asked = Rc::new(RefCell::new(Vec::new()));
    let lengths = Rc::new(RefCell::new(Vec::new()));
    let (seen, seen_lengths) = (asked.clone(), lengths.clone());
    let rewards = Rewards(move |answer: &Answer| {
        let rewards = worth(answer);
        seen_lengths.borrow_mut().push(answer.rollout.tokens.len());
        let mut seen = seen.borrow_mut();
        seen.push((answer.group, answer.text.clone(), smallest(&rewards)));
        rewards
    });
    let training = PolicyTraining::prepare(config).unwrap();
    run(&bench, training.with_step_rewards(rewards)).unwrap();

    // Before the first iteration and behind it: three answers of the reference to each of two held-out prompts, sampled
    // once and rewarded twice, and one of the policy. In the iteration: the same, and four of the policy.
    let asked = asked.take();
    let count = [6, 2, 6, 8, 6, 2];
    assert_eq!(asked.len(), count.iter().sum::<usize>());
    let start = |part: usize| count[..part].iter().sum::<usize>();
    let part = |part: usize| &asked[start(part)..start(part + 1)];
    assert_eq!(part(0), part(4));
    let texts = |answers: &[(usize, String, f64)]| -> Vec<String> {
        answers.iter().map(|(_, text, _)| text.clone()).collect()
    };
    // Policy and reference are one model here, and yet do not say the same.
    assert!(
        texts(part(2))
            .iter()
            .any(|text| !texts(part(3)).contains(text))
    );
    let preferred = |group: usize, worth: f64, references: &[(usize, String, f64)]| -> f64 {
        let of_group = references.iter().filter(|(of, ..)| *of == group);
        let each = of_group.map(|(.., reference)| 1.0 / (1.0 + (-2.0 * (worth - reference)).exp()));
        let each: Vec<f64> = each.collect();
        assert_eq!(each.len(), 3);
        each.iter().sum::<f64>() / 3.0
    };
    let mut expected = Vec::new();
    for (references, answers) in [(0, 1), (2, 3), (4, 5)] {
        let answers = part(answers).iter();
        expected
            .extend(answers.map(|(group, _, worth)| preferred(*group, *worth, part(references))));
    }
    let found = lines(&bench, "samples.jsonl");
    assert_eq!(found.len(), expected.len());
    for (line, expected) in found.iter().zip(&expected) {
        let paid = line["paid"].as_f64().unwrap();
        assert!(
            (paid - expected).abs() < 1e-6,
            "{paid}, expected {expected}"
        );
    }
    // Those of the iteration were sampled for it, the reference's as well.
    let sampled: usize = lengths.take()[start(2)..start(4)].iter().sum();
    assert_eq!(iterations(&bench)[0]["tokens_sampled"], sampled as f64);
    // What the reference says is wanted for rewards alone.
    assert!(iterations(&bench)[0]["kl"].is_null());
}

#[test]
fn a_group_whose_reference_answers_have_a_reward_that_is_no_number_is_left_out() {
    let bench = Bench::new();
    let mut config = settings(&bench, PAR);
    config.evaluation = None;
    let mut asked = 0;
    let rewards = Rewards(move |answer: &Answer| {
        asked += 1;
        // The first answer of the reference to the second prompt.
        if asked == 4 {
            vec![f32::NAN; answer.steps.len()]
        } else {
            worth(answer)
        }
    });
    let training = PolicyTraining::prepare(config).unwrap();
    run(&bench, training.with_step_rewards(rewards)).unwrap();
    let [first, second] = [0, 1].map(|iteration| iterations(&bench)[iteration].clone());
    assert_eq!(
        (&first["unusable"], &first["answers"]),
        (&1.0.into(), &4.0.into())
    );
    assert_eq!(
        (&second["unusable"], &second["answers"]),
        (&0.0.into(), &8.0.into())
    );
}

struct Mute;

impl ReferencePolicy for Mute {
    fn log_probs(&mut self, answers: &[Answer], _: f64) -> Result<Vec<Vec<f32>>, Error> {
        Ok(answers
            .iter()
            .map(|answer| answer.rollout.log_probs.clone())
            .collect())
    }
}

#[test]
fn a_reference_that_cannot_be_asked_for_answers_is_refused_before_the_run() {
    let bench = Bench::new();
    let training = PolicyTraining::prepare(settings(&bench, PAR)).unwrap();
    let training = training
        .with_step_rewards(Rewards(worth))
        .with_reference(Mute);
    assert!(matches!(
        training.check().unwrap_err(),
        Error::NoReferenceAnswers
    ));
}
