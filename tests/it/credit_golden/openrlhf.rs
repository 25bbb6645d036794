//! The main branch, on OpenRLHF, through `--preset openrlhf`.

use serde_json::Value;

use super::cases::{
    Answer, Case, Stages, TOLERANCE, WHITENED, cases, credit, masked, numbers, record, reward,
};

pub fn answers(case: &Case) -> Vec<Answer> {
    let prompt = case.number("prompt_len") as usize;
    let mut answers = Vec::new();
    for batch in 0..case.number("n_micro_batches") as usize {
        let rows = |name: &str| case.rows(&format!("mb{batch}.{name}"));
        for row in 0..rows("sequences").len() {
            let at = |name: &str| &rows(name)[row];
            let yes = |name| at(name).iter().map(|&mask| mask != 0.0).collect();
            let (valid, steps): (Vec<bool>, Vec<bool>) = (yes("action_mask"), yes("score_mask"));
            // Recorded is where the next step begins.
            let ends = masked(at("score_ids"), &steps);
            let steps = ends.iter().map(|&next| {
                let end = next as usize - 1;
                (end, reward(at("prm_logits"), prompt + end))
            });
            let steps: Vec<_> = steps.collect();
            let outcome = (at("have_answers")[0] != 0.0).then_some(at("solved")[0]);
            let log_probs =
                ["token_log_probs", "base_log_probs"].map(|key| masked(at(key), &valid));
            let id = answers.len();
            answers.push(Answer {
                record: record((case.group(id), id), &steps, outcome, log_probs),
                batch,
                row,
                valid,
            });
        }
    }
    answers
}

/// The options of `<token|step>.<reward>.<w1|w0>.<k1|k3>.<mask|nomask>`.
fn options(case: &Case, setting: &str, beta: f64) -> Vec<String> {
    let parts: Vec<&str> = setting.split('.').collect();
    let [baseline, reward, weights, kl, mask] = parts[..] else {
        panic!("{setting}")
    };
    let reward = reward.to_lowercase().replace("prmvr", "prm+vr");
    let form = if weights == "w1" {
        "soft-min:0.1"
    } else {
        "mean"
    };
    let separators = if mask == "mask" { "masked" } else { "kept" };
    let coefficient = case.number("vr_coef").to_string();
    let beta = beta.to_string();
    let options = [
        ["--preset", "openrlhf"],
        ["--baseline", baseline],
        ["--reward", &reward],
        ["--vr-coef", &coefficient],
        ["--form", form],
        ["--kl", kl],
        ["--kl-coef", &beta],
        ["--separators", separators],
    ];
    options.concat().into_iter().map(str::to_owned).collect()
}

/// What a token is paid with its share of the baseline taken off: the branch does so before it sums.
fn less_baseline(rewards: &[f64], baseline: &[f64]) -> Vec<f64> {
    let after = baseline[1..].iter().chain([&0.0]);
    let shares = baseline.iter().zip(after).map(|(here, after)| here - after);
    rewards
        .iter()
        .zip(shares)
        .map(|(paid, share)| paid - share)
        .collect()
}

#[test]
fn the_program_gives_mains_rewards_returns_and_advantages() {
    let mut stages = Stages::default();
    for case in cases("openrlhf") {
        let answers = answers(&case);
        for setting in case.json["configs"].as_array().unwrap() {
            let setting = setting.as_str().unwrap();
            let options = options(&case, setting, case.number("kl_beta"));
            let plain = credit(&answers, &options);
            let whitened = credit(&answers, &[options, vec!["--whiten".to_owned()]].concat());
            // The branch takes the KL penalty off later.
            let without_kl = credit(&answers, &self::options(&case, setting, 0.0));
            let place = format!("{} {setting}", case.name);
            for (index, answer) in answers.iter().enumerate() {
                let mut check = |stage: &str, found: &[f64], most| {
                    let array = format!("{setting}.mb{}.{stage}", answer.batch);
                    let recorded = case.recorded(&array, answer);
                    stages.check(stage, &place, found, &recorded, most);
                };
                let of = |credited: &[Value], field: &str| numbers(&credited[index][field]);
                let paid = of(&without_kl, "token_rewards");
                let paid = less_baseline(&paid, &of(&without_kl, "baseline"));
                check("reward_minus_baseline", &paid, TOLERANCE);
                let sum = of(&plain, "returns")[0] - of(&plain, "baseline")[0];
                check("return_sum", &[sum], TOLERANCE);
                check("returns", &of(&plain, "advantages"), TOLERANCE);
                check(
                    "advantages_normalized",
                    &of(&whitened, "advantages"),
                    WHITENED,
                );
            }
        }
    }
    stages.assert_compared(&[
        "advantages_normalized",
        "return_sum",
        "returns",
        "reward_minus_baseline",
    ]);
}
