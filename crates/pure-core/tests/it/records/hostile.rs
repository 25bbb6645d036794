//! Records that may hold anything: no panic, and no more memory than there is reason for.

use proptest::collection::vec;
use proptest::prelude::*;
use pure_core::{
    CreditConfig, Error, Finish, Method, MethodConfig, MinimumOver, Record, Response, Scores,
    StepSpan,
};
use serde_json::{Value, json};

use super::{fault, record};
use crate::allocation::largest_allocation;
use crate::properties::settings::BASELINES;

/// Of a record that is refused, or has some hundred tokens, nothing asks for as much.
const BYTES: usize = 1 << 20;

const MOST: usize = Response::MOST_TOKENS;

#[test]
fn lengths_that_no_model_writes_name_the_record_before_memory_is_asked_for() {
    for length in [MOST + 1, 400_000_000_000, 1 << 62, usize::MAX] {
        let long = Record {
            length,
            ..record("a", 1)
        };
        let bytes = largest_allocation(|| {
            let records = [record("a", 0), long.clone()];
            let method = MethodConfig::default().build().unwrap();
            for error in [
                method.run_records(&records).unwrap_err(),
                long.compare_forms(1, &CreditConfig::every_form())
                    .unwrap_err(),
            ] {
                let Error::Record {
                    index: 1, source, ..
                } = error
                else {
                    panic!("{error}");
                };
                assert_eq!(
                    source.to_string(),
                    format!(
                        "{length} tokens are more than the {MOST} that an answer may have; check its length"
                    )
                );
            }
        });
        assert!(bytes < BYTES, "{length}: {bytes} bytes");
    }
}

#[test]
fn log_probabilities_decide_how_long_a_record_is() {
    let broken = Record {
        length: 1 << 62,
        old_logprobs: Some(vec![0.0; 6]),
        ref_logprobs: Some(vec![0.0; 6]),
        ..record("a", 1)
    };
    assert_eq!(
        fault(broken),
        format!(
            "log-probabilities are 6, but must be {}, one for each token",
            1_u64 << 62
        )
    );
}

#[test]
fn records_that_are_too_long_together_name_the_one_with_which_they_are() {
    let fitting = Method::MOST_TOKENS / MOST;
    let long = |id| Record {
        length: MOST,
        ..record("a", id)
    };
    let records: Vec<Record> = (0..2 * fitting as i64).map(long).collect();
    let bytes = largest_allocation(|| {
        let method = MethodConfig::default().build().unwrap();
        let error = method.run_records(&records).unwrap_err();
        let Error::Record { index, source, .. } = error else {
            panic!("{error}");
        };
        assert_eq!(index, fitting);
        let most = Method::MOST_TOKENS;
        let expected = format!(
            "with it the answers have {} tokens together, more than the {most} that are credited at once; \
             credit fewer groups at a time",
            most + MOST
        );
        assert_eq!(source.to_string(), expected);
    });
    assert!(bytes < BYTES, "{bytes} bytes");
}

#[test]
fn groups_may_have_any_number() {
    let steps = StepSpan::from_ends(&[1], 2).unwrap();
    let scores = [0.5, -0.5].map(|reward| Scores {
        process: vec![reward],
        outcome: None,
    });
    let responses = |groups: [usize; 3]| {
        let response = |place: usize| Response {
            group: groups[place],
            length: 2,
            steps: &steps,
            scores: &scores[place % 2],
            log_probs: None,
            finish: Finish::End,
        };
        [0, 1, 2].map(response)
    };
    let method = MethodConfig::default().build().unwrap();
    let small = method.run(&responses([1, 1, 0])).unwrap();
    let bytes = largest_allocation(|| {
        let large = method
            .run(&responses([usize::MAX, usize::MAX, 1 << 60]))
            .unwrap();
        assert!(small.responses().eq(large.responses()));
        assert_eq!(large.report().groups, 2);
        assert_eq!(large.report().groups_of_one, [1 << 60]);
    });
    assert!(bytes < BYTES, "{bytes} bytes");
}

/// The fields of a record.
const KEYS: [&str; 9] = [
    "group",
    "id",
    "length",
    "step_ends",
    "rewards",
    "outcome",
    "old_logprobs",
    "ref_logprobs",
    "truncated",
];

/// Any JSON, two levels deep.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec(("[a-z]{0,3}", inner), 0..3)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => (-100_i32..100).prop_map(|cents| json!(f64::from(cents) / 100.0)),
        1 => prop::num::f32::NORMAL.prop_map(|number| json!(number)),
        1 => prop::sample::select(vec![f64::from(f32::MAX), f64::from(f32::MIN), 1e300, 1e-45])
            .prop_map(|number| json!(number)),
        1 => Just(Value::Null),
    ]
}

