//! From a complaint to the value it is about.

use super::complaint::{Complaint, Kind};
use super::error::Fault;
use super::tree::{Data, Node, Origin, join};
use super::validate::Invalid;
use super::words::{NAME_ALONE, TABLE};
use super::wrong::Wrong;

/// The fault behind a complaint of the type that was read from `tree`.
pub(super) fn diagnose(complaint: Complaint, tree: &Node) -> Wrong {
    let path = complaint.path.unwrap_or_default();
    let part = tree.find(&path).unwrap_or(tree);
    let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    match complaint.kind {
        Kind::UnknownKey { key, known } => {
            let direct = part.children().iter().find(|node| node.name == key);
            let node = direct.or_else(|| part.find_only(&|node| node.name == key));
            let node = node.unwrap_or(part);
            let key = node.path.clone();
            let known = owned(known);
            Wrong::key(node, Fault::UnknownKey { key, known })
        }
        Kind::UnknownName { found, known } => {
            let holds = |node: &Node| matches!(&node.data, Data::String(text) if *text == found);
            let node = part.find_only(&holds).unwrap_or(part);
            let key = node.path.clone();
            let known = owned(known);
            Wrong::value(node, Fault::UnknownName { key, found, known })
        }
        Kind::Missing { key } => {
            let key = join(&part.path, key);
            Wrong::key(part, Fault::Missing { key })
        }
        Kind::Twice { key } => {
            let key = join(&part.path, key);
            let node = tree.find(&key).unwrap_or(part);
            Wrong::key(node, Fault::TwoNames { key })
        }
        Kind::Wrong { found, expected }
            if (found.as_str(), expected.as_str()) == (TABLE, NAME_ALONE) =>
        {
            let key = part.path.clone();
            Wrong::value(part, Fault::NotAlone { key })
        }
        Kind::Wrong { found, expected } => {
            let node = if complaint.inside {
                part.find_only(&|node| node.found() == found)
            } else {
                None
            };
            let node = node.unwrap_or(part);
            let key = node.path.clone();
            let fault = Fault::Wrong {
                key,
                found,
                expected,
            };
            Wrong::value(node, fault)
        }
        Kind::Other { reason } => {
            let key = part.path.clone();
            Wrong::value(part, Fault::Refused { key, reason })
        }
    }
}

/// The fault that the settings found in themselves.
pub(super) fn refused(invalid: Invalid, tree: &Node) -> Wrong {
    let Invalid { key, reason } = invalid;
    let node = tree.find(&key);
    let fault = Fault::Invalid {
        key,
        reason,
        default: node.is_none(),
    };
    match node {
        Some(node) => Wrong::value(node, fault),
        None => Wrong {
            fault,
            origin: Origin::File,
            span: None,
        },
    }
}
