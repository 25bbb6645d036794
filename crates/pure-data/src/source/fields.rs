//! The fields of a record, with errors that name them. A `null` is no field.

use serde_json::{Map, Value};

use crate::fault::Fault;

/// An object in a record.
#[derive(Debug, Clone)]
pub struct Fields<'a> {
    map: &'a Map<String, Value>,
    /// What it is called in the record, with a dot at its end, or nothing.
    path: String,
}

impl<'a> Fields<'a> {
    /// Of a whole record.
    pub(crate) fn new(map: &'a Map<String, Value>) -> Self {
        Self {
            map,
            path: String::new(),
        }
    }

    /// Of an element of a list.
    pub(crate) fn of_element(value: &'a Value, path: String) -> Result<Self, Fault> {
        match value {
            Value::Object(map) => Ok(Self {
                map,
                path: path + ".",
            }),
            other => Err(Fault::Type {
                field: path,
                found: kind_of(other),
                expected: "an object",
            }),
        }
    }

    /// What a field of this one is called.
    pub(crate) fn path(&self, name: &str) -> String {
        format!("{}{name}", self.path)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.map.keys().cloned().collect()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.map.contains_key(name)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn need(&self, name: &str) -> Result<&'a Value, Fault> {
        self.get(name).ok_or_else(|| Fault::Missing {
            field: self.path(name),
        })
    }

    /// A text that is not blank.
    pub(crate) fn text(&self, name: &str) -> Result<&'a str, Fault> {
        let text = self.need(name)?;
        let text = text
            .as_str()
            .ok_or_else(|| self.wrong(name, text, "a text"))?;
        if text.trim().is_empty() {
            return Err(Fault::Empty {
                field: self.path(name),
            });
        }
        Ok(text)
    }

    pub(crate) fn list(&self, name: &str) -> Result<&'a [Value], Fault> {
        let list = self.need(name)?;
        let elements = list.as_array();
        let elements = elements.ok_or_else(|| self.wrong(name, list, "a list"))?;
        Ok(elements)
    }

    pub(crate) fn object(&self, name: &str) -> Result<Self, Fault> {
        Self::of_element(self.need(name)?, self.path(name))
    }

    pub(crate) fn whole_number(&self, name: &str) -> Result<i64, Fault> {
        let number = self.need(name)?;
        number
            .as_i64()
            .ok_or_else(|| self.wrong(name, number, "a whole number"))
    }

    /// A list of texts, blank ones included.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<String>, Fault> {
        let texts = self.list(name)?.iter().enumerate();
        texts
            .map(|(index, value)| match value {
                Value::String(text) => Ok(text.clone()),
                other => Err(Fault::Type {
                    field: format!("{}[{index}]", self.path(name)),
                    found: kind_of(other),
                    expected: "a text",
                }),
            })
            .collect()
    }

    /// The name of the record: its `id`, a text or a whole number, or else its place in the file.
    pub(crate) fn id(&self, place: crate::Place) -> Result<String, Fault> {
        match self.get("id") {
            None => Ok(place.number().to_string()),
            Some(Value::String(text)) => Ok(text.clone()),
            Some(Value::Number(number)) if !number.is_f64() => Ok(number.to_string()),
            Some(other) => Err(self.wrong("id", other, "a text or a whole number")),
        }
    }

    /// An error about a field that holds something else than it must.
    pub(crate) fn wrong(&self, name: &str, found: &Value, expected: &'static str) -> Fault {
        Fault::Type {
            field: self.path(name),
            found: kind_of(found),
            expected,
        }
    }
}

/// What a value is, in words.
pub(crate) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
