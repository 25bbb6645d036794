//! Every recorded stage of the reference's main branch, on OpenRLHF, through the preset `openrlhf`.

use pure_core::credit::{Mean, SoftMin};
use pure_core::{
    Baseline, BaselineValue, CreditConfig, CreditedRecord, Finish, KlEstimator, MethodConfig,
    Preset, Record, RewardSource, Scores, SeparatorAdvantage, StepFormat,
};

use crate::golden::{Case, Largest, Owned, cases, kl_estimates, masked, read, rewards_at};

const FOLDER: &str = "credit/openrlhf";
const TOLERANCE: f64 = 1e-5;
const WHITENED: f64 = 2e-5;

/// An answer, and where its row is: micro batch and row.
struct Placed {
    answer: Owned,
    batch: usize,
    row: usize,
    prompt: usize,
}

impl Placed {
    fn key(&self, name: &str) -> String {
        format!("mb{}.{name}", self.batch)
    }

    /// The valid tokens of a recorded array of the answer's row.
    fn recorded(&self, case: &Case, key: &str) -> Vec<f64> {
        masked(
            case.get(key).row(self.row),
            case.get(&self.key("action_mask")).row(self.row),
        )
    }
}

fn answers(case: &Case) -> Vec<Placed> {
    let format = format(case);
    let prompt = case.number("prompt_len") as usize;
    let uid = case.json["uid"].as_array().unwrap();
    let mut answers: Vec<Placed> = Vec::new();
    for batch in 0..case.number("n_micro_batches") as usize {
        let get = |name: &str| case.get(&format!("mb{batch}.{name}"));
        for row in 0..get("solved").rows() {
            let mask = get("action_mask").row(row);
            let tokens = masked(&get("sequences").row_tokens(row)[prompt..], mask);
            let steps = format.split(&tokens);
            let logits = get("prm_logits").row(row);
            let process = rewards_at(logits, steps.iter().map(|step| prompt + step.last()));
            let verdict = get("solved").row(row)[0] as f32;
            let has_answer = get("have_answers").row(row)[0] != 0.0;
            let log_probs = |name| masked(&get(name).row_f32(row), mask);
            let answer = Owned {
                group: uid[answers.len()].as_u64().unwrap() as usize,
                scores: Scores {
                    process,
                    outcome: has_answer.then_some(verdict),
                },
                policy: log_probs("token_log_probs"),
                reference: log_probs("base_log_probs"),
                finish: Finish::End,
                tokens,
                steps,
            };
            answers.push(Placed {
                answer,
                batch,
                row,
                prompt,
            });
        }
    }
    answers
}

fn format(case: &Case) -> StepFormat {
    let marker = case.number("step_separator_token_id") as u32;
    StepFormat::new(case.tokens("split_step_token_ids"), marker)
}

fn credit(weights: &str) -> CreditConfig {
    match weights {
        "w1" => CreditConfig::SoftMin(SoftMin::default()),
        "w0" => CreditConfig::Mean(Mean),
        other => panic!("{other}"),
    }
}

/// The settings of `<token|step>.<reward>.<w1|w0>.<k1|k3>.<mask|nomask>`.
fn config(case: &Case, name: &str) -> MethodConfig {
    let parts: Vec<&str> = name.split('.').collect();
    let [baseline, reward, weights, kl, mask] = parts[..] else {
        panic!("{name}")
    };
    let mut config = Preset::OpenRlhf.config();
    if baseline == "step" {
        config.baseline = Baseline::StepLeaveOneOut;
    }
    config.reward.outcome_coefficient = case.number("vr_coef");
    config.reward.source = match reward {
        "PRM" => RewardSource::Process,
        "VR" => RewardSource::Outcome,
        _ => RewardSource::Both,
    };
    config.credit = credit(weights);
    config.kl.coefficient = case.number("kl_beta");
    config.kl.estimator = kl.parse().unwrap();
    if mask == "nomask" {
        config.separators = SeparatorAdvantage::Kept;
    }
    config
}

fn run(config: &MethodConfig, answers: &[Placed]) -> Vec<CreditedRecord> {
    let records = answers
        .iter()
        .enumerate()
        .map(|(id, placed)| placed.answer.record(id));
    let records: Vec<Record> = records.collect();
    config
        .build()
        .unwrap()
        .run_records(&records)
        .unwrap()
        .records
}