/// A record, of which some fields are not as they should be.
fn almost_a_record() -> impl Strategy<Value = Value> {
    let length = prop_oneof![
        8 => 0_u64..12,
        1 => MOST as u64 + 1..,
        1 => prop::sample::select(vec![u64::MAX, 1 << 62, 400_000_000_000, MOST as u64 + 1]),
    ];
    let ends = prop_oneof![
        8 => prop::collection::btree_set(0_u64..12, 0..4)
            .prop_map(|ends| ends.into_iter().collect::<Vec<u64>>()),
        1 => vec(0_u64..12, 0..4),
        1 => vec(any::<u64>(), 0..3),
    ];
    let label = prop_oneof![
        4 => (0_i64..3).prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => "[ab]{0,1}".prop_map(Value::from),
    ];
    let outcome = prop_oneof![
        3 => Just(Value::Null),
        3 => (0_i32..2).prop_map(Value::from),
        1 => number(),
    ];
    let replaced = prop::option::weighted(0.1, (0..KEYS.len(), any_json()));
    let right = any::<[bool; 3]>();
    (
        label,
        length,
        ends,
        vec(number(), 0..12),
        outcome,
        right,
        replaced,
    )
        .prop_map(
            |(label, length, ends, numbers, outcome, [fits, scored, truncated], replaced)| {
                // Most often the lists are as long as they must be, with a last end that may come twice.
                let length = match ends.last() {
                    Some(last) if fits => last.saturating_add(1 + length % 2),
                    _ => length,
                };
                let cycle = |count: usize| -> Vec<Value> {
                    let some = numbers.iter().cloned().chain([json!(-0.5)]);
                    some.cycle().take(count.min(24)).collect()
                };
                let rewards = cycle(if fits { ends.len() } else { numbers.len() });
                let log_probs = scored.then(|| cycle(length.min(24) as usize));
                let mut values = [
                    label.clone(),
                    label,
                    json!(length),
                    json!(ends),
                    json!(rewards),
                    outcome,
                    json!(log_probs),
                    json!(log_probs),
                    json!(truncated),
                ];
                if let Some((place, value)) = replaced {
                    values[place] = value;
                }
                let fields = KEYS.into_iter().map(str::to_owned).zip(values);
                Value::Object(fields.collect())
            },
        )
}

/// A line as it may stand in a file.
fn line() -> impl Strategy<Value = String> {
    let broken = (
        almost_a_record(),
        any::<prop::sample::Index>(),
        any::<char>(),
    );
    prop_oneof![
        12 => almost_a_record().prop_map(|value| value.to_string()),
        1 => any_json().prop_map(|value| value.to_string()),
        1 => broken.prop_map(|(value, place, put)| {
            let text: Vec<char> = value.to_string().chars().collect();
            let place = place.index(text.len());
            let before = text[..place].iter();
            before.chain([&put]).chain(&text[place + 1..]).collect()
        }),
    ]
}

/// Credits records or refuses them; whether it credited them.
fn is_credited(config: &MethodConfig, records: &[Record]) -> bool {
    let method = config.build().unwrap();
    let Ok(credited) = method.run_records(records) else {
        return false;
    };
    assert_eq!(credited.records.len(), records.len());
    for (record, credited) in records.iter().zip(&credited.records) {
        for numbers in [
            &credited.token_rewards,
            &credited.returns,
            &credited.advantages,
        ] {
            assert_eq!(numbers.len(), record.length);
            assert!(numbers.iter().all(|number| number.is_finite()));
        }
    }
    true
}

/// Every form of credit with every baseline, and either minimum.
fn every_config(limit: Option<usize>, whiten: bool) -> Vec<MethodConfig> {
    let mut configs = Vec::new();
    for credit in CreditConfig::every_form() {
        for baseline in BASELINES {
            for minimum_over in [MinimumOver::Process, MinimumOver::EverythingAndPadding] {
                configs.push(MethodConfig {
                    credit,
                    baseline,
                    minimum_over,
                    limit,
                    whiten,
                    ..MethodConfig::default()
                });
            }
        }
    }
    configs
}

proptest! {
    #[test]
    fn any_lines_are_credited_or_refused(
        lines in vec(line(), 1..6),
        limit in prop::option::of(1_usize..40),
        whiten in any::<bool>(),
    ) {
        let read = |line: &String| serde_json::from_str(line).ok();
        let records: Vec<Record> = lines.iter().filter_map(read).collect();
        let bytes = largest_allocation(|| {
            let alone = |record: &&Record| {
                is_credited(&MethodConfig::default(), std::slice::from_ref(*record))
            };
            let usable: Vec<Record> = records.iter().filter(alone).cloned().collect();
            for config in every_config(limit, whiten) {
                is_credited(&config, &records);
                is_credited(&config, &usable);
            }
            for (index, record) in records.iter().enumerate() {
                let table = record.compare_forms(index, &CreditConfig::every_form());
                let forms = table.map_or(vec![], |table| table.forms);
                assert!(forms.iter().flat_map(|form| &form.returns).all(|r| r.is_finite()));
            }
        });
        prop_assert!(bytes < BYTES, "{} bytes", bytes);
    }
}
