//! Steps, inputs and scores of real reward models, as the reference's verl branch took them.

use pure_core::credit::{SoftMin, Sum};
use pure_core::{Credit, Scores, StepFormat};
use serde_json::Value;

use crate::golden::{Case, Largest, folder, masked, read, step_reward};

#[test]
fn steps_inputs_and_scores_of_real_reward_models_are_verls() {
    let mut largest = Largest::default();
    for model in ["token_cls", "mlp_head"] {
        let under = format!("prm/{model}");
        let text = std::fs::read(folder().join(&under).join("case.json")).unwrap();
        let json: Value = serde_json::from_slice(&text).unwrap();
        let mut case = Case::load(&under, "ref");
        case.json = json;
        let marker = case.number("step_separator_token_id") as u32;
        let format = StepFormat::new(case.tokens("split_step_token_ids"), marker);
        let width = case.get("prompts").width();
        for row in 0..case.get("responses").rows() {
            let mask = case.get("attention_mask").row(row);
            let prompt = masked(&case.get("prompts").row_tokens(row), &mask[..width]);
            let response = masked(&case.get("responses").row_tokens(row), &mask[width..]);
            let steps = format.split(&response);
            let ends: Vec<f64> = steps.iter().map(|step| step.last() as f64).collect();
            let recorded = masked(
                case.get("step_end_ids").row(row),
                case.get("step_mask").row(row),
            );
            assert_eq!(ends, recorded, "{model}, {row}");
            let input = read(&format, &prompt, &response, &steps);
            let recorded = masked(&case.get("prm.input_ids").row_tokens(row), mask);
            assert_eq!(input, recorded, "{model}, {row}");

            let logits = case.get("step_logits").row_f32(row);
            let rewards = logits
                .chunks(2)
                .take(steps.len())
                .map(|l| step_reward([l[0], l[1]]));
            let process: Vec<f32> = rewards.collect();
            let recorded = &case.get("step_reward").row(row)[..steps.len()];
            largest.check("step_reward", model, &process, recorded, 1e-5);
            let scores = Scores {
                process,
                outcome: None,
            };
            let forms: [(&str, &dyn Credit); 3] = [
                ("sum", &Sum::default()),
                ("approx_T0.1", &SoftMin { temperature: 0.1 }),
                ("approx_T1.0", &SoftMin { temperature: 1.0 }),
            ];
            for (name, form) in forms {
                let mut out = vec![0.0; response.len()];
                form.assign(&steps, &scores, &mut out);
                let stage = format!("rm_scores.{name}");
                let recorded = masked(case.get(&stage).row(row), &mask[width..]);
                largest.check(&stage, model, &out, &recorded, 1e-5);
            }
        }
    }
    largest.assert_compared(&[
        "rm_scores.approx_T0.1",
        "rm_scores.approx_T1.0",
        "rm_scores.sum",
        "step_reward",
    ]);
}
