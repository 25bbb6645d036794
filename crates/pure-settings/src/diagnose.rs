//! From a complaint to the value it is about.

use super::complaint::{Complaint, Kind};
use super::error::Fault;
use super::nearest::{Names, listed, names_or_nearest};
use super::tree::{Data, Node, Origin, join};
use super::validate::Invalid;
use super::words::{NAME_ALONE, TABLE};
use super::wrong::Wrong;

/// The fault behind a complaint of the type that was read from `tree`, where these keys are missing.
pub(super) fn diagnose(
    complaint: Complaint,
    missing: &[String],
    names: &Names,
    tree: &Node,
) -> Wrong {
    let path = complaint.path.unwrap_or_default();
    let part = tree.find(&path).unwrap_or(tree);
    match complaint.kind {
        Kind::UnknownKey { key, known } => {
            let direct = part.children().iter().find(|node| node.name == key);
            let node = direct.or_else(|| part.find_only(|node| node.name == key));
            let node = node.unwrap_or(part);
            let advice = names.instead_of(&node.path, &key, known);
            Wrong::key(node, format!("{} is not a setting; {advice}", node.path))
        }
        Kind::UnknownName { found, known } => {
            let holds = |node: &Node| matches!(&node.data, Data::String(text) if *text == found);
            let node = part.find_only(holds).unwrap_or(part);
            let (key, advice) = (node.named(), names_or_nearest(&found, known));
            Wrong::value(node, format!("{key} cannot be {found:?}; {advice}"))
        }
        Kind::Missing { .. } if missing.len() > 1 => {
            let keys = listed(missing, '`');
            Wrong {
                fault: format!("{keys} are missing, and have {}", Fault::NO_DEFAULT),
                origin: part.origin.clone(),
                span: None,
            }
        }
        Kind::Missing { key } => {
            let key = missing.first().map_or(key, String::as_str);
            Wrong::key(
                part,
                format!("{key} is missing, and has {}", Fault::NO_DEFAULT),
            )
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
            let advice = match &node.data {
                Data::String(text) if is_bare(text, &expected) => {
                    "; write it without quotes".to_owned()
                }
                _ if expected == TABLE => names.of_table(key),
                _ => String::new(),
            };
            Wrong::value(
                node,
                format!("{key} is {found}, but must be {expected}{advice}"),
            )
        }
        Kind::Other { reason } => Wrong::value(part, format!("{}: {reason}", part.named())),
    }
}

/// Whether a text is what was expected, but for its quotes.
fn is_bare(text: &str, expected: &str) -> bool {
    match expected {
        "true or false" => matches!(text, "true" | "false"),
        _ => expected.contains("number") && text.parse::<f64>().is_ok(),
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
