//! Records: what is read, what is written, and every way in which one can be wrong.

use pure_core::{
    BaselineValue, Credit, CreditConfig, Error, Fault, Finish, Label, MethodConfig, Preset, Record,
    Response, Rollout, Scores, StepFormat, StepSpan,
};

fn record(group: &str, id: i64) -> Record {
    Record {
        group: group.into(),
        id: id.into(),
        length: 6,
        step_ends: vec![2, 5],
        rewards: vec![0.5, -0.25],
        outcome: Some(1.0),
        old_logprobs: None,
        ref_logprobs: None,
        truncated: false,
    }
}

fn fault(broken: Record) -> Fault {
    let records = [record("a", 0), broken, record("a", 2)];
    let method = MethodConfig {
        limit: Some(8),
        ..MethodConfig::default()
    }
    .build()
    .unwrap();
    match method.run_records(&records) {
        Err(Error::Record {
            index: 1,
            group,
            id,
            source,
        }) => {
            assert_eq!((&group, &id), (&records[1].group, &records[1].id));
            source
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn lines_are_read_with_and_without_what_is_optional() {
    let short = r#"{"group": "p", "id": 3, "length": 6, "step_ends": [2, 5], "rewards": [0.5, -0.25], "outcome": null}"#;
    let read: Record = serde_json::from_str(short).unwrap();
    assert_eq!(
        read,
        Record {
            outcome: None,
            ..record("p", 3)
        }
    );
    let long = r#"{"group": 7, "id": "x", "length": 1, "step_ends": [0], "rewards": [1], "outcome": 0,
        "old_logprobs": [-0.5], "ref_logprobs": [-1], "truncated": true}"#;
    let read: Record = serde_json::from_str(long).unwrap();
    assert_eq!(
        (read.group, read.outcome, read.truncated),
        (Label::Number(7), Some(0.0), true)
    );
    assert!(serde_json::from_str::<Record>(&short.replace("outcome", "verdict")).is_err());
}

#[test]
fn a_null_among_numbers_names_the_record() {
    let text = r#"{"group": "a", "id": 1, "length": 1, "step_ends": [0], "rewards": [null], "outcome": 1}"#;
    assert!(matches!(
        fault(serde_json::from_str(text).unwrap()),
        Fault::NotFinite { what: "reward", .. }
    ));
    let text = r#"{"group": "a", "id": 1, "length": 1, "step_ends": [0], "rewards": [1], "outcome": 1,
        "old_logprobs": [null], "ref_logprobs": [0]}"#;
    let broken: Record = serde_json::from_str(text).unwrap();
    assert!(matches!(
        fault(broken),
        Fault::NotFinite {
            what: "log-probability",
            ..
        }
    ));
    let absent = text
        .replace("[null]", "null")
        .replace("[0],", "0,")
        .replace("[0]}", "null}");
    let absent = absent.replace("\"step_ends\": 0", "\"step_ends\": [0]");
    assert_eq!(
        serde_json::from_str::<Record>(&absent)
            .unwrap()
            .old_logprobs,
        None
    );
}

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
        Fault::ClosingRewardsDiffer {
            first: -0.25,
            second: 0.25
        }
    );
}

#[test]
fn rewards_that_are_no_numbers_name_the_record() {
    let broken = Record {
        rewards: vec![0.5, f32::NAN],
        ..record("a", 1)
    };
    assert!(matches!(
        fault(broken),
        Fault::NotFinite {
            what: "reward",
            index: 1,
            ..
        }
    ));
    let broken = Record {
        rewards: vec![f32::INFINITY, 0.0],
        ..record("a", 1)
    };
    assert!(matches!(
        fault(broken),
        Fault::NotFinite {
            what: "reward",
            index: 0,
            ..
        }
    ));
    let broken = Record {
        old_logprobs: Some(vec![0.0, 0.0, f32::NAN, 0.0, 0.0, 0.0]),
        ref_logprobs: Some(vec![0.0; 6]),
        ..record("a", 1)
    };
    assert!(matches!(
        fault(broken),
        Fault::NotFinite {
            what: "log-probability",
            index: 2,
            ..
        }
    ));
}

#[test]
fn outcomes_outside_0_to_1_name_the_record() {
    for outcome in [-1.0, 2.0, f32::NAN] {
        let broken = Record {
            outcome: Some(outcome),
            ..record("a", 1)
        };
        assert!(matches!(fault(broken), Fault::Outcome { .. }));
    }
}

#[test]
fn step_ends_out_of_order_or_range_name_the_record() {
    let ends = |ends: &[usize]| {
        fault(Record {
            step_ends: ends.to_vec(),
            ..record("a", 1)
        })
    };
    assert_eq!(
        ends(&[5, 2]),
        Fault::StepEndsOutOfOrder {
            step: 1,
            found: 2,
            previous: 5
        }
    );
    assert_eq!(
        ends(&[2, 2]),
        Fault::StepEndsOutOfOrder {
            step: 1,
            found: 2,
            previous: 2
        }
    );
    assert_eq!(
        ends(&[2, 6]),
        Fault::StepEndOutOfRange {
            step: 1,
            found: 6,
            length: 6
        }
    );
    assert_eq!(
        ends(&[usize::MAX, 0]),
        Fault::StepEndOutOfRange {
            step: 0,
            found: usize::MAX,
            length: 6
        }
    );
}

