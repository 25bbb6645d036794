//! All settings that are missing, not the first alone.
//!
//! serde stops at the first setting that it misses. So something that its type takes is put there, found by trying, and
//! the settings are read again, until nothing is missing or something else is wrong.

use serde::de::DeserializeOwned;

use super::complaint::{Complaint, Kind};
use super::tree::{Data, Node, join};

/// More are missing from no file.
const MOST: usize = 64;

/// The keys of all settings that `T` misses, when `first` is what it says of a tree. A table that is missing is told by
/// the settings that it must have, if there are any.
pub(super) fn missing<T: DeserializeOwned>(first: &Complaint, tree: &Node) -> Vec<String> {
    let (mut tree, mut found) = (tree.clone(), Vec::new());
    let mut next = place(first);
    while let Some((table, name)) = next.take().filter(|_| found.len() < MOST) {
        found.push(join(&table, name));
        next = put::<T>(&mut tree, &table, name);
    }
    let is_inside = |key: &String, table: &str| {
        let rest = key.strip_prefix(table);
        rest.is_some_and(|rest| rest.starts_with('.'))
    };
    let told_by_others = |key: &String| found.iter().any(|other| is_inside(other, key));
    found
        .iter()
        .filter(|key| !told_by_others(key))
        .cloned()
        .collect()
}

/// The table and the name of a setting that is missing.
fn place(complaint: &Complaint) -> Option<(String, &'static str)> {
    match complaint.kind {
        Kind::Missing { key } => Some((complaint.path.clone().unwrap_or_default(), key)),
        _ => None,
    }
}

/// Puts something that `T` takes under a name, and tells what is missing then.
fn put<T: DeserializeOwned>(
    tree: &mut Node,
    table: &str,
    name: &'static str,
) -> Option<(String, &'static str)> {
    let mut candidates = vec![
        Data::Integer(1),
        Data::String("text".to_owned()),
        Data::Boolean(true),
        Data::Table(Vec::new()),
        Data::Array(Vec::new()),
    ];
    while let Some(data) = candidates.pop() {
        let parent = tree.find_mut(table)?;
        let (origin, key) = (parent.origin.clone(), parent.key.clone());
        let Data::Table(nodes) = &mut parent.data else {
            return None;
        };
        nodes.retain(|node| node.name != name);
        nodes.push(Node {
            name: name.to_owned(),
            path: join(table, name),
            origin,
            value: key.clone(),
            key,
            data,
        });
        match T::deserialize(&*tree) {
            Ok(_) => return None,
            Err(complaint) => {
                if let Kind::UnknownName {
                    found,
                    known: [first, ..],
                } = &complaint.kind
                    && found == "text"
                {
                    candidates.push(Data::String((*first).to_owned()));
                }
                match place(&complaint) {
                    Some(next) if (next.0.as_str(), next.1) != (table, name) => return Some(next),
                    _ => {}
                }
            }
        }
    }
    None
}
