//! Where a setting was written.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::tree::Origin;

/// A spot in an experiment file or in an override, with the text around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, or none if an override is meant.
    file: Option<PathBuf>,
    text: Arc<str>,
    span: Option<Range<usize>>,
}

impl Place {
    /// The spot of some bytes of an origin, which may be a file of this name and text.
    pub(super) fn new(
        origin: Origin,
        span: Option<Range<usize>>,
        (name, text): (&Path, &str),
    ) -> Self {
        let (file, text) = match origin {
            Origin::File => (Some(name.to_owned()), text.into()),
            Origin::Override(text) => (None, text),
        };
        // Whatever a span was made from, drawing it must not fail.
        let span = span.filter(|span| text.get(span.clone()).is_some());
        Self { file, text, span }
    }

    /// The file, or `--set`.
    pub fn name(&self) -> String {
        match &self.file {
            Some(path) => path.display().to_string(),
            None => "--set".to_owned(),
        }
    }

    /// The whole text of the file or of the override.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes at fault, if it is not something missing from the whole.
    pub fn span(&self) -> Option<Range<usize>> {
        self.span.clone()
    }

    /// The line, counted from 1.
    pub fn line(&self) -> Option<usize> {
        Some(self.before()?.matches('\n').count() + 1)
    }

    /// The column, in characters, counted from 1.
    pub fn column(&self) -> Option<usize> {
        let line = self.before()?.rsplit('\n').next()?;
        Some(line.chars().count() + 1)
    }

    /// The text before the bytes at fault.
    fn before(&self) -> Option<&str> {
        let before = self.text.get(..self.span.as_ref()?.start)?;
        // What is missed at the end is missed on the last line, not on one after it.
        match before.strip_suffix('\n') {
            Some(shorter) if before.len() == self.text.len() => Some(shorter),
            _ => Some(before),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.file, self.line()) {
            (Some(path), Some(line)) => write!(f, "{}, line {line}", path.display()),
            (Some(path), None) => write!(f, "{}", path.display()),
            (None, _) => write!(f, "--set {}", self.text),
        }
    }
}
