//! From TOML to the tree of settings.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use super::tree::{Data, Node, Origin, join};
use super::wrong::Wrong;

/// Values in values that are read. TOML's own limits leave room for thousands, the stack does not.
const DEPTH: usize = 24;

/// The tree of a whole file.
pub(super) fn document(text: &str) -> Result<Node, Wrong> {
    let table = DeTable::parse(text).map_err(|error| not_toml(&error, text))?;
    let builder = Builder {
        origin: Origin::File,
        shift: 0,
    };
    Ok(Node {
        name: String::new(),
        path: String::new(),
        origin: Origin::File,
        key: None,
        value: None,
        data: builder.table("", table.into_inner(), DEPTH)?,
    })
}

fn not_toml(error: &toml::de::Error, text: &str) -> Wrong {
    let span = error.span();
    let written = span.clone().and_then(|span| text.get(span));
    let fault = match (error.message(), written) {
        ("duplicate key", Some(key)) => format!("{key} is given twice"),
        // The parser's guess of what was meant, where nothing was written.
        (reason, Some("")) if reason.starts_with("string values must be quoted") => {
            "this is not TOML: a value is missing".to_owned()
        }
        (reason, _) => format!("this is not TOML: {reason}"),
    };
    Wrong {
        fault,
        origin: Origin::File,
        span,
    }
}

/// Makes nodes of the values of one text.
pub(super) struct Builder {
    pub origin: Origin,
    /// What is added to the parser's spans to make them the text's.
    pub shift: usize,
}

/// The key of a value that is to be built.
pub(super) struct Key<'a> {
    pub name: &'a str,
    pub path: String,
    pub span: Option<Range<usize>>,
}

impl Builder {
    /// The node of a value.
    pub fn value(&self, key: Key<'_>, value: Spanned<DeValue<'_>>) -> Result<Node, Wrong> {
        self.node(key, value, DEPTH)
    }

    fn node(&self, key: Key<'_>, value: Spanned<DeValue<'_>>, depth: usize) -> Result<Node, Wrong> {
        let span = self.shifted(value.span());
        let mut node = Node {
            name: key.name.to_owned(),
            path: key.path,
            origin: self.origin.clone(),
            key: key.span.or_else(|| span.clone()),
            value: span,
            data: Data::Date,
        };
        let Some(depth) = depth.checked_sub(1) else {
            let fault = format!("{} is nested deeper than settings are", node.named());
            return Err(Wrong::key(&node, fault));
        };
        node.data = match value.into_inner() {
            DeValue::String(text) => Data::String(text.into_owned()),
            DeValue::Integer(number) => match integer(&number) {
                Some(data) => data,
                None => return Err(too_large(&node, &number.to_string())),
            },
            DeValue::Float(number) => match number.as_str().parse::<f64>() {
                // What is written with digits is finite.
                Ok(value) if value.is_finite() || !number.as_str().contains(char::is_numeric) => {
                    Data::Float(value)
                }
                _ => return Err(too_large(&node, number.as_str())),
            },
            DeValue::Boolean(value) => Data::Boolean(value),
            DeValue::Datetime(_) => Data::Date,
            DeValue::Array(values) => {
                let element = |(index, value): (usize, Spanned<_>)| {
                    let key = Key {
                        name: "",
                        path: format!("{}[{index}]", node.path),
                        span: None,
                    };
                    self.node(key, value, depth)
                };
                let nodes: Result<_, _> = values.into_iter().enumerate().map(element).collect();
                Data::Array(nodes?)
            }
            DeValue::Table(table) => self.table(&node.path, table, depth)?,
        };
        Ok(node)
    }

    fn table(&self, path: &str, table: DeTable<'_>, depth: usize) -> Result<Data, Wrong> {
        let mut nodes = Vec::new();
        for (key, value) in table {
            let key = Key {
                name: key.get_ref(),
                path: join(path, key.get_ref()),
                span: self.shifted(key.span()),
            };
            nodes.push(self.node(key, value, depth)?);
        }
        nodes.sort_by_key(|node| node.key.as_ref().map(|span| span.start));
        Ok(Data::Table(nodes))
    }

    fn shifted(&self, span: Range<usize>) -> Option<Range<usize>> {
        Some(span.start + self.shift..span.end + self.shift)
    }
}

fn integer(number: &DeInteger<'_>) -> Option<Data> {
    let (digits, radix) = (number.as_str(), number.radix());
    let signed = i64::from_str_radix(digits, radix).map(Data::Integer);
    let large = || u64::from_str_radix(digits, radix).map(Data::Large);
    signed.or_else(|_| large()).ok()
}

fn too_large(node: &Node, found: &str) -> Wrong {
    let (key, expected) = (node.named(), "a number that 64 bits can hold");
    Wrong::value(node, format!("{key} is {found}, but must be {expected}"))
}
