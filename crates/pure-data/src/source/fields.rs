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

    fn of_value(value: &'a Value, path: String) -> Result<Self, Fault> {
        match value.as_object() {
            Some(map) => Ok(Self {
                map,
                path: path + ".",
            }),
            None => Err(Fault::wrong(path, kind_of(value), "an object")),
        }
    }

    /// What a field of this one is called.
    pub(crate) fn path(&self, name: &str) -> String {
        format!("{}{name}", self.path)
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

    /// What a field holds, as far as it is what must be there.
    fn need_as<T>(
        &self,
        name: &str,
        of: impl FnOnce(&'a Value) -> Option<T>,
        expected: &str,
    ) -> Result<T, Fault> {
        let value = self.need(name)?;
        of(value).ok_or_else(|| self.wrong(name, value, expected))
    }

    /// A text, which may be blank.
    pub(crate) fn any_text(&self, name: &str) -> Result<&'a str, Fault> {
        self.need_as(name, Value::as_str, "a text")
    }

    /// A text that is not blank.
    pub(crate) fn text(&self, name: &str) -> Result<&'a str, Fault> {
        let text = self.any_text(name)?;
        match text.trim().is_empty() {
            true => Err(Fault::Empty {
                field: self.path(name),
            }),
            false => Ok(text),
        }
    }

    pub(crate) fn whole_number(&self, name: &str) -> Result<i64, Fault> {
        self.need_as(name, Value::as_i64, "a whole number")
    }

    pub(crate) fn list(&self, name: &str) -> Result<&'a [Value], Fault> {
        self.need_as(name, |value| value.as_array().map(Vec::as_slice), "a list")
    }

    /// A list of texts, blank ones included.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<String>, Fault> {
        let texts = self.list(name)?.iter().enumerate();
        let text = |(index, value): (usize, &Value)| match value {
            Value::String(text) => Ok(text.clone()),
            other => {
                let field = format!("{}[{index}]", self.path(name));
                Err(Fault::wrong(field, kind_of(other), "a text"))
            }
        };
        texts.map(text).collect()
    }

    pub(crate) fn object(&self, name: &str) -> Result<Self, Fault> {
        Self::of_value(self.need(name)?, self.path(name))
    }

    /// A list of objects, one by one.
    pub(crate) fn objects(
        &self,
        name: &str,
    ) -> Result<impl Iterator<Item = Result<Self, Fault>>, Fault> {
        let path = self.path(name);
        let values = self.list(name)?.iter().enumerate();
        Ok(values.map(move |(index, value)| Self::of_value(value, format!("{path}[{index}]"))))
    }

    /// The name of the record: its `id`, a text or a whole number, or else its place in the file.
    pub(crate) fn id(&self, place: crate::Place) -> Result<String, Fault> {
        self.id_in("id", place.number())
    }

    /// The name in a field, or else a number.
    pub(crate) fn id_in(&self, name: &str, number: u64) -> Result<String, Fault> {
        match self.get(name) {
            None => Ok(number.to_string()),
            Some(Value::String(text)) => Ok(text.clone()),
            Some(Value::Number(number)) if !number.is_f64() => Ok(number.to_string()),
            Some(other) => Err(self.wrong(name, other, "a text or a whole number")),
        }
    }

    /// The error that a field holds something else than it must.
    pub(crate) fn wrong(&self, name: &str, found: &Value, expected: &str) -> Fault {
        Fault::wrong(self.path(name), kind_of(found), expected)
    }

    /// The error that other fields are there than must be.
    pub(crate) fn unknown_form(&self, expected: &'static str) -> Fault {
        Fault::UnknownForm {
            found: self.map.keys().cloned().collect(),
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
