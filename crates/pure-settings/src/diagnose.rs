//! From a complaint to the value it is about.

use super::complaint::{Complaint, Kind};
use super::nearest::{names_or_nearest, settings_or_nearest};
use super::tree::{Data, Node, Origin, join};
use super::validate::Invalid;
use super::words::{NAME_ALONE, TABLE};
use super::wrong::Wrong;

/// The fault behind a complaint of the type that was read from `tree`.
pub(super) fn diagnose(complaint: Complaint, tree: &Node) -> Wrong {
    let path = complaint.path.unwrap_or_default();
    let part = tree.find(&path).unwrap_or(tree);
    match complaint.kind {
        Kind::UnknownKey { key, known } => {
            let direct = part.children().iter().find(|node| node.name == key);
            let node = direct.or_else(|| part.find_only(|node| node.name == key));
            let node = node.unwrap_or(part);
            let advice = settings_or_nearest(&node.path, known);
            Wrong::key(node, format!("{} is not a setting; {advice}", node.path))
        }
        Kind::UnknownName { found, known } => {
            let holds = |node: &Node| matches!(&node.data, Data::String(text) if *text == found);
            let node = part.find_only(holds).unwrap_or(part);
            let (key, advice) = (node.named(), names_or_nearest(&found, known));
            Wrong::value(node, format!("{key} cannot be {found:?}; {advice}"))
        }
        Kind::Missing { key } => {
            let key = join(&part.path, key);
            Wrong::key(part, format!("{key} is missing, and has no default"))
        }
        Kind::Twice { key } => {
            let key = join(&part.path, key);
            Wrong::under_two_names(tree.find(&key).unwrap_or(part), &key)
        }
        Kind::Wrong { found, expected } if found == TABLE && expected == NAME_ALONE => {
            let words = "has settings beside its name, and this kind has none";
            Wrong::value(part, format!("{} {words}", part.named()))
        }
        Kind::Wrong { found, expected } => {
            let inner = || part.find_only(|node| node.found() == found);
            let node = complaint.inside.then(inner).flatten().unwrap_or(part);
            let key = node.named();
            Wrong::value(node, format!("{key} is {found}, but must be {expected}"))
        }
        Kind::Other { reason } => Wrong::value(part, format!("{}: {reason}", part.named())),
    }
}

/// The fault that the settings found in themselves.
pub(super) fn refused(Invalid { key, reason }: Invalid, tree: &Node) -> Wrong {
    match tree.find(&key) {
        Some(node) => Wrong::value(node, format!("{} {reason}", node.named())),
        None => Wrong {
            fault: format!("{key}, left at its default, {reason}"),
            origin: Origin::File,
            span: None,
        },
    }
}
