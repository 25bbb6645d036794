//! Records that contradict themselves, and settings without meaning.

use pure_core::credit::SoftMin;
use pure_core::{
    Credit, CreditConfig, Error, Finish, MethodConfig, Record, Response, Scores, StepSpan,
};

use super::{fault, record};

#[test]
fn rewards_that_are_no_numbers_name_the_record() {
    let broken = Record {
        rewards: vec![0.5, f32::NAN],
        ..record("a", 1)
    };
    assert_eq!(fault(broken), "reward 1 is NaN");
    let broken = Record {
        rewards: vec![f32::INFINITY, 0.0],
        ..record("a", 1)
    };
    assert_eq!(fault(broken), "reward 0 is inf");
    let broken = Record {
        old_logprobs: Some(vec![0.0, 0.0, f32::NAN, 0.0, 0.0, 0.0]),
        ref_logprobs: Some(vec![0.0; 6]),
        ..record("a", 1)
    };
    assert_eq!(fault(broken), "log-probability 2 is NaN");
}

#[test]
fn outcomes_outside_0_to_1_name_the_record() {
    for outcome in [-1.0, 2.0, f32::NAN] {
        let broken = Record {
            outcome: Some(outcome),
            ..record("a", 1)
        };
        assert_eq!(
            fault(broken),
            format!("the outcome is {outcome}, but must be 0 (wrong), 1 (right) or absent")
        );
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
        "step 1 ends at token 2, not after 5, where the step before it ends"
    );
    assert_eq!(
        ends(&[2, 2]),
        "step 1 ends at token 2, not after 2, where the step before it ends"
    );
    assert_eq!(
        ends(&[2, 6]),
        "step 1 ends at token 6, but there are only 6 tokens"
    );
    assert_eq!(
        ends(&[usize::MAX, 0]),
        format!(
            "step 0 ends at token {}, but there are only 6 tokens",
            usize::MAX
        )
    );
}

#[test]
fn lengths_that_disagree_name_the_record() {
    let broken = Record {
        rewards: vec![0.5],
        ..record("a", 1)
    };
    assert_eq!(
        fault(broken),
        "rewards are 1, but must be 2, one for each step"
    );
    let broken = Record {
        old_logprobs: Some(vec![0.0; 6]),
        ref_logprobs: Some(vec![0.0; 5]),
        ..record("a", 1)
    };
    assert_eq!(
        fault(broken),
        "reference log-probabilities are 5, but must be 6, one for each token"
    );
    let broken = Record {
        old_logprobs: Some(vec![0.0; 6]),
        ..record("a", 1)
    };
    assert_eq!(
        fault(broken),
        "old_logprobs came without ref_logprobs: the KL penalty needs both"
    );
    let broken = Record {
        length: 9,
        ..record("a", 1)
    };
    assert_eq!(
        fault(broken),
        "9 tokens are more than the generation limit of 8"
    );
}

#[test]
fn no_records_and_groups_without_name_are_errors() {
    let method = MethodConfig::default().build().unwrap();
    assert_eq!(method.run_records(&[]), Err(Error::NoResponses));
    assert_eq!(fault(record("", 1)), "the name of the group is empty");
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
fn errors_show_the_beginning_of_a_long_name() {
    let long = "ä".repeat(1 << 20);
    let broken = Record {
        outcome: Some(2.0),
        ..record(&long, 1)
    };
    let error = broken.compare_forms(0, &[]).unwrap_err();
    assert!(matches!(&error, Error::Record { group, .. } if *group == long.as_str().into()));
    let (message, start) = (error.to_string(), "ä".repeat(60));
    assert!(message.starts_with(&format!(
        r#"record 0 (group "{start}…", id 1): the outcome"#
    )));
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
    assert_eq!(
        error.to_string(),
        "response 0: step 1 covers tokens 2..6, which overlaps the one before it or is empty"
    );
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
    assert_eq!(
        error.to_string(),
        r#"record 0 (group "a", id 0): the form of credit paid token 3 NaN"#
    );
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
            credit: CreditConfig::SoftMin(SoftMin { temperature: 0.0 }),
            ..MethodConfig::default()
        },
    ] {
        assert!(matches!(config.build(), Err(Error::Setting { .. })));
    }
}
