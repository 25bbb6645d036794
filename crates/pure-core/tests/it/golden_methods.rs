//! The methods that PURE is compared with, against `methods.json`: numbers that `make_methods.py` beside
//! it computed from their formulas.

use pure_core::reward_model::{ImplicitPrm, Pqm, outcome_loss, token_rewards};
use pure_core::{
    CreditedRecords, Finish, MethodConfig, Preset, Record, Response, RewardShaping, Scores,
    StepSpan, TokenWeights,
};
use serde_json::Value;

fn data() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/methods.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn numbers(value: &Value) -> Vec<f32> {
    list(value).iter().map(|n| number(n) as f32).collect()
}

fn close(found: f64, expected: f64, where_: &str) {
    let tolerance = 2e-6 * expected.abs().max(1.0);
    assert!(
        (found - expected).abs() < tolerance,
        "{where_}: {found} instead of {expected}"
    );
}

fn records(answers: &Value) -> Vec<Record> {
    let record = |(id, answer): (usize, &Value)| {
        let ends = list(&answer["ends"]).iter();
        let step_ends: Vec<usize> = ends.map(|end| end.as_u64().unwrap() as usize).collect();
        Record {
            group: answer["group"].as_i64().unwrap().into(),
            id: (id as i64).into(),
            length: step_ends.last().unwrap() + 1,
            step_ends,
            rewards: numbers(&answer["rewards"]),
            outcome: answer["outcome"].as_f64().map(|outcome| outcome as f32),
            old_logprobs: None,
            ref_logprobs: None,
            truncated: false,
        }
    };
    list(answers).iter().enumerate().map(record).collect()
}

fn assert_advantages(data: &Value, name: &str, config: &MethodConfig) -> CreditedRecords {
    let method = MethodConfig {
        limit: Some(data["limit"].as_u64().unwrap() as usize),
        ..config.clone()
    };
    let (batch, references) = (records(&data["batch"]), records(&data["references"]));
    let method = method.build().unwrap();
    let credited = method.run_records_against(&batch, &references).unwrap();
    let expected = list(&data["advantages"][name]);
    assert_eq!(credited.records.len(), expected.len());
    for (record, expected) in credited.records.iter().zip(expected) {
        assert_eq!(record.advantages.len(), list(expected).len());
        for (found, expected) in record.advantages.iter().zip(list(expected)) {
            let place = format!("{name}, answer {}", record.id);
            close(f64::from(*found), number(expected), &place);
        }
    }
    credited
}

#[test]
fn advantages_of_each_preset_follow_its_formula() {
    let data = data();
    let presets = [
        "grpo",
        "blend",
        "papo",
        "prof",
        "max-rl",
        "par",
        "papo-soft-min",
    ];
    for name in presets {
        let preset: Preset = name.parse().unwrap();
        assert_advantages(&data, name, &preset.config());
    }
}

#[test]
fn lambda_of_blend_and_papo_is_the_process_coefficient_and_pars_slope_a_setting() {
    let data = data();
    for (name, preset) in [("blend_half", Preset::Blend), ("papo_half", Preset::Papo)] {
        let mut config = preset.config();
        config.reward.process_coefficient = 0.5;
        assert_advantages(&data, name, &config);
    }
    let mut steep = Preset::Par.config();
    steep.reward.shaping = RewardShaping::Par { slope: 5.0 };
    assert_advantages(&data, "par_steep", &steep);
}

#[test]
fn prof_says_which_answers_it_left_out() {
    let data = data();
    let credited = assert_advantages(&data, "prof", &Preset::Prof.config());
    let kept = list(&data["kept_by_prof"]).iter();
    let kept: Vec<bool> = kept.map(|kept| kept.as_bool().unwrap()).collect();
    let found = credited.records.iter().map(|record| !record.filtered);
    assert_eq!(found.collect::<Vec<bool>>(), kept);
    let filtered = kept.iter().filter(|kept| !**kept).count();
    assert_eq!(credited.report.filtered, filtered);
    assert!(filtered > 0);
}