#[test]
fn lengths_that_disagree_name_the_record() {
    let broken = Record {
        rewards: vec![0.5],
        ..record("a", 1)
    };
    assert!(matches!(
        fault(broken),
        Fault::Count {
            what: "rewards",
            found: 1,
            expected: 2,
            ..
        }
    ));
    let broken = Record {
        old_logprobs: Some(vec![0.0; 6]),
        ref_logprobs: Some(vec![0.0; 5]),
        ..record("a", 1)
    };
    assert!(matches!(
        fault(broken),
        Fault::Count {
            found: 5,
            expected: 6,
            ..
        }
    ));
    let broken = Record {
        old_logprobs: Some(vec![0.0; 6]),
        ..record("a", 1)
    };
    assert!(matches!(
        fault(broken),
        Fault::OneLogProbsOnly {
            absent: "ref_logprobs",
            ..
        }
    ));
    let broken = Record {
        length: 9,
        ..record("a", 1)
    };
    assert_eq!(
        fault(broken),
        Fault::LongerThanLimit {
            length: 9,
            limit: 8
        }
    );
}

#[test]
fn no_records_and_groups_without_name_are_errors() {
    let method = MethodConfig::default().build().unwrap();
    assert_eq!(method.run_records(&[]), Err(Error::NoResponses));
    assert_eq!(fault(record("", 1)), Fault::EmptyGroupName);
}

#[test]
fn errors_say_which_record_and_why() {
    let broken = Record {
        rewards: vec![0.5, f32::NAN],
        ..record("p 1", 4)
    };
    let method = MethodConfig::default().build().unwrap();
    let message = method
        .run_records(&[record("a", 0), broken])
        .unwrap_err()
        .to_string();
    assert_eq!(message, r#"record 1 (group "p 1", id 4): reward 1 is NaN"#);
}

#[test]
fn overlapping_spans_are_refused() {
    let spans = [StepSpan { start: 0, end: 3 }, StepSpan { start: 2, end: 6 }];
    let scores = Scores {
        process: vec![0.0; 2],
        outcome: None,
    };
    let response = Response {
        group: 0,
        length: 6,
        steps: &spans,
        scores: &scores,
        log_probs: None,
        finish: Finish::End,
    };
    let error = MethodConfig::default()
        .build()
        .unwrap()
        .run(&[response])
        .unwrap_err();
    assert!(matches!(
        error,
        Error::Response {
            index: 0,
            source: Fault::StepsOverlap { step: 1, .. }
        }
    ));
}

#[test]
fn a_form_that_pays_what_is_no_number_is_caught() {
    struct Broken;
    impl Credit for Broken {
        fn assign(&self, _: &[StepSpan], _: &Scores, out: &mut [f32]) {
            out[3] = f32::NAN;
        }
    }
    let method = MethodConfig::default().build().unwrap().with_credit(Broken);
    let error = method.run_records(&[record("a", 0)]).unwrap_err();
    assert!(matches!(
        error,
        Error::Record {
            index: 0,
            source: Fault::Payment { token: 3, .. },
            ..
        }
    ));
}

#[test]
fn settings_without_meaning_are_refused_when_the_line_is_built() {
    for config in [
        MethodConfig {
            limit: Some(0),
            ..MethodConfig::default()
        },
        MethodConfig {
            truncated: pure_core::Truncated::Penalised { penalty: f64::NAN },
            ..MethodConfig::default()
        },
        MethodConfig {
            credit: CreditConfig::SoftMin(pure_core::SoftMin { temperature: 0.0 }),
            ..MethodConfig::default()
        },
    ] {
        assert!(matches!(config.build(), Err(Error::Setting { .. })));
    }
}

#[test]
fn forms_lie_side_by_side() {
    let twice = Record {
        step_ends: vec![2, 5, 5],
        rewards: vec![0.5, -0.25, -0.25],
        ..record("a", 0)
    };
    for answer in [record("a", 0), twice] {
        let table = answer
            .compare_forms(0, &CreditConfig::every_form())
            .unwrap();
        assert_eq!((table.length, table.steps.len()), (6, 2));
        assert_eq!(table.rewards, [0.5, -0.25]);
        let names: Vec<&str> = table.forms.iter().map(|view| view.name.as_str()).collect();
        let expected = [
            "min",
            "soft-min:0.1",
            "suffix-min",
            "sum:1",
            "mean",
            "clip:0",
            "delta",
        ];
        assert_eq!(names, expected);
        let (min, sum) = (&table.forms[0], &table.forms[3]);
        assert_eq!(min.step_returns, [-0.25, -0.25]);
        assert_eq!(
            (sum.step_returns.as_slice(), sum.total),
            ([0.25, -0.25].as_slice(), 0.25)
        );
        assert_eq!(sum.step_rewards, [0.5, -0.25]);
        assert!(table.forms.iter().all(|view| view.token_rewards.len() == 6));
    }
    let broken = Record {
        step_ends: vec![5, 2],
        ..record("a", 3)
    };
    let error = broken.compare_forms(7, &[]).unwrap_err();
    assert!(matches!(
        error,
        Error::Record {
            index: 7,
            source: Fault::StepEndsOutOfOrder { .. },
            ..
        }
    ));
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
