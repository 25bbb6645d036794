//! Every recorded stage of the reference's verl branch, through the preset `verl`.

use pure_core::credit::{Min, SoftMin, SuffixMin, Sum};
use pure_core::{
    Baseline, BaselineValue, ClosingSeparator, CreditConfig, CreditedRecords, Finish, KlEstimator,
    Label, Method, MethodConfig, Preset, Record, RewardSource, Scores, StepFormat,
};

use crate::golden::{Case, Largest, Owned, cases, masked, read, rewards_at};

const FOLDER: &str = "credit/verl";
const TOLERANCE: f64 = 1e-5;
const WHITENED: f64 = 2e-5;

/// The answers of a case, split by the crate itself, and the mask of valid tokens of each row.
fn answers(case: &Case) -> (Vec<Owned>, Vec<Vec<f64>>) {
    let format = format(case);
    let width = case.get("in.prompts").width();
    let uid = case.json["uid"].as_array().unwrap();
    let mut masks = Vec::new();
    let mut answers = Vec::new();
    for (row, group) in uid.iter().enumerate() {
        let mask = case.get("in.attention_mask").row(row)[width..].to_vec();
        let tokens = masked(&case.get("in.responses").row_tokens(row), &mask);
        let steps = format.split(&tokens);
        let logits = case.get("in.prm_logits").row(row);
        let process = rewards_at(logits, steps.iter().map(|step| width + step.last()));
        let verdict = case.get("in.verifiable_rewards").row(row)[0] as f32;
        let has_answer = case.get("in.have_answer").row(row)[0] != 0.0;
        let log_probs = |key| masked(&case.get(key).row_f32(row), &mask);
        answers.push(Owned {
            group: group.as_u64().unwrap() as usize,
            scores: Scores {
                process,
                outcome: has_answer.then_some(verdict),
            },
            policy: log_probs("in.old_log_probs"),
            reference: log_probs("in.ref_log_probs"),
            finish: Finish::End,
            tokens,
            steps,
        });
        masks.push(mask);
    }
    (answers, masks)
}

fn format(case: &Case) -> StepFormat {
    let marker = case.number("step_separator_token_id") as u32;
    StepFormat::new(case.tokens("split_step_token_ids"), marker)
        .with_closing(ClosingSeparator::Twice)
}

fn credit(name: &str) -> CreditConfig {
    match name {
        "sum" => CreditConfig::Sum(Sum::default()),
        "min" => CreditConfig::SuffixMin(SuffixMin),
        other => {
            let temperature = other.strip_prefix("approx").unwrap().parse().unwrap();
            CreditConfig::SoftMin(SoftMin { temperature })
        }
    }
}

/// The settings of a key `<credit>.<reward>.<kl>`.
fn config(case: &Case, key: &str) -> MethodConfig {
    let (rest, kl) = key.rsplit_once('.').unwrap();
    let (form, reward) = rest.rsplit_once('.').unwrap();
    let mut config = Preset::Verl.config();
    config.credit = credit(form);
    config.limit = Some(case.get("in.responses").width());
    config.reward.outcome_coefficient = case.number("vr_coef");
    config.reward.source = match reward {
        "PRM" => RewardSource::Process,
        "VR" => RewardSource::Outcome,
        "PRMVR" => RewardSource::Both,
        other => panic!("{other}"),
    };
    match kl {
        "none" => config.kl.coefficient = 0.0,
        name => {
            config.kl.coefficient = case.number("kl_beta");
            config.kl.estimator = name.parse::<KlEstimator>().unwrap();
        }
    }
    config
}

fn run(config: &MethodConfig, answers: &[Owned]) -> CreditedRecords {
    let records: Vec<Record> = answers
        .iter()
        .enumerate()
        .map(|(id, a)| a.record(id))
        .collect();
    let credited = config.build().unwrap().run_records(&records).unwrap();
    for (id, record) in credited.records.iter().enumerate() {
        assert_eq!(record.id, Label::from(id as i64));
    }
    credited
}