#[test]
fn steps_and_inputs_of_the_reward_model_are_mains() {
    for name in cases(FOLDER) {
        let case = Case::load(FOLDER, &name);
        for placed in answers(&case) {
            let row = |key: &str| case.get(&placed.key(key)).row(placed.row);
            let steps = &placed.answer.steps;
            let ends: Vec<f64> = steps.iter().map(|step| step.end as f64).collect();
            assert_eq!(ends, masked(row("score_ids"), row("score_mask")), "{name}");
            assert_eq!(row("num_steps"), [steps.len() as f64], "{name}");
            assert_eq!(
                row("response_length"),
                [placed.answer.tokens.len() as f64],
                "{name}"
            );
            let before_ends: Vec<f64> = steps.iter().map(|step| step.len() as f64 - 1.0).collect();
            assert_eq!(
                before_ends,
                row("num_tokens_per_step")[..steps.len()],
                "{name}"
            );
            let mask = row("attention_mask");
            let prompt = masked(
                &case.get(&placed.key("sequences")).row_tokens(placed.row)[..placed.prompt],
                &mask[..placed.prompt],
            );
            let input = read(&format(&case), &prompt, &placed.answer.tokens, steps);
            let recorded = case
                .get(&placed.key("prm_input_ids"))
                .row_tokens(placed.row);
            assert_eq!(input, masked(&recorded, mask), "{name}");
            assert_eq!(row("prm_attention_mask"), mask, "{name}");
        }
    }
}

#[test]
fn credit_and_kl_are_mains() {
    let mut largest = Largest::default();
    for name in cases(FOLDER) {
        let case = Case::load(FOLDER, &name);
        for placed in answers(&case) {
            let Owned {
                steps,
                scores,
                policy,
                reference,
                ..
            } = &placed.answer;
            let mut out = vec![0.0; placed.answer.tokens.len()];
            for weights in ["w1", "w0"] {
                out.fill(0.0);
                credit(weights)
                    .build()
                    .unwrap()
                    .assign(steps, scores, &mut out);
                let stage = format!("process_reward.{weights}");
                let recorded = placed.recorded(&case, &placed.key(&stage));
                largest.check(&stage, &name, &out, &recorded, TOLERANCE);
            }
            for (stage, estimator) in [("kl.k1", KlEstimator::K1), ("kl.k3", KlEstimator::K3)] {
                let found = kl_estimates(estimator, policy, reference);
                let recorded = placed.recorded(&case, &placed.key(stage));
                largest.check(stage, &name, &found, &recorded, TOLERANCE);
            }
        }
    }
    largest.assert_compared(&["kl.k1", "kl.k3", "process_reward.w0", "process_reward.w1"]);
}

#[test]
fn rewards_returns_and_advantages_are_mains() {
    let mut largest = Largest::default();
    for name in cases(FOLDER) {
        let case = Case::load(FOLDER, &name);
        let answers = answers(&case);
        for setting in case.json["configs"].as_array().unwrap() {
            let setting = setting.as_str().unwrap();
            let config = config(&case, setting);
            let plain = run(&config, &answers);
            let whitened = run(
                &MethodConfig {
                    whiten: true,
                    ..config.clone()
                },
                &answers,
            );
            let mut without_kl = config.clone();
            without_kl.kl.coefficient = 0.0;
            let without_kl = run(&without_kl, &answers);
            for (index, placed) in answers.iter().enumerate() {
                let key = |stage: &str| format!("{setting}.mb{}.{stage}", placed.batch);
                let kind = setting.split('.').next().unwrap();
                let mut check = |stage: &str, found: &[f32], tolerance| {
                    let recorded = placed.recorded(&case, &key(stage));
                    let label = format!("{stage}.{kind}");
                    largest.check(
                        &label,
                        &format!("{name}.{setting}"),
                        found,
                        &recorded,
                        tolerance,
                    );
                };
                check("returns", &plain[index].advantages, TOLERANCE);
                check(
                    "advantages_normalized",
                    &whitened[index].advantages,
                    WHITENED,
                );
                check(
                    "reward_minus_baseline",
                    &less_baseline(&without_kl[index]),
                    TOLERANCE,
                );
                let first = plain[index].returns[0] - per_token(&plain[index])[0];
                let recorded = case.get(&key("return_sum")).row(placed.row);
                largest.check("return_sum", &name, &[first], recorded, TOLERANCE);
            }
        }
    }
    largest.assert_compared(&[
        "advantages_normalized.step",
        "advantages_normalized.token",
        "return_sum",
        "returns.step",
        "returns.token",
        "reward_minus_baseline.step",
        "reward_minus_baseline.token",
    ]);
}

fn per_token(record: &CreditedRecord) -> &[f32] {
    match &record.baseline {
        BaselineValue::PerToken(baseline) => baseline,
        BaselineValue::Constant(_) => panic!("main's baselines differ by token"),
    }
}

/// What the branch pays a token with its share of the baseline already taken off.
fn less_baseline(record: &CreditedRecord) -> Vec<f32> {
    let baseline = per_token(record);
    let after = baseline[1..].iter().chain([&0.0]);
    let shares = baseline.iter().zip(after).map(|(here, after)| here - after);
    record
        .token_rewards
        .iter()
        .zip(shares)
        .map(|(paid, share)| paid - share)
        .collect()
}
