//! Settings written out in full.

use proptest::prelude::*;

use super::experiment::{GOOD, LEAST, read};
use crate::resolved;

#[test]
fn resolved_settings_read_again_are_equal() {
    let every = [
        (GOOD, vec![]),
        (LEAST, vec![]),
        (
            LEAST,
            vec!["schedule={kind='pieces', at=[1], last={rate=-0.0}}"],
        ),
        (LEAST, vec!["schedule.kind=flat"]),
        (LEAST, vec!["baseline=token-leave-one-out"]),
        (
            LEAST,
            vec!["note='''a\n\"\\ \u{7f}é'''", "optimizer.max_grad_norm=inf"],
        ),
    ];
    for (text, overrides) in every {
        let settings = read(text, &overrides).unwrap();
        let written = resolved(&settings).unwrap();
        assert_eq!(read(&written, &[]).unwrap(), settings, "{written}");
    }
}

#[test]
fn defaults_are_written_out() {
    let written = resolved(&read(LEAST, &[]).unwrap()).unwrap();
    assert_eq!(
        written,
        "model = \"m\"\nseed = 0\nsteps = 10\nbaseline = \"rloo\"\nprecision = \"f32\"\nstages = \
         []\n\n[optimizer]\nlearning_rate = 1.0\nbetas = [0.9, 0.999]\nwarmup_steps = 0\n\n\
         [schedule]\nkind = \"constant\"\n\n[weights]\n"
    );
}

#[cfg(unix)]
#[test]
fn what_toml_cannot_write_is_an_error() {
    use std::os::unix::ffi::OsStrExt as _;
    let mut settings = read(LEAST, &[]).unwrap();
    settings.model = std::ffi::OsStr::from_bytes(b"\xff").into();
    let error = resolved(&settings).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the settings cannot be written as TOML: ")
    );
}

proptest! {
    #[test]
    fn every_number_and_string_survives(
        rate in any::<f64>().prop_filter("nan is not itself", |x| !x.is_nan()),
        beta in any::<f32>().prop_filter("nan is not itself", |x| !x.is_nan()),
        seed in any::<u64>(),
        note in any::<Option<String>>(),
        key in any::<String>(),
    ) {
        let mut settings = read(GOOD, &[]).unwrap();
        settings.optimizer.learning_rate = rate;
        settings.optimizer.betas.1 = beta;
        settings.seed = seed;
        settings.note = note.or(Some(String::new()));
        settings.weights.insert(key, 1.0);
        let written = resolved(&settings).unwrap();
        prop_assert_eq!(read(&written, &[]).unwrap(), settings);
    }
}
