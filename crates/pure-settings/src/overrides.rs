//! Settings from the command line: `--set optimizer.learning_rate=1e-5`.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::build::{Builder, Key};
use super::error::{ConfigError, Fault};
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
    /// The tables on the way, from the top.
    tables: Vec<String>,
    setting: Node,
}

impl FromStr for Override {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let not_an_override = || ConfigError::NotAnOverride {
            found: text.to_owned(),
        };
        let at = behind_key(text).ok_or_else(not_an_override)?;
        let mut tables = keys(&text[..at]).ok_or_else(not_an_override)?;
        let name = tables.pop().ok_or_else(not_an_override)?;
        let text: Arc<str> = text.into();
        let table = tables
            .iter()
            .fold(String::new(), |path, key| join(&path, key));
        let key = Key {
            name: &name,
            path: join(&table, &name),
            span: Some(0..at),
        };
        let setting = value(key, &text, at);
        Ok(Self {
            // The error shows the override and no file.
            setting: setting.map_err(|wrong| wrong.locate("".as_ref(), ""))?,
            text,
            tables,
        })
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
    /// The override with its settings under their present names, and which had others.
    pub(super) fn renamed(&self, renamings: &[Renaming]) -> Result<(Self, Vec<Renamed>), Wrong> {
        let table = |name: &str, path: String, inner: Vec<Node>| Node {
            name: name.to_owned(),
            path,
            data: Data::Table(inner),
            ..self.setting.clone()
        };
        // A tree in which every table has one key, as deep as the key has parts.
        let mut tree = self.setting.clone();
        for (depth, name) in self.tables.iter().enumerate().rev() {
            let path = self.tables[..=depth].iter();
            let path = path.fold(String::new(), |path, key| join(&path, key));
            tree = table(name, path, vec![tree]);
        }
        tree = table("", String::new(), vec![tree]);
        let renamed = renamed::rename(&mut tree, renamings, ("".as_ref(), ""))?;
        let mut tables = Vec::new();
        let only = |node: Node| match node.data {
            Data::Table(mut nodes) => nodes.pop(),
            _ => None,
        };
        let mut node = only(tree).expect("it was put there");
        while tables.len() < self.tables.len() {
            tables.push(node.name.clone());
            node = only(node).expect("it was put there");
        }
        let text = self.text.clone();
        let setting = node;
        Ok((
            Self {
                text,
                tables,
                setting,
            },
            renamed,
        ))
    }

    /// Puts the setting into a tree, and the tables that it needs.
    pub(super) fn apply(&self, tree: &mut Node) -> Result<(), Wrong> {
        let mut table = tree;
        for name in &self.tables {
            table = self.entry(table, name, || Data::Table(Vec::new()))?;
        }
        let setting = self.entry(table, &self.setting.name, || Data::Date)?;
        *setting = self.setting.clone();
        Ok(())
    }

    /// The value of a key in a table, which is made if it is not there.
    fn entry<'a>(
        &self,
        table: &'a mut Node,
        name: &str,
        new: impl Fn() -> Data,
    ) -> Result<&'a mut Node, Wrong> {
        let found = table.found();
        let path = join(&table.path, name);
        let Data::Table(nodes) = &mut table.data else {
            let key = table.path.clone();
            return Err(Wrong::key(&self.setting, Fault::InTheWay { key, found }));
        };
        let index = match nodes.iter().position(|node| node.name == name) {
            Some(index) => index,
            None => {
                nodes.push(Node {
                    name: name.to_owned(),
                    path,
                    data: new(),
                    ..self.setting.clone()
                });
                nodes.len() - 1
            }
        };
        Ok(&mut nodes[index])
    }
}

impl fmt::Display for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
