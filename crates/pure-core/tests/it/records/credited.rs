//! What is made of records that are right.

use pure_core::{
    BaselineValue, Finish, Label, MethodConfig, Preset, Record, Response, Rollout, Scores,
    StepFormat,
};

use super::{fault, record};

#[test]
fn records_of_a_group_need_not_be_adjacent_and_keep_their_order() {
    let records = [
        record("a", 0),
        record("b", 0),
        Record {
            outcome: Some(0.0),
            ..record("a", 1)
        },
    ];
    let credited = MethodConfig::default()
        .build()
        .unwrap()
        .run_records(&records)
        .unwrap();
    let ids: Vec<(Label, Label)> = credited
        .records
        .iter()
        .map(|r| (r.group.clone(), r.id.clone()))
        .collect();
    assert_eq!(ids, records.clone().map(|r| (r.group, r.id)));
    assert_eq!(credited.groups, [Label::from("a"), Label::from("b")]);
    assert_eq!(credited.report.groups_of_one, [1]);
    assert!(credited.report.limit_is_longest);
    assert!(credited.records[0].advantages[0] > credited.records[2].advantages[0]);
}

#[test]
fn a_baseline_is_one_number_or_one_a_token() {
    let records = [record("a", 0), record("a", 1)];
    let written = |preset: Preset| {
        let credited = preset
            .config()
            .build()
            .unwrap()
            .run_records(&records)
            .unwrap();
        let text = serde_json::to_value(&credited.records[0]).unwrap();
        assert_eq!(
            serde_json::from_value::<pure_core::CreditedRecord>(text.clone()).unwrap(),
            credited.records[0]
        );
        (credited.records[0].baseline.clone(), text)
    };
    let (paper, text) = written(Preset::Paper);
    assert!(matches!(paper, BaselineValue::Constant(_)) && text["baseline"].is_number());
    let (main, text) = written(Preset::OpenRlhf);
    assert!(matches!(main, BaselineValue::PerToken(baseline) if baseline.len() == 6));
    assert_eq!(text["baseline"].as_array().unwrap().len(), 6);
}

#[test]
fn an_empty_answer_counts_in_its_group_and_has_no_tokens() {
    let empty = Record {
        length: 0,
        step_ends: vec![],
        rewards: vec![],
        outcome: Some(0.0),
        ..record("a", 1)
    };
    for preset in [Preset::Paper, Preset::Verl, Preset::OpenRlhf] {
        let method = preset.config().build().unwrap();
        let credited = method
            .run_records(&[record("a", 0), empty.clone()])
            .unwrap();
        assert!(credited.records[1].advantages.is_empty());
        assert_eq!(credited.report.empty_responses, 1);
        assert!(
            credited.records[0]
                .advantages
                .iter()
                .all(|advantage| advantage.is_finite())
        );
    }
}

#[test]
fn a_last_token_that_ends_two_steps_is_paid_once() {
    let twice = Record {
        step_ends: vec![2, 5, 5],
        rewards: vec![0.5, -0.25, -0.25],
        ..record("a", 0)
    };
    for preset in [Preset::Paper, Preset::Verl, Preset::OpenRlhf] {
        let method = preset.config().build().unwrap();
        let once = method
            .run_records(&[record("a", 0), record("a", 1)])
            .unwrap();
        let found = method
            .run_records(&[twice.clone(), record("a", 1)])
            .unwrap();
        assert_eq!(found, once);
    }
    let differing = Record {
        rewards: vec![0.5, -0.25, 0.25],
        ..twice
    };
    assert_eq!(
        fault(differing),
        "the last token ends two steps, with rewards -0.25 and 0.25"
    );
}

#[test]
fn a_rollout_becomes_a_response() {
    let rollout = Rollout {
        drawn_log_probs: None,
        tokens: vec![4, 9, 2],
        log_probs: vec![-0.5; 3],
        finish: Finish::Length,
    };
    let steps = StepFormat::new([9], 1).split(&rollout.tokens);
    let scores = Scores {
        process: vec![0.5, 0.25],
        outcome: None,
    };
    let response = Response::of_rollout(2, &rollout, &steps, &scores, Some(&[-0.75; 3]));
    let mut method = MethodConfig {
        limit: Some(3),
        ..MethodConfig::default()
    }
    .build()
    .unwrap();
    method.set_kl_coefficient(2.0);
    let batch = method.run(&[response]).unwrap();
    assert_eq!(batch.response(0).token_rewards[0], -0.5);
    assert_eq!(batch.report().mean_kl, Some(0.25));
    assert_eq!(
        (
            batch.report().truncated,
            batch.report().groups_of_one.as_slice()
        ),
        (1, [2].as_slice())
    );
    let without = method
        .run(&[Response::of_rollout(0, &rollout, &steps, &scores, None)])
        .unwrap();
    assert_eq!(without.report().without_log_probs, 1);
}