#[test]
fn steps_and_inputs_of_the_reward_model_are_verls() {
    for name in cases(FOLDER) {
        let case = Case::load(FOLDER, &name);
        let width = case.get("in.prompts").width();
        for (row, answer) in answers(&case).0.iter().enumerate() {
            let ends: Vec<f64> = answer.steps.iter().map(|step| step.last() as f64).collect();
            let recorded = case.get("step_end_ids").row(row);
            assert_eq!(
                ends,
                masked(recorded, case.get("step_mask").row(row)),
                "{name}, {row}"
            );
            assert_eq!(
                ends.len() as f64,
                case.get("num_steps").row(row)[0],
                "{name}, {row}"
            );
            for (token, &marked) in case.get("reward_mask").row(row).iter().enumerate() {
                assert_eq!(
                    ends.contains(&(token as f64)),
                    marked != 0.0,
                    "{name}, {row}, {token}"
                );
            }
            let mask = case.get("in.attention_mask").row(row);
            let prompt = masked(&case.get("in.prompts").row_tokens(row), &mask[..width]);
            let input = read(&format(&case), &prompt, &answer.tokens, &answer.steps);
            let is_read = case.get("prm.attention_mask").row(row);
            let recorded = masked(&case.get("prm.input_ids").row_tokens(row), is_read);
            let (recorded, appended) = recorded.split_at(input.len());
            assert_eq!(input, recorded, "{name}, {row}");
            // Of a separator counted twice, and where padding leaves room, the branch appends a second
            // marker, which no score is read at.
            let twice = answer.steps.last().is_some_and(|step| step.is_empty());
            let room = answer.tokens.len() < case.get("in.responses").width();
            let expected = vec![format(&case).marker(); usize::from(twice && room)];
            assert_eq!(appended, expected, "{name}, {row}");
        }
    }
}

#[test]
fn credit_is_verls() {
    let mut largest = Largest::default();
    for name in cases(FOLDER) {
        let case = Case::load(FOLDER, &name);
        let (answers, masks) = answers(&case);
        for form in ["sum", "min", "approx0.1", "approx1.0"] {
            let mut config = config(&case, &format!("{form}.PRM.none"));
            // What the branch records of its strict minimum is what steps are paid before it.
            if form == "min" {
                config.credit = credit("sum");
            }
            let stage = format!("rm_scores.{form}");
            for (row, record) in run(&config, &answers).records.iter().enumerate() {
                let recorded = masked(case.get(&stage).row(row), &masks[row]);
                largest.check(&stage, &name, &record.token_rewards, &recorded, TOLERANCE);
            }
        }
        let config = config(&case, "sum.VR.none");
        for (row, record) in run(&config, &answers).records.iter().enumerate() {
            let recorded = masked(case.get("reward_fn_scores").row(row), &masks[row]);
            largest.check(
                "reward_fn_scores",
                &name,
                &record.token_rewards,
                &recorded,
                0.0,
            );
        }
    }
    largest.assert_compared(&[
        "reward_fn_scores",
        "rm_scores.approx0.1",
        "rm_scores.approx1.0",
        "rm_scores.min",
        "rm_scores.sum",
    ]);
}

#[test]
fn rewards_returns_baselines_and_advantages_are_verls() {
    let mut largest = Largest::default();
    for name in cases(FOLDER) {
        let case = Case::load(FOLDER, &name);
        let (answers, masks) = answers(&case);
        let keys = case
            .keys()
            .filter_map(|key| key.strip_prefix("token_level_rewards."));
        for key in keys {
            let config = config(&case, key);
            let form = key.rsplitn(3, '.').nth(2).unwrap();
            let plain = run(&config, &answers).records;
            let whitened = run(
                &MethodConfig {
                    whiten: true,
                    ..config
                },
                &answers,
            )
            .records;
            for (row, (record, whitened)) in plain.iter().zip(&whitened).enumerate() {
                let mut check = |stage: &str, recorded: String, found: &[f32], tolerance| {
                    if case.has(&recorded) {
                        let expected = masked(case.get(&recorded).row(row), &masks[row]);
                        let stage = format!("{stage}.{form}");
                        largest.check(
                            &stage,
                            &format!("{name}.{key}"),
                            found,
                            &expected,
                            tolerance,
                        );
                    }
                };
                let rewards = format!("token_level_rewards.{key}");
                check(
                    "token_level_rewards",
                    rewards,
                    &record.token_rewards,
                    TOLERANCE,
                );
                check(
                    "raw_returns",
                    format!("raw_returns.{key}"),
                    &record.returns,
                    TOLERANCE,
                );
                check(
                    "returns",
                    format!("returns.{key}"),
                    &record.advantages,
                    TOLERANCE,
                );
                let recorded = format!("advantages.{key}.norm1");
                check("advantages.norm1", recorded, &whitened.advantages, WHITENED);
                let BaselineValue::Constant(baseline) = record.baseline else {
                    panic!("verl's baseline is one a response");
                };
                let recorded = case.get(&format!("baseline.{key}")).row(row);
                largest.check("baseline", &name, &[baseline], recorded, TOLERANCE);
            }
        }
    }
    largest.assert_compared(&[
        "advantages.norm1.approx0.1",
        "advantages.norm1.approx1.0",
        "advantages.norm1.min",
        "advantages.norm1.sum",
        "baseline",
        "raw_returns.approx0.1",
        "raw_returns.approx1.0",
        "raw_returns.min",
        "raw_returns.sum",
        "returns.approx0.1",
        "returns.approx1.0",
        "returns.min",
        "returns.sum",
        "token_level_rewards.approx0.1",
        "token_level_rewards.approx1.0",
        "token_level_rewards.min",
        "token_level_rewards.sum",
    ]);
}

