//! Every setting of a type, with its kind, default and meaning, for a person to look up.
//!
//! All of it comes from the type that the parser fills: names, defaults and kinds from what serde reads, meanings
//! from the comments of its fields, by way of their JSON Schema ([`schema`]), which editors can use too.

use schemars::{JsonSchema, Schema, schema_for};
use serde_json::Value;

/// A setting, or a table of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The key from the top, `rollouts.temperature`; `stages[].trains` in each table of an array.
    pub key: String,
    /// What can be set, as `whole number` or `"last" | "best"`; `table` for a table.
    pub kind: String,
    /// What is taken where nothing is set.
    pub default: SettingDefault,
    /// What it is.
    pub meaning: String,
    /// The names that it can be, each with its meaning, if it is one of some names.
    pub names: Vec<(String, String)>,
}

/// What is taken where nothing is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingDefault {
    /// It must be given.
    Required,
    /// It is left out.
    None,
    /// A value, as it is written in TOML.
    Value(String),
}

/// The JSON Schema of settings.
pub fn schema<T: JsonSchema>() -> Schema {
    schema_for!(T)
}

/// Every setting of `T`: in each table first the settings, then the tables in it.
pub fn list<T: JsonSchema>() -> Vec<Setting> {
    let root = schema::<T>().to_value();
    let mut lister = Lister {
        definitions: &root["$defs"],
        settings: Vec::new(),
    };
    lister.table("", &root, None);
    lister.settings
}

/// The keys of all settings of `T`, in the order of [`list`].
pub fn keys<T: JsonSchema>() -> Vec<String> {
    list::<T>().into_iter().map(|setting| setting.key).collect()
}

struct Lister<'a> {
    definitions: &'a Value,
    settings: Vec<Setting>,
}

impl<'a> Lister<'a> {
    /// The settings of a table, whose own default may say more than those of its fields.
    fn table(&mut self, path: &str, schema: &'a Value, default: Option<&'a Value>) {
        let required = |key: &str| {
            let mut names = schema["required"].as_array().into_iter().flatten();
            names.any(|name| name == key)
        };
        let (tables, values): (Vec<_>, Vec<_>) =
            properties(schema).partition(|(_, schema)| self.inner(schema).is_some());
        for (name, schema) in values.into_iter().chain(tables) {
            let key = match path {
                "" => name.clone(),
                path => format!("{path}.{name}"),
            };
            let default = default.and_then(|all| all.get(name));
            let default = default.or_else(|| schema.get("default"));
            self.setting(key, schema, default, required(name));
        }
    }

    fn setting(
        &mut self,
        key: String,
        schema: &'a Value,
        default: Option<&'a Value>,
        required: bool,
    ) {
        let (inner, resolved) = (self.inner(schema), self.resolve(schema));
        self.settings.push(Setting {
            kind: match inner {
                Some(_) if is_array(resolved) => "array of tables".to_owned(),
                Some(_) => "table".to_owned(),
                None => self.kind(resolved),
            },
            default: match (required, default) {
                (true, _) => SettingDefault::Required,
                (false, None | Some(Value::Null)) => SettingDefault::None,
                (false, Some(value)) => SettingDefault::Value(toml(value)),
            },
            meaning: text(schema),
            names: names(resolved),
            key: key.clone(),
        });
        match inner {
            Some(inner) if is_array(resolved) => self.table(&format!("{key}[]"), inner, None),
            Some(inner) => self.table(&key, inner, default),
            None => self.variants(&key, resolved),
        }
    }

    /// Settings beside or under the names of a choice.
    fn variants(&mut self, key: &str, schema: &'a Value) {
        for variant in choices(schema) {
            for (name, property) in properties(variant) {
                let key = format!("{key}.{name}");
                match property["properties"].is_object() {
                    // `{ adaptive = { target = ... } }`
                    true => self.table(&key, property, None),
                    // `{ form = "sum", gamma = ... }`
                    false if property.get("const").is_none() && properties(variant).count() > 1 => {
                        let default = property.get("default");
                        self.setting(key, property, default, default.is_none());
                    }
                    false => {}
                }
            }
        }
    }

