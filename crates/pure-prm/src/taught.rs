//! What a reward model was taught to read, as `prm.json` in its folder says:
//!
//! ```json
//! {"marker": "\n\n", "layout": "replace", "prompt": {"raw": true}}
//! ```
//!
//! A model judges well only what it has learned to read: steps marked by the same token in the same place, prompts
//! rendered in the same way, be it raw, in the chat template, or in a template of text around them. Folders from
//! elsewhere have no such file: then the marker is the end of a line, in the place of the step's last token, and how
//! prompts were rendered is not known. Who knows the family of the model names its [preset](crate::PrmPreset).

use std::fmt;
use std::path::Path;

use pure_model::PromptFormat;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::layout::Layout;
use crate::step_read_error::StepReadError;

const FILE: &str = "prm.json";

/// What a reward model was taught to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taught {
    /// The text that it judges steps at, at its last token.
    #[serde(default = "newline")]
    pub marker: String,
    /// Where that stands.
    #[serde(default)]
    pub layout: Layout,
    /// How prompts were rendered, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<PromptFormat>,
}

fn newline() -> String {
    "\n".to_owned()
}

impl Default for Taught {
    fn default() -> Self {
        Self {
            marker: newline(),
            layout: Layout::Replace,
            prompt: None,
        }
    }
}

/// In words, for a report.
impl fmt::Display for Taught {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let marker = &self.marker;
        match self.layout {
            Layout::Replace => write!(f, "{marker:?} replaces the last token of each step")?,
            Layout::Append => write!(f, "{marker:?} is appended to each step")?,
        }
        f.write_str(match &self.prompt {
            None => "; prompts are read as they are",
            Some(PromptFormat { raw: false, .. }) => "; prompts are read in the chat template",
            Some(PromptFormat { template: None, .. }) => "; prompts are read as they are",
            Some(_) => "; prompts are read in a template of their own",
        })
    }
}

impl Taught {
    /// What the folder of a reward model says; the default, if it says nothing.
    ///
    /// # Errors
    ///
    /// [`StepReadError::Taught`] if the file cannot be read.
    pub fn read(folder: &Path) -> Result<Self, StepReadError> {
        /// Much more than it ever has.
        const LIMIT: u64 = 1 << 16;
        let path = folder.join(FILE);
        let unreadable = |reason: String| StepReadError::Taught {
            path: path.clone(),
            reason,
        };
        match pure_files::read_to_string(&path, LIMIT) {
            Ok(text) => serde_json::from_str(&text).map_err(|error| unreadable(error.to_string())),
            Err(error) if error.is_not_found() => Ok(Self::default()),
            Err(error) => Err(unreadable(error.to_string())),
        }
    }

    /// Writes it into a model's folder.
    ///
    /// # Errors
    ///
    /// If that cannot be done.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        let json = serde_json::to_vec(self).expect("it is plain data");
        Ok(pure_files::write(folder.join(FILE), json)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_the_file_or_from_before_it_named_prompts_and_layout_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let read = || Taught::read(folder.path()).unwrap();
        assert_eq!(read(), Taught::default());
        std::fs::write(folder.path().join(FILE), r#"{"marker": "<+>"}"#).unwrap();
        let before = Taught {
            marker: "<+>".to_owned(),
            ..Taught::default()
        };
        assert_eq!((read(), read().layout), (before, Layout::Replace));
        let taught = Taught {
            marker: "\n\n".to_owned(),
            layout: Layout::Append,
            prompt: Some(PromptFormat {
                raw: false,
                template: Some("Q: {prompt}".to_owned()),
            }),
        };
        taught.write(folder.path()).unwrap();
        assert_eq!(read(), taught);
        std::fs::write(folder.path().join(FILE), "[").unwrap();
        assert!(Taught::read(folder.path()).is_err());
    }
}
