//! The verl branch, through `--preset verl`.

use serde_json::Value;

use super::cases::{
    Answer, Case, Stages, TOLERANCE, WHITENED, cases, credit, masked, numbers, record, reward,
};

pub fn answers(case: &Case) -> Vec<Answer> {
    let prompt = case.rows("in.prompts")[0].len();
    let answer = |row: usize| {
        let at = |array: &str| &case.rows(array)[row];
        let mask = &at("in.attention_mask")[prompt..];
        let valid: Vec<bool> = mask.iter().map(|&mask| mask != 0.0).collect();
        let ends = at("step_end_ids").iter().filter(|&&end| end >= 0.0);
        let steps = ends.map(|&end| {
            let end = end as usize;
            (end, reward(at("in.prm_logits"), prompt + end))
        });
        let steps: Vec<_> = steps.collect();
        let outcome = (at("in.have_answer")[0] != 0.0).then_some(at("in.verifiable_rewards")[0]);
        let log_probs = ["in.old_log_probs", "in.ref_log_probs"].map(|key| masked(at(key), &valid));
        Answer {
            record: record((case.group(row), row), &steps, outcome, log_probs),
            batch: 0,
            row,
            valid,
        }
    };
    (0..case.rows("in.responses").len()).map(answer).collect()
}

/// The options of a key `<credit>.<reward>.<kl>`.
fn options(case: &Case, key: &str) -> Vec<String> {
    let (rest, kl) = key.rsplit_once('.').unwrap();
    let (form, reward) = rest.rsplit_once('.').unwrap();
    let form = match form {
        "sum" => "sum".to_owned(),
        "min" => "suffix-min".to_owned(),
        other => other.replace("approx", "soft-min:"),
    };
    let reward = reward.to_lowercase().replace("prmvr", "prm+vr");
    // The branch divides by the width that it pads answers to.
    let limit = case.rows("in.responses")[0].len().to_string();
    let coefficient = case.number("vr_coef").to_string();
    let beta = case.number("kl_beta").to_string();
    let mut options = vec!["--preset", "verl", "--limit", &limit];
    options.extend([
        "--form",
        &form,
        "--reward",
        &reward,
        "--vr-coef",
        &coefficient,
    ]);
    match kl {
        "none" => options.extend(["--kl-coef", "0"]),
        name => options.extend(["--kl", name, "--kl-coef", &beta]),
    }
    options.into_iter().map(str::to_owned).collect()
}

fn with(options: &[String], more: &[&str]) -> Vec<String> {
    let more = more.iter().map(|option| (*option).to_owned());
    options.iter().cloned().chain(more).collect()
}

#[test]
fn the_program_gives_verls_rewards_returns_baselines_and_advantages() {
    let mut stages = Stages::default();
    for case in cases("verl") {
        let answers = answers(&case);
        let keys = case
            .names()
            .filter_map(|name| name.strip_prefix("token_level_rewards."));
        for key in keys {
            let options = options(&case, key);
            let place = format!("{} {key}", case.name);
            let mut check = |stage: &str, credited: &[Value], field: &str, suffix: &str, most| {
                let array = format!("{stage}.{key}{suffix}");
                // Returns before the baseline are not recorded for every key.
                if field == "returns" && !case.has(&array) {
                    return;
                }
                for (answer, record) in answers.iter().zip(credited) {
                    let recorded = case.recorded(&array, answer);
                    let stage = format!("{stage}{suffix}");
                    stages.check(&stage, &place, &numbers(&record[field]), &recorded, most);
                }
            };
            let plain = credit(&answers, &options);
            check(
                "token_level_rewards",
                &plain,
                "token_rewards",
                "",
                TOLERANCE,
            );
            check("raw_returns", &plain, "returns", "", TOLERANCE);
            check("baseline", &plain, "baseline", "", TOLERANCE);
            check("returns", &plain, "advantages", "", TOLERANCE);
            let whitened = credit(&answers, &with(&options, &["--whiten"]));
            check("advantages", &whitened, "advantages", ".norm1", WHITENED);
        }
    }
    stages.assert_compared(&[
        "advantages.norm1",
        "baseline",
        "raw_returns",
        "returns",
        "token_level_rewards",
    ]);
}

#[test]
fn the_program_gives_verls_estimates_of_whole_sequences() {
    let mut stages = Stages::default();
    for case in cases("verl") {
        let answers = answers(&case);
        for (stage, key, baseline, most) in [
            ("grpo", "sum.PRMVR.low_var_kl", "grpo", TOLERANCE),
            ("grpo_vr", "sum.VR.none", "grpo", TOLERANCE),
            ("rloo_outcome", "sum.PRMVR.low_var_kl", "rloo", TOLERANCE),
            (
                "reinforce_pp.g0.99",
                "sum.PRMVR.low_var_kl",
                "reinforce++:0.99",
                WHITENED,
            ),
            (
                "reinforce_pp.g1.0",
                "sum.PRMVR.low_var_kl",
                "reinforce++:1",
                WHITENED,
            ),
        ] {
            let options = with(&options(&case, key), &["--baseline", baseline]);
            for (answer, record) in answers.iter().zip(credit(&answers, &options)) {
                let recorded = case.recorded(&format!("{stage}.advantages"), answer);
                let found = numbers(&record["advantages"]);
                stages.check(stage, &case.name, &found, &recorded, most);
            }
        }
    }
    stages.assert_compared(&[
        "grpo",
        "grpo_vr",
        "reinforce_pp.g0.99",
        "reinforce_pp.g1.0",
        "rloo_outcome",
    ]);
}
