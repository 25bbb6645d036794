//! Settings that no type reads.
//!
//! serde drops the other keys of an internally tagged unit variant without a word, whatever
//! `deny_unknown_fields` says, and those of structs that lack the attribute. A key is read if its value
//! matters: so each value in turn is made one that no type takes, and the settings must then fail.

use serde::de::DeserializeOwned;

use super::tree::{Data, Node};
use super::wrong::Wrong;

/// The first setting of a good tree that `T` passes over. The tree is the same afterwards.
pub(super) fn unread<T: DeserializeOwned>(tree: &mut Node) -> Option<Wrong> {
    // Elements are read where their array is.
    let nodes = tree.descendants().into_iter();
    let nodes = nodes.filter(|node| !node.name.is_empty());
    let keys: Vec<String> = nodes.map(|node| node.path.clone()).collect();
    keys.iter().find_map(|key| {
        let data = std::mem::replace(&mut tree.find_mut(key)?.data, Data::Poison);
        let passed_over = T::deserialize(&*tree).is_ok();
        let node = tree.find_mut(key)?;
        node.data = data;
        let fault = || format!("{key} is not a setting here: nothing reads it");
        passed_over.then(|| Wrong::key(node, fault()))
    })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::build::document;

    #[derive(Deserialize)]
    struct Lax {
        #[expect(dead_code, reason = "only its reading matters")]
        known: Option<Kind>,
        #[serde(flatten)]
        #[expect(dead_code, reason = "only its reading matters")]
        more: More,
    }

    #[derive(Deserialize)]
    #[serde(tag = "kind")]
    enum Kind {
        Plain,
    }

    #[derive(Deserialize)]
    struct More {
        #[expect(dead_code, reason = "only its reading matters")]
        size: Option<u8>,
    }

    fn first_unread(text: &str) -> Option<String> {
        let mut tree = document(text).unwrap();
        let before = format!("{tree:?}");
        let fault = unread::<Lax>(&mut tree).map(|wrong| wrong.fault);
        assert_eq!(format!("{tree:?}"), before);
        let key = |fault: String| {
            let key = fault.strip_suffix(" is not a setting here: nothing reads it");
            key.unwrap().to_owned()
        };
        fault.map(key)
    }

    #[test]
    fn what_serde_drops_is_found() {
        assert_eq!(first_unread("size = 1\nsice = 2").unwrap(), "sice");
        assert_eq!(first_unread("a.b = 2").unwrap(), "a");
        let text = "known = { kind = \"Plain\", x = 1 }";
        assert_eq!(first_unread(text).unwrap(), "known.x");
    }

    #[test]
    fn what_is_read_is_left_alone() {
        assert_eq!(first_unread(""), None);
        assert_eq!(first_unread("size = 1\nknown = { kind = \"Plain\" }"), None);
    }
}
