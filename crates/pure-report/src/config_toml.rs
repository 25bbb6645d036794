//! `config.toml`: what a run was told, and in what two runs differ.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pure_core::CreditConfig;
use serde::Deserialize;
use toml::{Table, Value};

use crate::Error;

/// Bytes of a `config.toml`, at most.
const LARGEST: u64 = 1 << 20;

/// The settings of a run.
#[derive(Debug)]
pub(crate) struct Config {
    /// The file as it is.
    pub text: String,
    /// Every setting by its dotted key, `method.credit.form`.
    pub settings: BTreeMap<String, String>,
    /// The form of credit with its setting, `soft-min:0.1`, if it is one of those known.
    pub credit: Option<CreditConfig>,
    output: String,
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
        let mut settings = BTreeMap::new();
        flatten("", &table, &mut settings);
        let Some(method) = table.get("method").and_then(Value::as_table) else {
            let folder = folder.to_owned();
            return Err(Error::OtherRun { folder });
        };
        let credit = method.get("credit").cloned();
        let output = table.get("output").and_then(Value::as_str);
        Ok(Self {
            credit: credit.and_then(|value| CreditConfig::deserialize(value).ok()),
            output: output.unwrap_or_default().to_owned(),
            settings,
            text,
        })
    }

    /// The settings that make an arm: all but the seed and the output. Paths under the output, or
    /// beside it, are those of its own seed, and count from there.
    pub fn of_arm(&self) -> BTreeMap<&str, String> {
        let beside = Path::new(&self.output).parent().map(Path::to_string_lossy);
        let places = [Some(self.output.as_str()), beside.as_deref()];
        let from_there = |value: &str| {
            let known = places.iter().flatten().filter(|folder| !folder.is_empty());
            let mut shorter =
                known.filter_map(|folder| value.strip_prefix(&format!("\"{folder}/")));
            shorter.next().unwrap_or(value).to_owned()
        };
        let settings = self.settings.iter();
        settings
            .filter(|(key, _)| !matches!(key.as_str(), "seed" | "output"))
            .map(|(key, value)| (key.as_str(), from_there(value)))
            .collect()
    }
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
