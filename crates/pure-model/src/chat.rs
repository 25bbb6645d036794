//! Chat templates: from messages to the text that a model was tuned on.
//!
//! A template is a Jinja program that comes with the model. It runs as transformers runs it: with
//! `trim_blocks` and `lstrip_blocks`, Python's methods on strings and lists, `raise_exception`, and
//! a `tojson` that writes what Python's `json.dumps` writes. As it comes with the model, and so
//! from a stranger, its work is bounded.
//!
//! Departure: there is no `strftime_now`. Templates that write today's date into the prompt fall
//! back to the date they were made with, and the same messages give the same tokens tomorrow.

use std::path::{Path, PathBuf};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde};
use minijinja::{Environment, ErrorKind, Value, context};
use serde::{Deserialize, Serialize};
use serde_json::Map;

use crate::Error;

/// Instructions that a template may run: some thousand messages' worth.
const FUEL: u64 = 10_000_000;

/// One turn of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks: `system`, `user` or `assistant`, as the template knows them.
    pub role: String,
    /// What is said.
    pub content: String,
    /// Whatever else the template may look at.
    #[serde(flatten)]
    pub extra: Map<String, serde_json::Value>,
}

impl Message {
    /// A turn of the given speaker.
    pub fn new(role: impl Into<String>, content: impl Into<String>) -> Self {
        Self {
            role: role.into(),
            content: content.into(),
            extra: Map::new(),
        }
    }
}

/// A compiled template.
#[derive(Debug)]
pub(crate) struct ChatTemplate {
    environment: Environment<'static>,
    /// Where it came from, for errors.
    path: PathBuf,
}

const NAME: &str = "chat_template";

impl ChatTemplate {
    pub(crate) fn new(source: String, path: &Path) -> Result<Self, Error> {
        let mut environment = Environment::new();
        let mut syntax = SyntaxConfig::builder();
        syntax.trim_blocks(true).lstrip_blocks(true);
        environment.set_syntax(syntax.build().expect("the delimiters are the usual ones"));
        environment.set_fuel(Some(FUEL));
        environment
            .set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        environment.add_filter("tojson", to_json);
        environment.add_function("raise_exception", raise_exception);
        let path = path.to_owned();
        match environment.add_template_owned(NAME, source) {
            Ok(()) => Ok(Self { environment, path }),
            Err(error) => Err(failure(path, error)),
        }
    }

    pub(crate) fn render(
        &self,
        messages: &[Message],
        add_generation_prompt: bool,
        special_tokens: &Map<String, serde_json::Value>,
    ) -> Result<String, Error> {
        let values = context! {
            messages => Serde(messages),
            add_generation_prompt => add_generation_prompt,
            ..Value::from(Serde(special_tokens))
        };
        self.environment
            .get_template(NAME)
            .and_then(|template| template.render(values))
            .map_err(|error| failure(self.path.clone(), error))
    }
}

fn failure(path: PathBuf, error: minijinja::Error) -> Error {
    // The first line says what is wrong and where; the rest is a listing of the template.
    let reason = error.to_string();
    Error::ChatTemplate { path, reason }
}

fn raise_exception(message: String) -> Result<Value, minijinja::Error> {
    Err(minijinja::Error::new(ErrorKind::InvalidOperation, message))
}

/// Python's `json.dumps(value, ensure_ascii=False)`: a space after `,` and `:`.
fn to_json(value: &Value, options: Kwargs) -> Result<Value, minijinja::Error> {
    let fail = |error: serde_json::Error| {
        minijinja::Error::new(ErrorKind::BadSerialization, error.to_string())
    };
    let indent: Option<usize> = options.get("indent")?;
    options.assert_all_used()?;
    let mut out = Vec::new();
    match indent {
        Some(width) => {
            let indent = vec![b' '; width.min(16)];
            let formatter = serde_json::ser::PrettyFormatter::with_indent(&indent);
            let mut writer = serde_json::Serializer::with_formatter(&mut out, formatter);
            value.serialize(&mut writer).map_err(fail)?;
        }
        None => {
            let mut writer = serde_json::Serializer::with_formatter(&mut out, PythonFormatter);
            value.serialize(&mut writer).map_err(fail)?;
        }
    }
    let text = String::from_utf8(out).expect("serde_json writes UTF-8");
    Ok(Value::from_safe_string(text))
}

struct PythonFormatter;

impl serde_json::ser::Formatter for PythonFormatter {
    fn begin_array_value<W: ?Sized + std::io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_key<W: ?Sized + std::io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_value<W: ?Sized + std::io::Write>(
        &mut self,
        writer: &mut W,
    ) -> std::io::Result<()> {
        writer.write_all(b": ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(template: &str) -> Result<String, Error> {
        let messages = [Message::new("user", "a \"quote\" & <b>")];
        ChatTemplate::new(template.to_owned(), Path::new("tokenizer_config.json"))?.render(
            &messages,
            true,
            &Map::new(),
        )
    }

    #[test]
    fn json_is_written_as_python_writes_it() {
        let text = render("{{ messages | tojson }}").unwrap();
        assert_eq!(text, r#"[{"role": "user", "content": "a \"quote\" & <b>"}]"#);
    }

    #[test]
    fn methods_of_python_strings_work() {
        let text = render("{{ messages[0].role.upper() }}{{ messages[0].content.startswith('a') }}");
        assert_eq!(text.unwrap(), "USERTrue");
    }

    #[test]
    fn an_exception_of_the_template_is_an_error_with_its_words() {
        let error = render("{{ raise_exception('no system turn, please') }}").unwrap_err();
        assert!(error.to_string().contains("no system turn, please"), "{error}");
    }

    #[test]
    fn a_template_that_never_ends_is_stopped() {
        let nested = "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}";
        assert!(render(nested).is_err());
    }

    #[test]
    fn a_broken_template_is_an_error() {
        assert!(render("{% if %}").is_err());
    }
}
