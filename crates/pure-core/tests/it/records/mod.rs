//! Records: what is read, what is written, and every way in which one can be wrong.

mod credited;
mod forms;
mod hostile;
mod read;
mod references;
mod refused;

use pure_core::{Error, MethodConfig, Record};

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

/// What is said to be wrong with a record.
fn fault(broken: Record) -> String {
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
            source.to_string()
        }
        other => panic!("{other:?}"),
    }
}
