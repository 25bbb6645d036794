//! Chat templates: from messages to the text that a model was tuned on.
//!
//! A template is a Jinja program that comes with the model. It runs as transformers runs it: with
//! `trim_blocks` and `lstrip_blocks`, Python's methods on strings and lists, `raise_exception`, and
//! a `tojson` that writes what Python's `json.dumps` writes. As it comes with the model, and so
//! from a stranger, the number of its steps is bounded.
//!
//! Departures: there is no `strftime_now`. Templates that write today's date into the prompt fall
//! back to the date they were made with, and the same messages give the same tokens tomorrow. And
//! `{% generation %}`, which marks what the assistant said for a trainer's mask, marks nothing:
//! here the mask comes from the tokens.

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

/// A compiled template, or the reason why it did not compile: who never asks for a chat need not
/// care.
#[derive(Debug)]
pub(crate) struct ChatTemplate {
    environment: Result<Environment<'static>, minijinja::Error>,
    /// Where it came from, for errors.
    path: PathBuf,
}

const NAME: &str = "chat_template";

impl ChatTemplate {
    pub(crate) fn new(source: &str, path: &Path) -> Self {
        Self {
            environment: compile(source),
            path: path.to_owned(),
        }
    }

    pub(crate) fn render(
        &self,
        messages: &[Message],
        add_generation_prompt: bool,
        special_tokens: &Map<String, serde_json::Value>,
    ) -> Result<String, Error> {
        let failure = |error: &minijinja::Error| Error::ChatTemplate {
            path: self.path.clone(),
            reason: error.to_string(),
        };
        // Templates ask whether these are none, and take an absent one for a present one.
        let absent = || Value::from(());
        let values = context! {
            messages => Serde(messages),
            add_generation_prompt => add_generation_prompt,
            tools => absent(),
            documents => absent(),
            ..Value::from(Serde(special_tokens))
        };
        let environment = self.environment.as_ref().map_err(failure)?;
        environment
            .get_template(NAME)
            .and_then(|template| template.render(values))
            .map_err(|error| failure(&error))
    }
}

fn compile(source: &str) -> Result<Environment<'static>, minijinja::Error> {
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true);
    let mut environment = Environment::new();
    environment.set_syntax(syntax.build()?);
    environment.set_fuel(Some(FUEL));
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    environment.add_filter("tojson", to_json);
    environment.add_function("raise_exception", raise_exception);
    let source = source.replace("\r\n", "\n").replace('\r', "\n");
    environment.add_template_owned(NAME, without_generation_marks(&source))?;
    Ok(environment)
}

/// Turns `{% generation %}` and `{% endgeneration %}` into blocks that do nothing, with the same
/// effect on the space around them.
fn without_generation_marks(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(start) = rest.find("{%") {
        let Some(length) = rest[start..].find("%}") else {
            break;
        };
        let (before, block, after) = (
            &rest[..start],
            &rest[start..start + length + 2],
            &rest[start + length + 2..],
        );
        out.push_str(before);
        let inside = block[2..block.len() - 2].trim_matches(['-', '+']).trim();
        match inside {
            "generation" => out.push_str(&block.replace(inside, "if true")),
            "endgeneration" => out.push_str(&block.replace(inside, "endif")),
            _ => out.push_str(block),
        }
        rest = after;
    }
    out + rest
}

fn raise_exception(message: String) -> Result<Value, minijinja::Error> {
    Err(minijinja::Error::new(ErrorKind::InvalidOperation, message))
}

/// Python's `json.dumps(value, ensure_ascii=False)`: a space after `,` and `:`. Asked for ASCII
/// only, it writes the characters all the same: they are the same JSON.
fn to_json(value: &Value, options: Kwargs) -> Result<Value, minijinja::Error> {
    let fail = |error: serde_json::Error| {
        minijinja::Error::new(ErrorKind::BadSerialization, error.to_string())
    };
    let indent: Option<usize> = options.get("indent")?;
    let _: Option<bool> = options.get("ensure_ascii")?;
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
        ChatTemplate::new(template, Path::new("tokenizer_config.json")).render(
            &messages,
            true,
            &Map::new(),
        )
    }

    #[test]
    fn json_is_written_as_python_writes_it() {
        let text = render("{{ messages | tojson }}").unwrap();
        assert_eq!(
            text,
            r#"[{"role": "user", "content": "a \"quote\" & <b>"}]"#
        );
    }

    #[test]
    fn methods_of_python_strings_work() {
        let text =
            render("{{ messages[0].role.upper() }}{{ messages[0].content.startswith('a') }}");
        assert_eq!(text.unwrap(), "USERTrue");
    }

    #[test]
    fn an_exception_of_the_template_is_an_error_with_its_words() {
        let error = render("{{ raise_exception('no system turn, please') }}").unwrap_err();
        assert!(
            error.to_string().contains("no system turn, please"),
            "{error}"
        );
    }

    #[test]
    fn a_template_that_never_ends_is_stopped() {
        let nested = "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}";
        assert!(render(nested).is_err());
    }

    #[test]
    fn tools_that_are_not_given_are_none() {
        let text = render("{{ 'tools' if tools is not none else 'plain' }}").unwrap();
        assert_eq!(text, "plain");
    }

    #[test]
    fn marks_of_generated_text_leave_the_text() {
        let text = render("a{% generation %}b{%- endgeneration %} c").unwrap();
        assert_eq!(text, "ab c");
    }

    #[test]
    fn line_ends_are_those_of_unix() {
        assert_eq!(
            render("a\r\n{% if true %}\r\nb{% endif %}c\rd").unwrap(),
            "a\nbc\nd"
        );
    }

    #[test]
    fn a_broken_template_is_an_error() {
        assert!(render("{% if %}").is_err());
    }
}
