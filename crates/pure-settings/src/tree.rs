//! Settings as they were written: a tree whose every value knows its key and its place.

use std::iter::once;
use std::ops::Range;
use std::sync::Arc;

use serde::de::Unexpected;

use super::words;

/// A value under its key.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// The last part of the key; nothing for an element of an array.
    pub name: String,
    /// The key from the top, `stages[1].steps`; nothing for the whole.
    pub path: String,
    pub origin: Origin,
    /// Bytes of the key in its origin; none for the whole.
    pub key: Option<Range<usize>>,
    /// Bytes of the value in its origin; none for the whole.
    pub value: Option<Range<usize>>,
    pub data: Data,
}

#[derive(Debug, Clone)]
pub(super) enum Data {
    String(String),
    Integer(i64),
    /// A whole number that only an unsigned type can hold, as a seed may be.
    Large(u64),
    Float(f64),
    Boolean(bool),
    Date,
    Array(Vec<Node>),
    /// In the order of the file, so that the first mistake is the first to be shown.
    Table(Vec<Node>),
    /// A value that no type takes; [`unread`](super::unread::unread) puts it in.
    Poison,
}

/// Which text a value stands in.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    File,
    /// An override, with its text.
    Override(Arc<str>),
}

impl Node {
    /// The values in this one.
    pub fn children(&self) -> &[Self] {
        match &self.data {
            Data::Array(nodes) | Data::Table(nodes) => nodes,
            _ => &[],
        }
    }

    fn children_mut(&mut self) -> &mut [Self] {
        match &mut self.data {
            Data::Array(nodes) | Data::Table(nodes) => nodes,
            _ => &mut [],
        }
    }

    /// The value at a path from the top.
    pub fn find(&self, path: &str) -> Option<&Self> {
        if self.path == path {
            return Some(self);
        }
        let mut nodes = self.children().iter();
        nodes.find_map(|node| node.find(path))
    }

    /// [`find`](Self::find), to change it.
    pub fn find_mut(&mut self, path: &str) -> Option<&mut Self> {
        if self.path == path {
            return Some(self);
        }
        let mut nodes = self.children_mut().iter_mut();
        nodes.find_map(|node| node.find_mut(path))
    }

    /// Puts `path` in place of the first `length` bytes of the value's path, and of those of all values in it.
    pub fn move_to(&mut self, path: &str, length: usize) {
        self.path.replace_range(..length, path);
        for node in self.children_mut() {
            node.move_to(path, length);
        }
    }

    /// All values in this one, at any depth, each before those in it.
    pub fn descendants(&self) -> Vec<&Self> {
        let children = self.children().iter();
        let with_theirs = children.flat_map(|node| once(node).chain(node.descendants()));
        with_theirs.collect()
    }

    /// The only value in this one, at any depth, that `is_it`; none if there are more.
    pub fn find_only(&self, is_it: impl Fn(&Self) -> bool) -> Option<&Self> {
        let mut found = self.descendants().into_iter().filter(|node| is_it(node));
        found.next().filter(|_| found.next().is_none())
    }

    /// The value as serde names it.
    pub fn unexpected(&self) -> Unexpected<'_> {
        match &self.data {
            Data::String(text) => Unexpected::Str(text),
            Data::Integer(number) => Unexpected::Signed(*number),
            Data::Large(number) => Unexpected::Unsigned(*number),
            Data::Float(number) => Unexpected::Float(*number),
            Data::Boolean(value) => Unexpected::Bool(*value),
            Data::Date => Unexpected::Other("a date"),
            Data::Array(_) => Unexpected::Seq,
            Data::Table(_) => Unexpected::Map,
            Data::Poison => Unexpected::Other("a value that is never read"),
        }
    }

    /// Its key as the subject of a sentence.
    pub fn named(&self) -> &str {
        match self.path.as_str() {
            "" => "the file",
            path => path,
        }
    }

    /// The value in words.
    pub fn found(&self) -> String {
        words::found(self.unexpected())
    }
}

/// The path of a key in a table.
pub(super) fn join(table: &str, name: &str) -> String {
    let letter = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let name = if !name.is_empty() && name.chars().all(letter) {
        name.to_owned()
    } else {
        format!("{name:?}")
    };
    if table.is_empty() {
        name
    } else {
        format!("{table}.{name}")
    }
}