    /// What can be set.
    fn kind(&self, schema: &'a Value) -> String {
        if schema["oneOf"].is_array() {
            let names: Vec<String> = choices(schema).flat_map(spellings).collect();
            return names.join(" | ");
        }
        if let Some(value) = schema.get("const") {
            return toml(value);
        }
        let kinds = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null"),
            kind => Some(kind),
        };
        match kinds.and_then(Value::as_str) {
            Some("integer") => "whole number".to_owned(),
            Some("boolean") => "true or false".to_owned(),
            Some("string") => "text".to_owned(),
            Some("array") => {
                let inner = self.kind(self.resolve(&schema["items"]));
                match schema["maxItems"].as_u64() {
                    Some(length) => format!("array of {length}: {inner}"),
                    None => format!("array: {inner}"),
                }
            }
            Some(kind) => kind.to_owned(),
            None => "any".to_owned(),
        }
    }

    /// The table that a setting is, or is an array of.
    fn inner(&self, schema: &'a Value) -> Option<&'a Value> {
        let schema = self.resolve(schema);
        if is_array(schema) {
            return self.inner(&schema["items"]);
        }
        (schema["properties"].is_object() && schema.get("oneOf").is_none()).then_some(schema)
    }

    /// The schema that a reference leads to; of an optional one that of what is there.
    fn resolve(&self, schema: &'a Value) -> &'a Value {
        if let Some(name) = schema["$ref"].as_str() {
            let name = name.rsplit('/').next().unwrap_or(name);
            return self.definitions.get(name).unwrap_or(schema);
        }
        let mut choices = schema["anyOf"].as_array().into_iter().flatten();
        match choices.find(|choice| choice["type"] != "null") {
            Some(choice) => self.resolve(choice),
            None => schema,
        }
    }
}

fn is_array(schema: &Value) -> bool {
    schema["type"] == "array"
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"].as_object().into_iter().flatten()
}

fn choices(schema: &Value) -> impl Iterator<Item = &Value> {
    schema["oneOf"].as_array().into_iter().flatten()
}

/// The names of a choice, with what each means.
fn names(schema: &Value) -> Vec<(String, String)> {
    let spelled = |variant| {
        spellings(variant)
            .into_iter()
            .map(move |name| (name, text(variant)))
    };
    choices(schema).flat_map(spelled).collect()
}

/// How a choice is written: `"fixed"`, `{ adaptive = ... }`, `{ form = "sum" }`.
fn spellings(variant: &Value) -> Vec<String> {
    if let Some(value) = variant.get("const") {
        return vec![toml(value)];
    }
    // Names without meanings of their own stand together.
    if let Some(values) = variant["enum"].as_array() {
        return values.iter().map(toml).collect();
    }
    let first = properties(variant).take(1);
    let spelling = |(name, schema): (&String, &Value)| match schema.get("const") {
        Some(value) => format!("{{ {name} = {} }}", toml(value)),
        None if schema["properties"].is_object() => format!("{{ {name} = {{ ... }} }}"),
        None => format!("{{ {name} = ... }}"),
    };
    first.map(spelling).collect()
}

/// The comment of a type or a field as one line.
fn text(schema: &Value) -> String {
    let mut words = schema["description"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    // Of a link, `[text](path)`, the text.
    while let Some(middle) = words.find("](")
        && let Some(end) = words[middle..].find(')')
    {
        words.replace_range(middle..=middle + end, "");
        if let Some(start) = words[..middle].rfind('[') {
            words.remove(start);
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A value as it is written in TOML, tables in one line.
fn toml(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(toml).collect();
            format!("[{}]", values.join(", "))
        }
        Value::Object(values) if values.is_empty() => "{}".to_owned(),
        Value::Object(values) => {
            let given = values.iter().filter(|(_, value)| !value.is_null());
            let pairs = given.map(|(key, value)| format!("{key} = {}", toml(value)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
        Value::Number(number) => match number.as_f64() {
            // As a person writes 1e-6.
            Some(number) if number != 0.0 && number.abs() < 1e-3 => format!("{number:e}"),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}
