//! A file of settings to begin with: every setting with its meaning and its default, made from the [list](crate::list()).
//!
//! ```toml
//! # Required: text. Folder of the model.
//! # model =
//!
//! # Passes over the data.
//! epochs = 1
//! ```
//!
//! It reads as the defaults. What must be given, and what is left out by default, stands in comments.

use std::collections::HashSet;

use schemars::JsonSchema;

use crate::list::{Setting, SettingDefault, list, schema};

/// Characters of a line.
const WIDTH: usize = 100;

/// The text of a file that sets every setting of `T` to its default.
pub fn template<T: JsonSchema>() -> String {
    let title = schema::<T>().to_value();
    let title = title["description"].as_str().unwrap_or_default().to_owned();
    let mut template = Template {
        text: comment(&format!(
            "{title} What is set here is the default. A setting that is called required must be given; others in \
             comments are left out."
        )),
        tables: HashSet::from([String::new()]),
        left_out: HashSet::new(),
    };
    for setting in list::<T>() {
        template.add(&setting);
    }
    template.text
}

struct Template {
    text: String,
    /// The tables that are written with a head of their own, the whole among them.
    tables: HashSet<String>,
    /// Those of them that stand in comments.
    left_out: HashSet<String>,
}

impl Template {
    fn add(&mut self, setting: &Setting) {
        let (table, name) = setting.key.rsplit_once('.').unwrap_or(("", &setting.key));
        let is_table = setting.kind == "table";
        let meaning = meaning(setting);
        // Beside the name of a choice, or in an array: told with what it belongs to.
        if !self.tables.contains(table) {
            let told = format!("{}: {meaning}", setting.key);
            self.text += &indented(&comment(&told));
            return;
        }
        self.text.push('\n');
        self.text += &comment(&meaning);
        for (name, meaning) in &setting.names {
            self.text += &indented(&comment(&format!("{name}: {meaning}")));
        }
        let in_comments = self.left_out.contains(table);
        if setting.kind == "array of tables" {
            self.text += &elements(setting);
            return;
        }
        if is_table {
            let is_left_out = in_comments || setting.default == SettingDefault::None;
            self.text += &commented(&format!("[{}]", setting.key), is_left_out);
            self.tables.insert(setting.key.clone());
            if is_left_out {
                self.left_out.insert(setting.key.clone());
            }
            return;
        }
        self.text += &match &setting.default {
            SettingDefault::Value(value) => commented(&format!("{name} = {value}"), in_comments),
            SettingDefault::Required | SettingDefault::None => format!("# {name} =\n"),
        };
    }
}

/// What a setting means, whether it must be given, and what it can be where no default shows that.
fn meaning(setting: &Setting) -> String {
    let Setting { kind, meaning, .. } = setting;
    // Names are told one by one.
    let kind = if setting.names.is_empty() {
        kind.as_str()
    } else {
        "a name"
    };
    match &setting.default {
        SettingDefault::Required if kind == "table" => format!("Required. {meaning}"),
        SettingDefault::Required => format!("Required: {kind}. {meaning}"),
        SettingDefault::None if kind == "table" => format!("Left out by default. {meaning}"),
        SettingDefault::None => format!("Left out by default, or {kind}. {meaning}"),
        SettingDefault::Value(_) => meaning.clone(),
    }
}

/// The tables of an array, which cannot stand as a value behind other tables.
fn elements(setting: &Setting) -> String {
    let head = format!("[[{}]]", setting.key);
    let SettingDefault::Value(value) = &setting.default else {
        return commented(&head, true);
    };
    let array: toml::Table = format!("array = {value}").parse().unwrap_or_default();
    let elements = array.get("array").and_then(toml::Value::as_array);
    let tables = elements
        .into_iter()
        .flatten()
        .filter_map(toml::Value::as_table);
    let text = tables.map(|table| {
        let pairs = table
            .iter()
            .map(|(name, value)| format!("{name} = {value}\n"));
        format!("{head}\n{}", pairs.collect::<String>())
    });
    match text.collect::<Vec<_>>().join("\n") {
        none if none.is_empty() => commented(&head, true),
        text => text,
    }
}

fn commented(line: &str, in_comments: bool) -> String {
    match in_comments {
        true => format!("# {line}\n"),
        false => format!("{line}\n"),
    }
}

/// Lines of a comment, broken between words.
fn comment(text: &str) -> String {
    let mut lines = vec![String::from("#")];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is one");
        if line.len() > 1 && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(format!("# {word}"));
        } else {
            *line += " ";
            *line += word;
        }
    }
    lines.join("\n") + "\n"
}

fn indented(comment: &str) -> String {
    comment.replace("# ", "#   ")
}
