//! One run: its folder, its settings, its numbers.

use std::path::{Path, PathBuf};

use crate::Error;
use crate::config::Config;
use crate::metrics::Metrics;
use crate::samples::Survey;

/// A run as its folder tells it.
#[derive(Debug)]
pub(crate) struct Run {
    pub folder: PathBuf,
    pub config: Config,
    pub metrics: Metrics,
    pub survey: Survey,
}

impl Run {
    pub fn read(folder: &Path) -> Result<Self, Error> {
        for missing in ["config.toml", "metrics.jsonl"] {
            if !folder.join(missing).is_file() {
                let folder = folder.to_owned();
                return Err(Error::NotARun { folder, missing });
            }
        }
        Ok(Self {
            folder: folder.to_owned(),
            config: Config::read(folder)?,
            metrics: Metrics::read(&folder.join("metrics.jsonl"))?,
            survey: Survey::read(&folder.join("samples.jsonl"))?,
        })
    }

    /// The last part of its folder's path, or the part `above` it.
    pub fn name(&self, above: usize) -> String {
        let absolute = std::path::absolute(&self.folder).unwrap_or_else(|_| self.folder.clone());
        let name = absolute.ancestors().nth(above).and_then(Path::file_name);
        name.unwrap_or(absolute.as_os_str())
            .to_string_lossy()
            .into_owned()
    }
}
