//! `config.toml`: what a run was told, and in what two runs differ.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pure_core::CreditConfig;
use serde::Deserialize;
use toml::{Table, Value};

use crate::Error;
use crate::kind::Kind;

/// Bytes of a `config.toml`, at most.
const LARGEST: u64 = 1 << 20;

/// The settings of a run.
#[derive(Debug)]
pub(crate) struct Config {
    /// The file as it is.
    pub text: String,
    pub kind: Kind,
    /// The model that it begins with.
    pub model: Option<String>,
    /// The files that it learns from.
    pub data: Vec<String>,
    /// What each stage of a reward model trains: `head`, `all`.
    pub stages: Vec<String>,
    /// The settings that make an arm, each by its dotted key, `method.credit.form`: all but the seed and
    /// the output. Paths under the output, or beside it, are those of its own seed, and count from there.
    pub of_arm: BTreeMap<String, String>,
    /// The form of credit with its setting, `soft-min:0.1`, if it is one of those known.
    pub credit: Option<CreditConfig>,
    pub seed: Option<i64>,
    /// Iterations that were asked for.
    pub iterations: Option<u64>,
}

impl Config {
    /// Reads the file of a run's folder.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let path: PathBuf = folder.join("config.toml");
        let text = pure_files::read_to_string(&path, LARGEST)?;
        let table: Table = toml::from_str(&text).map_err(|source| Error::Config {
            path,
            source: Box::new(source),
        })?;
        let Some(kind) = Kind::of(&table) else {
            let folder = folder.to_owned();
            return Err(Error::OtherRun { folder });
        };
        let within = |name: &str, key: &str| table.get(name)?.as_table()?.get(key).cloned();
        let credit = within("method", "credit");
        let credit = credit.and_then(|value| CreditConfig::deserialize(value).ok());
        let mut of_arm = BTreeMap::new();
        flatten("", &table, &mut of_arm);
        of_arm.retain(|key, _| !matches!(key.as_str(), "seed" | "output"));
        let output = table.get("output").and_then(Value::as_str);
        let folders = Path::new(output.unwrap_or_default()).ancestors().take(2);
        let places = folders.filter(|folder| *folder != Path::new(""));
        let places = places.map(|folder| format!("\"{}/", folder.display()));
        let places: Vec<String> = places.collect();
        for value in of_arm.values_mut() {
            let shorter = places.iter().find_map(|place| value.strip_prefix(place));
            if let Some(shorter) = shorter.map(str::to_owned) {
                *value = shorter;
            }
        }
        let data = match kind {
            Kind::Policy => within("prompts", "file"),
            Kind::Sft | Kind::RewardModel => table.get("data").cloned(),
        };
        let number = |key: &str| table.get(key).and_then(Value::as_integer);
        Ok(Self {
            seed: number("seed"),
            iterations: number("iterations").and_then(|number| number.try_into().ok()),
            kind,
            model: table
                .get("model")
                .and_then(Value::as_str)
                .map(str::to_owned),
            data: texts(data.as_ref()),
            stages: stages(&table),
            text,
            of_arm,
            credit,
        })
    }
}

/// A text, or each of several.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(all)) => all
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}

fn stages(table: &Table) -> Vec<String> {
    let stages = table.get("stages").and_then(Value::as_array);
    let trains = |stage: &Value| {
        stage
            .get("trains")
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    stages.into_iter().flatten().filter_map(trains).collect()
}

fn flatten(above: &str, table: &Table, settings: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let key = match above {
            "" => key.clone(),
            above => format!("{above}.{key}"),
        };
        match value {
            Value::Table(table) => flatten(&key, table, settings),
            value => {
                settings.insert(key, value.to_string());
            }
        }
    }
}