#[test]
fn implicit_rewards_become_primes_advantages() {
    let data = &data()["prime"];
    let answers = list(&data["answers"]);
    let scored = answers.iter().map(|answer| {
        let process = token_rewards(&numbers(&answer["model"]), &numbers(&answer["reference"]));
        let ends: Vec<usize> = (0..process.len()).collect();
        let steps = StepSpan::from_ends(&ends, process.len()).unwrap();
        let outcome = Some(number(&answer["outcome"]) as f32);
        (steps, Scores { process, outcome })
    });
    let scored: Vec<(Vec<StepSpan>, Scores)> = scored.collect();
    let responses = answers.iter().zip(&scored);
    let responses = responses.map(|(answer, (steps, scores))| Response {
        group: answer["group"].as_u64().unwrap() as usize,
        length: steps.len(),
        steps,
        scores,
        log_probs: None,
        finish: Finish::End,
    });
    let method = MethodConfig {
        whiten: true,
        ..Preset::Prime.config()
    };
    let responses: Vec<Response<'_>> = responses.collect();
    let batch = method.build().unwrap().run(&responses).unwrap();
    let expected = list(&data["advantages"]).iter().flat_map(list);
    let expected: Vec<f64> = expected.map(number).collect();
    assert_eq!(batch.advantages().len(), expected.len());
    for (found, expected) in batch.advantages().iter().zip(expected) {
        close(f64::from(*found), expected, "prime");
    }
}

#[test]
fn primes_advantages_worked_by_hand() {
    // K = 2, so a reward x becomes 2 x - (m_1 + m_2), with means m_1 = 0.5 and m_2 = 0.25:
    //   0.5, 0.25, 0.75 -> 0.25, -0.25, 0.75        0, 0.5 -> -0.75, 0.25
    // and an outcome o becomes 2 o - 1, which is 1 and -1, at the last tokens.
    let record = |id: i64, rewards: &[f32], outcome| Record {
        group: 0.into(),
        id: id.into(),
        length: rewards.len(),
        step_ends: (0..rewards.len()).collect(),
        rewards: rewards.to_vec(),
        outcome: Some(outcome),
        old_logprobs: None,
        ref_logprobs: None,
        truncated: false,
    };
    let records = [
        record(0, &[0.5, 0.25, 0.75], 1.0),
        record(1, &[0.0, 0.5], 0.0),
    ];
    let prime = Preset::Prime.config().build().unwrap();
    let credited = prime.run_records(&records).unwrap().records;
    assert_eq!(
        credited[0].advantages,
        [1.75 - 0.25 + 0.25, 1.75 - 0.25, 1.75]
    );
    assert_eq!(credited[1].advantages, [-0.75 - 0.75, -0.75]);
}

#[test]
fn weights_of_shared_prefixes_are_those_that_counting_gives() {
    let data = &data()["prefixes"];
    let answers = list(&data["answers"]).iter().map(|answer| {
        let tokens = list(&answer["tokens"]).iter();
        let tokens: Vec<u32> = tokens.map(|token| token.as_u64().unwrap() as u32).collect();
        (answer["group"].as_u64().unwrap() as usize, tokens)
    });
    let answers: Vec<(usize, Vec<u32>)> = answers.collect();
    let answers: Vec<(usize, &[u32])> = answers.iter().map(|(g, t)| (*g, t.as_slice())).collect();
    let expected = list(&data["weights"]).iter().flat_map(list);
    let expected: Vec<f64> = expected.map(number).collect();
    let mut found = vec![1.0; expected.len()];
    let weights = TokenWeights {
        divide_shared_prefixes: true,
        ..TokenWeights::default()
    };
    weights.divide_shared(&answers, &mut found);
    for (found, expected) in found.iter().zip(expected) {
        close(f64::from(*found), expected, "a prefix");
    }
}

#[test]
fn losses_of_reward_models_and_their_gradients_are_those_in_sixty_digits() {
    let data = data();
    let compare = |name: &str, case: &Value, (loss, gradient): (f64, Vec<f32>)| {
        close(loss, number(&case["loss"]), name);
        let expected = list(&case["gradient"]);
        assert_eq!(gradient.len(), expected.len(), "{name}");
        for (found, expected) in gradient.iter().zip(expected) {
            close(f64::from(*found), number(expected), name);
        }
    };
    for case in list(&data["pqm"]) {
        let zeta = number(&case["zeta"]);
        let good = list(&case["good"]).iter();
        let good: Vec<bool> = good.map(|good| good.as_bool().unwrap()).collect();
        let found = Pqm { zeta }.loss(&numbers(&case["values"]), &good);
        compare("pqm", case, found);
    }
    for case in list(&data["outcome"]) {
        let is_right = case["right"].as_bool().unwrap();
        let found = outcome_loss(&numbers(&case["log_odds"]), is_right);
        compare("the product of steps", case, found);
    }
    for case in list(&data["implicit"]) {
        let prm = ImplicitPrm {
            beta: number(&case["beta"]),
            ..ImplicitPrm::default()
        };
        let (loss, slope) = prm.loss(number(&case["sum"]), number(&case["outcome"]) as f32);
        close(loss, number(&case["loss"]), "the implicit reward model");
        close(slope, number(&case["slope"]), "the implicit reward model");
    }
}
