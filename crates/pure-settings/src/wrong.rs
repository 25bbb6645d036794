//! A fault and its spot, before the text is there to show it in.

use std::ops::Range;
use std::path::Path;

use super::error::{ConfigError, Fault};
use super::place::Place;
use super::tree::{Node, Origin};

/// A fault with the bytes it is about.
#[derive(Debug)]
pub(super) struct Wrong {
    /// What is wrong, in words with the key.
    pub fault: String,
    pub origin: Origin,
    pub span: Option<Range<usize>>,
}

impl Wrong {
    /// A fault of a key.
    pub fn key(node: &Node, fault: String) -> Self {
        Self {
            fault,
            origin: node.origin.clone(),
            span: node.key.clone(),
        }
    }

    /// A fault of the value under a key.
    pub fn value(node: &Node, fault: String) -> Self {
        Self {
            fault,
            origin: node.origin.clone(),
            span: node.value.clone(),
        }
    }

    /// A setting of which another name is given too.
    pub fn under_two_names(node: &Node, key: &str) -> Self {
        Self::key(
            node,
            format!("{key} is given twice, once under another name"),
        )
    }

    /// The error, in a file of this name and text.
    pub fn locate(self, file: (&Path, &str)) -> ConfigError {
        ConfigError::Setting {
            place: Box::new(Place::new(self.origin, self.span, file)),
            fault: Fault(self.fault),
        }
    }
}
