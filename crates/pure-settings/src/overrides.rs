//! Settings from the command line: `--set optimizer.learning_rate=1e-5`.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::Serialize;
use toml::de::{DeTable, DeValue};

use super::build::{Builder, Key};
use super::error::ConfigError;
use super::renamed::{self, Renamed, Renaming};
use super::tree::{Data, Node, Origin, join};
use super::wrong::Wrong;

/// `KEY=VALUE`, to be put over the settings of a file.
///
/// The key is dotted and quoted as in TOML. The value is TOML, or else a string as it stands:
/// `steps=10`, `betas=[0.9, 0.95]`, `schedule={ kind = "constant" }`, `model=out/base`. A table or an
/// array is replaced whole.
#[derive(Debug, Clone)]
pub struct Override {
    text: Arc<str>,
    /// What a file would hold that sets nothing else: tables of one key each, and in the last the value.
    tree: Node,
    /// How many tables the value is in, the whole among them.
    depth: usize,
}

impl FromStr for Override {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let not_an_override = || ConfigError::NotAnOverride {
            found: text.to_owned(),
        };
        let at = behind_key(text).ok_or_else(not_an_override)?;
        // The whole has no name.
        let mut names = vec![String::new()];
        names.extend(keys(&text[..at]).ok_or_else(not_an_override)?);
        let path = |depth: usize| {
            let keys = names[1..=depth].iter();
            keys.fold(String::new(), |path, key| join(&path, key))
        };
        let depth = names.len() - 1;
        let text: Arc<str> = text.into();
        let key = Key {
            name: &names[depth],
            path: path(depth),
            span: Some(0..at),
        };
        // The error shows the override and no file.
        let setting = value(key, &text, at).map_err(|wrong| wrong.locate(("".as_ref(), "")))?;
        let tree = (0..depth).rev().fold(setting, |inner, depth| Node {
            name: names[depth].clone(),
            path: path(depth),
            origin: inner.origin.clone(),
            key: inner.key.clone(),
            value: inner.value.clone(),
            data: Data::Table(vec![inner]),
        });
        Ok(Self { text, tree, depth })
    }
}

/// Where the `=` behind the key is: the first that is in no quotes.
fn behind_key(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match (quote, character) {
            (None, '=') => return Some(at),
            (None, '"' | '\'') => quote = Some(character),
            (Some('"'), '\\') => drop(characters.next()),
            (Some(open), _) if open == character => quote = None,
            _ => (),
        }
    }
    None
}

/// The parts of a dotted key, if it is one.
fn keys(text: &str) -> Option<Vec<String>> {
    if text.contains('\n') {
        return None;
    }
    let document = format!("{text}=0");
    let mut table = DeTable::parse(&document).ok()?.into_inner();
    let mut keys = Vec::new();
    loop {
        if table.len() > 1 {
            return None;
        }
        let (key, value) = table.into_iter().next()?;
        keys.push(key.into_inner().into_owned());
        match value.into_inner() {
            DeValue::Table(inner) => table = inner,
            DeValue::Integer(_) => return Some(keys),
            _ => return None,
        }
    }
}

/// The node of what follows the `=` at byte `at`.
fn value(key: Key<'_>, text: &Arc<str>, at: usize) -> Result<Node, Wrong> {
    const BEFORE: &str = "v=";
    let written = &text[at + 1..];
    let document = format!("{BEFORE}{written}");
    let builder = Builder {
        origin: Origin::Override(text.clone()),
        // A key has a letter at least, and `=` follows it.
        shift: at + 1 - BEFORE.len(),
    };
    let whole = document.trim_end().len();
    let parsed = DeTable::parse(&document).ok().and_then(|table| {
        let table = table.into_inner();
        let only = table.len() == 1;
        let (_, value) = table.into_iter().next()?;
        // With a comment or another line behind the value it was meant as text.
        (only && value.span().end == whole).then_some(value)
    });
    match parsed {
        Some(value) => builder.value(key, value),
        None => Ok(Node {
            name: key.name.to_owned(),
            path: key.path,
            origin: builder.origin,
            key: key.span,
            value: Some(at + 1..text.len()),
            data: Data::String(written.to_owned()),
        }),
    }
}

impl Override {
    /// That of a key and a value as it stands, which is not read as TOML: `--model 2024` is a name and no number.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Unwritable`]: TOML has no form for the value.
    pub fn new<T: Serialize>(key: &str, value: T) -> Result<Self, ConfigError> {
        let value = toml::Value::try_from(value);
        let value = value.map_err(|source| ConfigError::Unwritable { source })?;
        format!("{key}={value}").parse()
    }

    /// Whether it sets a key, or something in its table.
    pub fn is_of(&self, key: &str) -> bool {
        self.tree.find(key).is_some()
    }

    /// Puts the settings under their present names, and tells which had others.
    pub(super) fn rename(&mut self, renamings: &[Renaming]) -> Result<Vec<Renamed>, Wrong> {
        renamed::rename(&mut self.tree, renamings, ("".as_ref(), ""))
    }

    /// Puts the setting into a tree, and the tables that it needs.
    pub(super) fn apply(&self, tree: &mut Node) -> Result<(), Wrong> {
        put(&self.tree, self.depth, tree)
    }
}

/// Puts the value that is in so many tables of `from` into the same tables of another tree.
fn put(from: &Node, depth: usize, into: &mut Node) -> Result<(), Wrong> {
    let Data::Table(there) = &mut into.data else {
        let (key, found) = (&into.path, into.found());
        let fault = format!("{key} is {found}, so nothing in it can be set; set {key} as a whole");
        return Err(Wrong::key(from, fault));
    };
    for new in from.children() {
        match there.iter_mut().find(|old| old.name == new.name) {
            Some(old) if depth > 1 => put(new, depth - 1, old)?,
            Some(old) => *old = new.clone(),
            None => there.push(new.clone()),
        }
    }
    Ok(())
}

impl fmt::Display for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
