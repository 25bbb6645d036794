//! Former names of settings.

use serde::{Deserialize, Serialize};

use crate::{ConfigError, Invalid, Loaded, Override, Renaming, Validate, parse};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Training {
    max_steps: u32,
    lr_scheduler: Scheduler,
    #[serde(default)]
    stages: Vec<Stage>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scheduler {
    learning_rate: f64,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stage {
    lr_scheduler: Scheduler,
}

impl Validate for Training {
    const RENAMED: &'static [Renaming] = &[
        ("steps", "max_steps"),
        ("learning_rate", "lr_scheduler"),
        ("lr_scheduler.peak", "learning_rate"),
        ("stages[].rate", "lr_scheduler"),
        ("stages[].lr_scheduler.peak", "learning_rate"),
    ];

    fn validate(&self) -> Result<(), Invalid> {
        match self.max_steps {
            0 => Err(Invalid::new("max_steps", "must be 1 or more")),
            _ => Ok(()),
        }
    }
}

const NEW: &str = "max_steps = 3\nlr_scheduler = { learning_rate = 0.5 }\n";

fn read(text: &str, overrides: &[&str]) -> Result<Loaded<Training>, ConfigError> {
    let overrides: Vec<Override> = overrides.iter().map(|set| set.parse().unwrap()).collect();
    parse("run.toml".as_ref(), text, &overrides)
}

fn told(text: &str, overrides: &[&str]) -> Vec<String> {
    let renamed = read(text, overrides).unwrap().renamed;
    renamed.iter().map(ToString::to_string).collect()
}

#[test]
fn settings_under_former_names_are_the_same_settings() {
    let new = read(NEW, &[]).unwrap();
    assert_eq!(new.renamed, []);
    let old = read("steps = 3\nlearning_rate = { peak = 0.5 }\n", &[]).unwrap();
    assert_eq!(old.settings, new.settings);
    let half = read("steps = 3\n[lr_scheduler]\npeak = 0.5\n", &[]).unwrap();
    assert_eq!(half.settings, new.settings);
}

#[test]
fn every_former_name_is_told_with_its_place_and_its_present_name() {
    let told = told("steps = 3\nlearning_rate.peak = 0.5\n", &["steps=4"]);
    let goes = "now; the old name goes with the next version";
    assert_eq!(
        told,
        [
            format!("run.toml, line 1: `steps` is called `max_steps` {goes}"),
            format!("run.toml, line 2: `learning_rate` is called `lr_scheduler` {goes}"),
            format!(
                "run.toml, line 2: `lr_scheduler.peak` is called `lr_scheduler.learning_rate` {goes}"
            ),
            format!("--set steps=4: `steps` is called `max_steps` {goes}"),
        ]
    );
}

#[test]
fn an_override_by_either_name_changes_the_setting_by_either_name() {
    let old = "steps = 3\nlearning_rate = { peak = 0.5 }\n";
    for text in [NEW, old] {
        for set in [
            "learning_rate.peak=2.0",
            "lr_scheduler.peak=2.0",
            "lr_scheduler.learning_rate=2.0",
            "learning_rate={ peak = 2.0 }",
        ] {
            let settings = read(text, &[set]).unwrap().settings;
            assert_eq!(settings.lr_scheduler.learning_rate, 2.0, "{set}");
            assert_eq!(settings.max_steps, 3);
        }
    }
}

#[test]
fn tables_in_arrays_have_former_names_too() {
    let text = format!("{NEW}[[stages]]\nrate.peak = 1.0\n[[stages]]\nlr_scheduler.peak = 2.0\n");
    let loaded = read(&text, &[]).unwrap();
    let rates = loaded.settings.stages.iter();
    let rates: Vec<f64> = rates
        .map(|stage| stage.lr_scheduler.learning_rate)
        .collect();
    assert_eq!(rates, [1.0, 2.0]);
    assert_eq!(
        loaded.renamed[2].now,
        "stages[1].lr_scheduler.learning_rate"
    );
}

#[test]
fn both_names_at_once_are_refused() {
    let said = read(&format!("steps = 3\n{NEW}"), &[])
        .unwrap_err()
        .to_string();
    let twice = "run.toml, line 1: max_steps is given twice, once under another name";
    assert_eq!(said, twice);
}

#[test]
fn what_is_wrong_with_a_renamed_setting_is_shown_where_it_is_written() {
    let said = |text: &str| read(text, &[]).unwrap_err().to_string();
    assert_eq!(
        said("learning_rate.peak = 0.5\nsteps = \"x\"\n"),
        "run.toml, line 2: max_steps is the string \"x\", but must be a whole number from 0 to 4294967295"
    );
    assert_eq!(
        said("learning_rate.peak = 0.5\nsteps = 0\n"),
        "run.toml, line 2: max_steps must be 1 or more"
    );
}

#[test]
fn a_number_under_the_former_name_of_a_table_is_not_taken_for_the_table() {
    for (text, set) in [
        ("learning_rate = 0.5", None),
        ("", Some("learning_rate=0.5")),
    ] {
        let text = format!("max_steps = 3\n{text}");
        let error = read(&text, set.as_slice()).unwrap_err().to_string();
        assert!(error.contains("learning_rate is not a setting"), "{error}");
    }
}
