//! What goes wrong is told, or counted, never passed over.

use std::fs;

use pure::rl::{Answer, PolicyTraining};

use super::{Recorded, Rewards, all_equal, iterations, lines, rollout, run, settings};
use crate::training::Bench;

/// Steps paid at random-looking amounts, but the group with this number in an iteration.
fn broken_in(group: usize) -> Rewards<impl FnMut(&Answer) -> Vec<f32>> {
    let mut asked = 0;
    Rewards(move |answer: &Answer| {
        asked += 1;
        let is_broken = (asked - 1) % 8 / 4 == group;
        let reward = if is_broken {
            f32::NAN
        } else {
            0.1 * (asked % 5) as f32
        };
        vec![reward; answer.steps.len()]
    })
}

#[test]
fn a_group_with_a_reward_that_is_no_number_is_left_out_and_counted() {
    let bench = Bench::new();
    let training = PolicyTraining::prepare(settings(&bench, "")).unwrap();
    run(&bench, training.with_step_rewards(broken_in(1))).unwrap();
    for iteration in iterations(&bench) {
        assert_eq!(iteration["unusable"], 1.0);
        assert_eq!(iteration["answers"], 4.0);
        assert_eq!(iteration["updates"], 1.0);
    }
}

#[test]
fn an_answer_of_an_evaluation_with_a_reward_that_is_no_number_is_counted() {
    let bench = Bench::new();
    let more = "evaluation = { prompts = \"data/held_out.jsonl\", greedy = false }\n";
    let training = PolicyTraining::prepare(settings(&bench, more)).unwrap();
    let mut asked = 0;
    let rewards = Rewards(move |answer: &Answer| {
        asked += 1;
        // The third of the first evaluation, which comes before any iteration.
        let reward = if asked == 3 { f32::INFINITY } else { 0.5 };
        vec![reward; answer.steps.len()]
    });
    run(&bench, training.with_step_rewards(rewards)).unwrap();
    let mut evaluations = lines(&bench, "metrics.jsonl");
    evaluations.retain(|line| line["split"] == "valid");
    assert_eq!(evaluations[0]["unusable"], 1.0);
    assert_eq!(evaluations[1]["unusable"], 0.0);
}

#[test]
fn an_iteration_without_a_usable_reward_ends_the_run_with_its_number() {
    let bench = Bench::new();
    let training = PolicyTraining::prepare(settings(&bench, "")).unwrap();
    let error = run(&bench, training.with_step_rewards(all_equal(f32::NAN))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "iteration 1: every group has a reward that is not a number"
    );
}

#[test]
fn rewards_that_are_not_one_a_step_are_refused() {
    let bench = Bench::new();
    let training = PolicyTraining::prepare(settings(&bench, "")).unwrap();
    let rewards = Rewards(|answer: &Answer| vec![0.0; answer.steps.len() + 1]);
    let error = run(&bench, training.with_step_rewards(rewards)).unwrap_err();
    assert!(error.to_string().contains("not one a step"), "{error}");
}

#[test]
fn steps_that_nobody_judges_cannot_be_paid() {
    let bench = Bench::new();
    let training = PolicyTraining::prepare(settings(&bench, "")).unwrap();
    let error = run(&bench, training).unwrap_err().to_string();
    assert!(error.contains("there is no `reward_model`"), "{error}");
}

#[test]
fn a_file_without_prompts_is_named() {
    let bench = Bench::new();
    fs::write(bench.path("data/train.jsonl"), "").unwrap();
    let error = PolicyTraining::prepare(settings(&bench, "")).err().unwrap();
    assert!(error.to_string().contains("train.jsonl"), "{error}");
    fs::write(
        bench.path("data/train.jsonl"),
        "{\"prompt\": \"1+2+3+4+5=\"}\n",
    )
    .unwrap();
    let mut config = settings(&bench, "");
    config.prompts.max_prompt_length = 3;
    let error = PolicyTraining::prepare(config).err().unwrap().to_string();
    assert!(
        error.contains("all 1 prompts are longer than 3 tokens"),
        "{error}"
    );
}

#[test]
fn a_reward_model_with_another_vocabulary_is_refused_with_the_token() {
    let bench = Bench::new();
    // The same shape, two words exchanged.
    fs::create_dir(bench.path("other")).unwrap();
    for entry in fs::read_dir(bench.path("model")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, bench.path("other").join(path.file_name().unwrap())).unwrap();
    }
    let tokenizer = bench.path("other/tokenizer.json");
    let text = fs::read_to_string(&tokenizer).unwrap();
    let swapped = text
        .replace("\"7\":", "\"seven\":")
        .replace("\"8\":", "\"7\":")
        .replace("\"seven\":", "\"8\":");
    assert_ne!(text, swapped);
    fs::write(&tokenizer, swapped).unwrap();
    let config = settings(&bench, "[reference]\nmodel = \"other\"\n");
    let error = PolicyTraining::prepare(config).err().unwrap().to_string();
    assert!(error.contains("does not read the tokens of"), "{error}");
    assert!(
        error.contains("token \"7\" is") || error.contains("token \"8\" is"),
        "{error}"
    );
}

#[test]
fn answers_that_are_all_cut_are_told_of() {
    let bench = Bench::new();
    let mut config = settings(&bench, "");
    config.iterations = 4;
    let cut = Recorded(|_, sample| {
        let mut rollout = rollout(vec![5; 24], vec![-0.5; 24]);
        rollout.tokens[sample] = 6;
        rollout.finish = pure::core::Finish::Length;
        rollout
    });
    let training = PolicyTraining::prepare(config).unwrap();
    let told = run(
        &bench,
        training.with_sampler(cut).with_step_rewards(all_equal(0.5)),
    );
    let told = told.unwrap();
    assert_eq!(
        told.notices,
        [(3, "truncated is above 0.9 for 3 iterations".to_owned())]
    );
    assert!(
        iterations(&bench)
            .iter()
            .all(|line| line["truncated"] == 1.0)
    );
}

#[test]
fn an_update_whose_ratios_explode_is_left_out_and_a_run_of_such_updates_has_no_result() {
    let bench = Bench::new();
    // The sampler claims that its tokens were all but impossible.
    let liar = Recorded(|_, sample| rollout(vec![5, 6 + sample as u32], vec![-30.0; 2]));
    let training = PolicyTraining::prepare(settings(&bench, "")).unwrap();
    let training = training
        .with_sampler(liar)
        .with_step_rewards(all_equal(0.5));
    let error = run(&bench, training).unwrap_err();
    let said = error.to_string();
    assert!(
        said.contains("all 2 updates of the run were skipped"),
        "{said}"
    );
    assert!(iterations(&bench).iter().all(|line| line["skipped"] == 1.0));
    assert!(!bench.path("run/model").exists());
}
