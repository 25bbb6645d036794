//! What serde says while it reads settings, kept apart by kind instead of made into a sentence at once.

use std::fmt;

use serde::de::{Error, Expected, Unexpected};

use super::words;

/// A complaint of a type about its part of the tree.
#[derive(Debug)]
pub(super) struct Complaint {
    pub kind: Kind,
    /// The path of the smallest part that is known to hold the fault.
    pub path: Option<String>,
    /// Whether the fault lies somewhere in that part rather than being the part itself: serde read
    /// the part into a buffer first, as for tagged enums, and complained about the buffer.
    pub inside: bool,
}

#[derive(Debug)]
pub(super) enum Kind {
    UnknownKey {
        key: String,
        known: &'static [&'static str],
    },
    UnknownName {
        found: String,
        known: &'static [&'static str],
    },
    Missing {
        key: &'static str,
    },
    Twice {
        key: &'static str,
    },
    Wrong {
        found: String,
        expected: String,
    },
    Other {
        reason: String,
    },
}

impl Kind {
    fn unplaced(self) -> Complaint {
        Complaint {
            kind: self,
            path: None,
            inside: true,
        }
    }
}

impl Complaint {
    pub fn wrong(found: impl Into<String>, expected: impl Into<String>) -> Self {
        let (found, expected) = (found.into(), expected.into());
        Kind::Wrong { found, expected }.unplaced()
    }

    /// Notes the place, unless a smaller one is known.
    pub fn at(mut self, path: &str, inside: bool) -> Self {
        if self.path.is_none() {
            self.path = Some(path.to_owned());
            self.inside = inside;
        }
        self
    }

    /// A name that is wrong as a key is an unknown key.
    pub fn of_key(mut self) -> Self {
        if let Kind::UnknownName { found: key, known } = self.kind {
            self.kind = Kind::UnknownKey { key, known };
        }
        self
    }
}

impl Error for Complaint {
    fn custom<T: fmt::Display>(reason: T) -> Self {
        let reason = reason.to_string();
        Kind::Other { reason }.unplaced()
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::wrong(words::found(found), words::expected(expected))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::wrong(
            format!("an array of length {length}"),
            words::expected(expected),
        )
    }

    fn unknown_variant(found: &str, known: &'static [&'static str]) -> Self {
        let found = found.to_owned();
        Kind::UnknownName { found, known }.unplaced()
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Self {
        let key = key.to_owned();
        Kind::UnknownKey { key, known }.unplaced()
    }

    fn missing_field(key: &'static str) -> Self {
        Kind::Missing { key }.unplaced()
    }

    fn duplicate_field(key: &'static str) -> Self {
        Kind::Twice { key }.unplaced()
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind)
    }
}

impl std::error::Error for Complaint {}
