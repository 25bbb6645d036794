//! An implicit reward model that learns while the policy does.

use burn::tensor::Device;
use pure::model::{Checkpoint, Precision};
use pure::rl::{Answer, Error, Outcomes, PolicyConfig, PolicyTraining, StepJudge};
use pure::{data::StepLabel, settings};
use serde_json::Value;

use super::{Recorded, SETTINGS, iterations, lines, rollout, run, settings as settings_of};
use crate::training::Bench;

/// An answer that is called right, and one that is called wrong.
const TEXTS: [&str; 2] = ["1+2=3\n\n3+1=4", "7*8=6\n\n6*9=4"];

/// It begins as the policy does.
const IMPLICIT: &str = r#"
[reward_model]
model = "model"
[reward_model.online]
lr_scheduler = { learning_rate = 1e-2 }
[reward_model.online.implicit]
beta = 0.5
"#;

struct FirstIsRight;

impl Outcomes for FirstIsRight {
    fn outcome(&self, answer: &Answer) -> Option<f32> {
        Some(f32::from(u8::from(answer.text == TEXTS[0])))
    }
}

/// Half of the answers to each prompt are each of both texts.
fn learned(more: &str) -> Bench {
    let bench = Bench::new();
    let mut config = settings_of(&bench, &format!("{IMPLICIT}{more}"));
    config.iterations = 8;
    let training = PolicyTraining::prepare(config).unwrap();
    let encode = |text: &str| training.tokenizer().encode(text, false).unwrap();
    let texts = TEXTS.map(encode);
    let recorded = Recorded(move |_, sample: usize| {
        let tokens = texts[sample % 2].clone();
        let log_probs = vec![-1.0; tokens.len()];
        rollout(tokens, log_probs)
    });
    let training = training.with_sampler(recorded).with_outcomes(FirstIsRight);
    run(&bench, training).unwrap();
    bench
}

/// Step rewards of an iteration's answers, those of right ones and those of wrong ones.
fn rewards(bench: &Bench, step: u64) -> [Vec<Vec<f64>>; 2] {
    let samples = lines(bench, "samples.jsonl");
    let of = |outcome: f64| {
        let these = samples.iter();
        let these = these.filter(|line| line["step"] == step && line["outcome"] == outcome);
        let numbers = |line: &Value| -> Vec<f64> {
            let rewards = line["rewards"].as_array().unwrap().iter();
            rewards.map(|reward| reward.as_f64().unwrap()).collect()
        };
        these.map(numbers).collect()
    };
    [of(1.0), of(0.0)]
}

#[test]
fn it_rewards_nothing_at_first_and_then_what_right_answers_say_by_the_outcomes_alone() {
    let bench = learned("");
    let [right, wrong] = rewards(&bench, 1);
    assert_eq!([right.len(), wrong.len()], [4, 4]);
    assert!(
        right
            .iter()
            .chain(&wrong)
            .flatten()
            .all(|reward| *reward == 0.0)
    );
    let loss: Vec<f64> = iterations(&bench)
        .iter()
        .map(|line| line["prm_loss"].as_f64().unwrap())
        .collect();
    // With all rewards 0 an answer is as likely right as wrong: -log(1/2).
    assert!((loss[0] - std::f64::consts::LN_2).abs() < 1e-12, "{loss:?}");
    assert!(loss[7] < loss[0] / 4.0, "{loss:?}");
    let [right, wrong] = rewards(&bench, 8);
    let sum = |answer: &Vec<f64>| answer.iter().sum::<f64>();
    assert!(right.iter().all(|answer| sum(answer) > 1.0), "{right:?}");
    assert!(wrong.iter().all(|answer| sum(answer) < -1.0), "{wrong:?}");
}

#[test]
fn the_worst_step_alone_learns_where_it_tells_whether_an_answer_is_right() {
    let bench = learned("reward = \"worst-step\"");
    let [right, wrong] = rewards(&bench, 8);
    let smallest = |answer: &Vec<f64>| answer.iter().copied().fold(f64::INFINITY, f64::min);
    assert!(
        right.iter().all(|answer| smallest(answer) > 0.5),
        "{right:?}"
    );
    assert!(
        wrong.iter().all(|answer| smallest(answer) < -0.5),
        "{wrong:?}"
    );
}

#[test]
fn what_it_has_become_is_a_language_model_in_the_run() {
    let bench = learned("");
    let lm = Checkpoint::open(bench.path("run/prm")).unwrap();
    assert!(lm.prm_head().is_err());
    lm.load(&Device::flex(), Precision::F32).unwrap();
}

struct Mute;

impl StepJudge for Mute {
    fn labels(&mut self, _: &Answer) -> Result<Option<Vec<StepLabel>>, Error> {
        Ok(None)
    }
}

#[test]
fn what_it_cannot_learn_from_is_refused_before_the_run() {
    let bench = Bench::new();
    let training = PolicyTraining::prepare(settings_of(&bench, IMPLICIT)).unwrap();
    let error = training.with_step_judge(Mute).check().unwrap_err();
    assert!(matches!(error, Error::ImplicitJudged), "{error}");
    for (more, why) in [
        ("beta = 0.0", "beta"),
        (
            "[reward_model.online]\ncompare_with_frozen = true",
            "compare_with_frozen",
        ),
    ] {
        let text = match more.starts_with('[') {
            true => IMPLICIT.replace("[reward_model.online]", more),
            false => IMPLICIT.replace("beta = 0.5", more),
        };
        let text = format!("{SETTINGS}{text}");
        let refused = settings::parse::<PolicyConfig>("t.toml".as_ref(), &text, &[]);
        let refused = refused.unwrap_err().to_string();
        assert!(refused.contains(why), "{refused}");
    }
}
