//! The list of all settings.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Setting, SettingDefault, Validate, keys, list, parse, template};

/// A run.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Training {
    /// The optimizer.
    #[serde(default)]
    optimizer: Optimizer,
    /// Folder of
    /// the model.
    model: String,
    /// Stop there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limit: Option<usize>,
    /// How the KL coefficient changes.
    #[serde(default)]
    control: Control,
    /// The form of credit.
    #[serde(default)]
    credit: Form,
    /// One after the other.
    #[serde(default)]
    stages: Vec<Stage>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Optimizer {
    /// Decay rates.
    betas: [f64; 2],
    /// Which decay.
    decay: Decay,
}

impl Default for Optimizer {
    fn default() -> Self {
        Self {
            betas: [0.9, 0.999],
            decay: Decay::Matrices,
        }
    }
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Decay {
    /// Matrices.
    Matrices,
    /// All.
    All,
}

#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Control {
    /// It does not.
    #[default]
    Fixed,
    /// It does.
    Adaptive {
        /// The target.
        target: f64,
    },
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(tag = "form", rename_all = "kebab-case")]
enum Form {
    /// The minimum.
    Min,
    /// The sum.
    Sum {
        /// The discount, [gamma](f64) of [`Sum`](Form::Sum).
        gamma: f64,
    },
}

impl Default for Form {
    fn default() -> Self {
        Self::Sum { gamma: 1e-6 }
    }
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Stage {
    /// How many.
    epochs: usize,
}

impl Validate for Training {
    const FOREIGN: &'static [(&'static str, &'static str)] = &[("beta2", "optimizer.betas")];

    fn keys() -> Vec<String> {
        keys::<Self>()
    }
}

fn setting(key: &str) -> Setting {
    let all = list::<Training>();
    let found = all.iter().find(|setting| setting.key == key);
    found
        .unwrap_or_else(|| panic!("no {key} in {all:?}"))
        .clone()
}

fn value(text: &str) -> SettingDefault {
    SettingDefault::Value(text.to_owned())
}

#[test]
fn settings_come_before_tables_and_what_is_in_a_table_after_it() {
    assert_eq!(
        keys::<Training>(),
        [
            "model",
            "limit",
            "control",
            "control.adaptive.target",
            "credit",
            "credit.gamma",
            "optimizer",
            "optimizer.betas",
            "optimizer.decay",
            "stages",
            "stages[].epochs",
        ]
    );
}

#[test]
fn meanings_are_the_comments_of_the_fields() {
    assert_eq!(setting("model").meaning, "Folder of the model.");
    assert_eq!(setting("optimizer.betas").meaning, "Decay rates.");
    assert_eq!(setting("control.adaptive.target").meaning, "The target.");
    let of_links_the_text = "The discount, gamma of `Sum`.";
    assert_eq!(setting("credit.gamma").meaning, of_links_the_text);
}

#[test]
fn defaults_are_those_that_the_parser_fills_in() {
    assert_eq!(setting("model").default, SettingDefault::Required);
    assert_eq!(setting("limit").default, SettingDefault::None);
    assert_eq!(setting("optimizer.betas").default, value("[0.9, 0.999]"));
    assert_eq!(setting("control").default, value("\"fixed\""));
    let sum = "{ form = \"sum\", gamma = 1e-6 }";
    assert_eq!(setting("credit").default, value(sum));
    assert_eq!(setting("stages[].epochs").default, SettingDefault::Required);
}

#[test]
fn kinds_are_in_words_and_names_as_they_are_written() {
    assert_eq!(setting("model").kind, "text");
    assert_eq!(setting("limit").kind, "whole number");
    assert_eq!(setting("optimizer").kind, "table");
    assert_eq!(setting("optimizer.betas").kind, "array of 2: number");
    assert_eq!(setting("stages").kind, "array of tables");
    assert_eq!(
        setting("control").kind,
        "\"fixed\" | { adaptive = { ... } }"
    );
    assert_eq!(
        setting("credit").kind,
        "{ form = \"min\" } | { form = \"sum\" }"
    );
    let names = [("\"matrices\"", "Matrices."), ("\"all\"", "All.")];
    let names = names.map(|(name, meaning)| (name.to_owned(), meaning.to_owned()));
    assert_eq!(setting("optimizer.decay").names, names);
}

#[test]
fn a_template_reads_as_the_defaults_and_says_what_must_be_given() {
    let text = template::<Training>();
    let read = |text: &str| {
        let loaded = parse::<Training>("run.toml".as_ref(), text, &["model=m".parse().unwrap()]);
        let loaded = loaded.unwrap_or_else(|error| panic!("{error}\n{text}"));
        serde_json::to_value(loaded.settings).unwrap()
    };
    assert_eq!(read(&text), read(""), "{text}");
    for lines in [
        "# Required: text. Folder of the model.\n# model =\n",
        "# Left out by default, or whole number. Stop there.\n# limit =\n",
        "#   \"fixed\": It does not.\n",
        "control = \"fixed\"\n#   control.adaptive.target: Required: number. The target.\n",
        "credit = { form = \"sum\", gamma = 1e-6 }\n",
        "# The optimizer.\n[optimizer]\n",
        "betas = [0.9, 0.999]\n",
        "# [[stages]]\n#   stages[].epochs: Required: whole number. How many.\n",
    ] {
        assert!(text.contains(lines), "{lines} is not in\n{text}");
    }
}

#[test]
fn a_setting_of_another_table_or_program_is_told_where_it_belongs() {
    let said = |text: &str| {
        let text = format!("model = \"m\"\n{text}");
        parse::<Training>("run.toml".as_ref(), &text, &[])
            .err()
            .unwrap()
            .to_string()
    };
    for (text, words) in [
        (
            "betas = [0.9, 0.9]",
            "betas is not a setting; did you mean `optimizer.betas`?",
        ),
        (
            "[optimizer]\nbeta2 = 0.9",
            "optimizer.beta2 is not a setting; did you mean `optimizer.betas`?",
        ),
        (
            "optimizer = 1",
            "optimizer is 1, but must be a table, to hold settings as `optimizer.betas` and `optimizer.decay`",
        ),
        (
            "limit = \"7\"",
            "but must be a whole number, 0 or more; write it without quotes",
        ),
    ] {
        let said = said(text);
        assert!(said.contains(words), "{text}: {said}");
    }
}
