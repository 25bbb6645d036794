//! `--set KEY=VALUE` over a file.

use std::path::PathBuf;

use super::experiment::{Baseline, GOOD, LEAST, Precision, Schedule, read, said};
use crate::Override;

#[test]
fn values_are_toml_or_else_strings() {
    let overrides = [
        "model=out/base=2",
        "optimizer.learning_rate=3e-5",
        "optimizer.betas=[0.9, 0.95]",
        "precision=bf16",
        "baseline={limit=3}",
        "seed=0x10",
        "note=one # two",
        "weights.\"a = b\" = 1",
    ];
    let settings = read(LEAST, &overrides).unwrap();
    assert_eq!(settings.model, PathBuf::from("out/base=2"));
    assert_eq!(settings.optimizer.learning_rate, 3e-5);
    assert_eq!(settings.optimizer.betas, (0.9, 0.95));
    assert_eq!(settings.precision, Precision::Bf16);
    assert_eq!(settings.baseline, Baseline::Limit(3));
    assert_eq!(settings.seed, 16);
    assert_eq!(settings.note.as_deref(), Some("one # two"));
    assert_eq!(settings.weights["a = b"], 1.0);
}

#[test]
fn an_equals_sign_in_quotes_is_of_the_key() {
    for (set, key) in [
        (r#"weights."a=b" = 1"#, "a=b"),
        (r#"weights."a\"=b"=1"#, "a\"=b"),
        (r"weights.'a\'=1", r"a\"),
        (r#"weights.'"='=1"#, "\"="),
    ] {
        let settings = read(LEAST, &[set]).unwrap();
        assert_eq!(settings.weights[key], 1.0, "{set}");
    }
    for set in ["weights.\"a=1", "weights.'a\\'b=1", "\"a=1\"", "a'b=1"] {
        assert!(set.parse::<Override>().is_err(), "{set}");
    }
}

#[test]
fn an_override_with_any_number_of_equals_signs_is_read_in_a_moment() {
    let many = 1 << 18;
    assert!("{a=".repeat(many).parse::<Override>().is_err());
    let note = "=".repeat(many);
    let settings = read(LEAST, &[&format!("note={note}")]).unwrap();
    assert_eq!(settings.note, Some(note));
}

#[test]
fn lines_after_a_value_make_it_a_string() {
    let settings = read(LEAST, &["note=1\na=2"]).unwrap();
    assert_eq!(settings.note.as_deref(), Some("1\na=2"));
    assert_eq!(read(LEAST, &["note="]).unwrap().note.as_deref(), Some(""));
}

#[test]
fn missing_tables_are_made() {
    let settings = read("", &["model=m", "optimizer.learning_rate=1"]).unwrap();
    assert_eq!(settings, read(LEAST, &[]).unwrap());
}

#[test]
fn the_later_of_two_wins() {
    assert_eq!(read(LEAST, &["seed=1", "seed=2"]).unwrap().seed, 2);
    assert_eq!(read(LEAST, &["seed=nonsense", "seed=2"]).unwrap().seed, 2);
}

#[test]
fn a_table_is_replaced_whole_and_a_key_of_it_alone() {
    let settings = read(GOOD, &["schedule={kind=\"constant\"}"]).unwrap();
    assert_eq!(settings.schedule, Schedule::Constant);
    let settings = read(GOOD, &["schedule.floor=0"]).unwrap();
    let floor = Schedule::Cosine {
        floor: 0.0,
        decay_steps: None,
    };
    assert_eq!(settings.schedule, floor);
    assert_eq!(
        said(GOOD, &["schedule.kind=constant"]),
        "run.toml, line 16: schedule.floor is not a setting here: nothing reads it"
    );
}

#[test]
fn mistakes_name_the_override() {
    let cases = [
        (
            "optimizer.learning_rte=1",
            "optimizer.learning_rte is not a setting; did you mean `learning_rate`?",
        ),
        (
            "optimiser.learning_rate=1",
            "optimiser is not a setting; did you mean `optimizer`?",
        ),
        (
            "optimizer.learning_rate=fast",
            "optimizer.learning_rate is the string \"fast\", but must be a number",
        ),
        (
            "steps=-1",
            "steps is -1, but must be a whole number from 0 to 4294967295",
        ),
        (
            "schedule={kind='cosine', floor='x'}",
            "schedule.floor is the string \"x\", but must be a number",
        ),
        (
            "schedule={kind='cosine'}",
            "schedule.floor is missing, and has no default",
        ),
        (
            "precision=fp32",
            "precision cannot be \"fp32\"; did you mean \"f32\"?",
        ),
        (
            "optimizer.warmup_steps=5000",
            "optimizer.warmup_steps is more than the 1000 steps",
        ),
        (
            "stages.0.data=x",
            "stages is an array, so nothing in it can be set; set stages as a whole",
        ),
        (
            "seed.x=1",
            "seed is 7, so nothing in it can be set; set seed as a whole",
        ),
    ];
    for (set, expected) in cases {
        assert_eq!(said(GOOD, &[set]), format!("--set {set}: {expected}"));
    }
}

#[test]
fn what_is_no_override_is_refused_at_once() {
    for text in [
        "", "=", "=1", "seed", "a b=1", "a.=1", ".a=1", "# a=1", "[a]\nb=1", "\"a=1",
    ] {
        let error = text.parse::<Override>().expect_err(text);
        assert_eq!(
            error.to_string(),
            format!("`{text}` is not KEY=VALUE, as in `optimizer.learning_rate=1e-5`")
        );
    }
    let error = "seed=1e999".parse::<Override>().unwrap_err().to_string();
    let expected = "--set seed=1e999: seed is 1e999, but must be a number that 64 bits can hold";
    assert_eq!(error, expected);
}

#[test]
fn an_override_shows_itself_as_it_was_given() {
    let set: Override = "a . 'b' = [ 1 ]".parse().unwrap();
    assert_eq!(set.to_string(), "a . 'b' = [ 1 ]");
}

#[test]
fn a_value_of_an_option_is_what_it_is_and_no_toml() {
    for text in ["2024", "true", "C:\\new\\run", "a = 'b'", "[1]", "a\nb", ""] {
        let set = Override::new("output.path", text).unwrap();
        let file: toml::Table = set.to_string().parse().unwrap();
        assert_eq!(file["output"]["path"].as_str(), Some(text));
        assert!(set.is_of("output") && set.is_of("output.path"));
        assert!(!set.is_of("output.pat") && !set.is_of("out"));
    }
}
