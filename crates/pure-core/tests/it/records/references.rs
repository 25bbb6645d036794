//! Records of reference answers, which rewards are compared with where they are shaped.

use pure_core::{Error, Finish, MethodConfig, Preset, Record, Response, Scores, StepSpan};

use super::record;

fn par() -> MethodConfig {
    MethodConfig {
        limit: Some(8),
        ..Preset::Par.config()
    }
}

fn refused(records: &[Record], references: &[Record]) -> (usize, String) {
    match par()
        .build()
        .unwrap()
        .run_records_against(records, references)
    {
        Err(Error::Record { index, source, .. }) => (index, source.to_string()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_record_whose_group_has_no_reference_answer_is_named() {
    let records = [record("a", 0), record("b", 0)];
    let (index, why) = refused(&records, &[record("a", 9)]);
    assert_eq!(index, 1);
    assert!(
        why.contains("no reference answers") && why.contains("`reward.shaping`"),
        "{why}"
    );
}

#[test]
fn a_reference_answer_that_contradicts_itself_is_named() {
    let broken = Record {
        rewards: vec![0.5],
        ..record("a", 9)
    };
    let (index, why) = refused(&[record("b", 0), record("a", 0)], &[record("b", 9), broken]);
    assert_eq!(index, 1);
    assert!(
        why.starts_with("reference answer 1, of its group: rewards are 1"),
        "{why}"
    );
}

#[test]
fn reference_answers_of_other_groups_and_without_shaping_are_not_looked_at() {
    let (records, broken) = ([record("a", 0), record("a", 1)], record("c", 9));
    let broken = Record {
        rewards: vec![],
        ..broken
    };
    let method = par().build().unwrap();
    let references = [record("a", 9), broken.clone()];
    let found = method.run_records_against(&records, &references).unwrap();
    // As good as the reference answer: 1/2, at the last token alone.
    assert_eq!(
        found.records[0].token_rewards,
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.5]
    );
    assert_eq!(found.report.groups, 1);
    let plain = MethodConfig::default().build().unwrap();
    let group = Record {
        group: "a".into(),
        ..broken
    };
    let against = plain.run_records_against(&records, &[group]).unwrap();
    assert_eq!(against, plain.run_records(&records).unwrap());
}

#[test]
fn a_response_is_compared_with_reference_responses_of_its_group() {
    let scores = [[0.5, 0.5], [1.0, 0.0], [0.0, 0.0]].map(|process| Scores {
        process: process.to_vec(),
        outcome: None,
    });
    let steps = StepSpan::from_ends(&[1, 3], 4).unwrap();
    let response = |answer: usize| Response {
        group: 5,
        length: 4,
        steps: &steps,
        scores: &scores[answer],
        log_probs: None,
        finish: Finish::End,
    };
    let method = par().build().unwrap();
    let batch = method.run_against(&[response(0)], &[response(1), response(2)]);
    // Means 0.5, against 0.5 and 0: (sigmoid(0) + sigmoid(0.5)) / 2.
    let expected = (0.5 + 1.0 / (1.0 + (-0.5_f64).exp())) / 2.0;
    let paid = batch.unwrap().response(0).paid;
    assert!((paid.process - expected).abs() < 1e-7, "{paid:?}");
}