#[test]
fn estimates_of_sequences_are_verls() {
    let mut largest = Largest::default();
    for name in cases(FOLDER) {
        let case = Case::load(FOLDER, &name);
        let (answers, masks) = answers(&case);
        let full = config(&case, "sum.PRMVR.low_var_kl");
        let outcome = config(&case, "sum.VR.none");
        let with = |config: &MethodConfig, baseline| MethodConfig {
            baseline,
            ..config.clone()
        };
        let plus = |gamma| with(&full, Baseline::ReinforcePlusPlus { gamma });
        for (stage, config) in [
            ("grpo", with(&full, Baseline::Grpo)),
            ("grpo_vr", with(&outcome, Baseline::Grpo)),
            ("rloo_outcome", with(&full, Baseline::Rloo)),
            ("reinforce_pp.g1.0", plus(1.0)),
            ("reinforce_pp.g0.99", plus(0.99)),
            ("remax", with(&full, Baseline::None)),
        ] {
            for (row, record) in run(&config, &answers).records.iter().enumerate() {
                let mut check = |what: &str, found: &[f32], tolerance| {
                    let stage = format!("{stage}.{what}");
                    if case.has(&stage) {
                        let expected = masked(case.get(&stage).row(row), &masks[row]);
                        largest.check(&stage, &name, found, &expected, tolerance);
                    }
                };
                let mut advantages = record.advantages.clone();
                if stage == "remax" {
                    let greedy = case.get("in.remax_baselines").row_f32(row)[0];
                    advantages
                        .iter_mut()
                        .for_each(|advantage| *advantage -= greedy);
                }
                let whitened = stage.starts_with("reinforce");
                check(
                    "advantages",
                    &advantages,
                    if whitened { WHITENED } else { TOLERANCE },
                );
                check("returns", &record.returns, TOLERANCE);
            }
        }
    }
    largest.assert_compared(&[
        "grpo.advantages",
        "grpo_vr.advantages",
        "reinforce_pp.g0.99.advantages",
        "reinforce_pp.g0.99.returns",
        "reinforce_pp.g1.0.advantages",
        "reinforce_pp.g1.0.returns",
        "remax.advantages",
        "remax.returns",
        "rloo_outcome.advantages",
    ]);
}

#[test]
fn mean_kl_is_verls() {
    let mut largest = Largest::default();
    for name in cases(FOLDER) {
        let case = Case::load(FOLDER, &name);
        let (answers, _) = answers(&case);
        for kl in ["none", "kl", "abs", "mse", "low_var_kl"] {
            let mut config = config(&case, &format!("sum.PRM.{kl}"));
            if kl == "none" {
                config.kl.estimator = KlEstimator::K1;
            }
            let mean = run(&config, &answers).report.mean_kl.unwrap() as f32;
            let key = format!("mean_kl.{kl}");
            largest.check(&key, &name, &[mean], case.get(&key).values(), TOLERANCE);
        }
    }
    largest.assert_compared(&[
        "mean_kl.abs",
        "mean_kl.kl",
        "mean_kl.low_var_kl",
        "mean_kl.mse",
        "mean_kl.none",
    ]);
}

#[test]
fn a_group_of_one_is_finite_and_reported_where_verl_is_not_a_number() {
    let case = Case::load(FOLDER, "quirk_group_of_one");
    let (answers, _) = answers(&case);
    let recorded = case.get("advantages.approx0.1.PRMVR.low_var_kl.norm1");
    assert!(recorded.values().iter().any(|value| value.is_nan()));
    let mut config = config(&case, "approx0.1.PRMVR.low_var_kl");
    config.whiten = true;
    let credited = run(&config, &answers);
    assert_eq!(credited.report.groups_of_one, [0]);
    assert!(
        credited
            .records
            .iter()
            .flat_map(|r| &r.advantages)
            .all(|a| a.is_finite())
    );
}

#[test]
fn the_papers_minimum_pays_one_step_where_verls_is_over_all_tokens() {
    let case = Case::load(FOLDER, "quirk_last_is_separator");
    let (answers, _) = answers(&case);
    let mut config = Preset::Paper.config();
    config.credit = CreditConfig::Min(Min);
    config.reward.source = RewardSource::Process;
    config.kl.coefficient = 0.0;
    let method: Method = config.build().unwrap();
    let records: Vec<Record> = answers
        .iter()
        .enumerate()
        .map(|(id, a)| a.record(id))
        .collect();
    for (answer, record) in answers
        .iter()
        .zip(method.run_records(&records).unwrap().records)
    {
        let paid: Vec<&f32> = record
            .token_rewards
            .iter()
            .filter(|paid| **paid != 0.0)
            .collect();
        let worst = answer
            .scores
            .process
            .iter()
            .copied()
            .fold(f32::INFINITY, f32::min);
        assert_eq!(paid, [&worst]);
    }
}
