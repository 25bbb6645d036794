//! Chat templates: from messages to the text that a model was tuned on.
//!
//! A template is a Jinja program that comes with the model. It runs as transformers runs it: with
//! `trim_blocks` and `lstrip_blocks`, Python's methods on strings and lists, `raise_exception`, and
//! a `tojson` that writes what Python's `json.dumps` writes. As it comes with the model, and so
//! from a stranger, it runs within [`bounds`].
//!
//! Departures: there is no `strftime_now`. Templates that write today's date into the prompt fall
//! back to the date they were made with, and the same messages give the same tokens tomorrow. And
//! `{% generation %}`, which marks what the assistant said for a trainer's mask, marks nothing:
//! here the mask comes from the tokens.

mod bounds;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde};
use minijinja::{Environment, ErrorKind, Value, context};
use serde::{Deserialize, Serialize};
use serde_json::Map;

use self::bounds::Text;
use crate::Error;

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
    environment: Result<Arc<Environment<'static>>, String>,
    /// Where it came from, for errors.
    path: PathBuf,
}

const NAME: &str = "chat_template";

impl ChatTemplate {
    pub(crate) fn new(source: &str, path: &Path) -> Self {
        Self {
            environment: compile(source).map(Arc::new),
            path: path.to_owned(),
        }
    }

    pub(crate) fn render(
        &self,
        messages: &[Message],
        add_generation_prompt: bool,
        special_tokens: &Map<String, serde_json::Value>,
    ) -> Result<String, Error> {
        // Templates ask whether these are none, and take an absent one for a present one.
        let absent = || Value::from(());
        let values = context! {
            messages => Serde(messages),
            add_generation_prompt => add_generation_prompt,
            tools => absent(),
            documents => absent(),
            ..Value::from(Serde(special_tokens))
        };
        let rendered = self.environment.clone().and_then(|environment| {
            bounds::run(move || bounds::render(&environment, NAME, values))
        });
        rendered.map_err(|reason| Error::ChatTemplate {
            path: self.path.clone(),
            reason,
        })
    }
}

fn compile(source: &str) -> Result<Environment<'static>, String> {
    bounds::check_length(source)?;
    let source = source.replace("\r\n", "\n").replace('\r', "\n");
    let source = without_generation_marks(&source);
    bounds::run(move || {
        let mut syntax = SyntaxConfig::builder();
        syntax.trim_blocks(true).lstrip_blocks(true);
        let mut environment = Environment::new();
        environment.set_syntax(syntax.build()?);
        environment.add_filter("tojson", to_json);
        environment.add_function("raise_exception", raise_exception);
        bounds::set(&mut environment, source.len());
        environment.add_template_owned(NAME, source)?;
        Ok(environment)
    })
}

/// Turns `{% generation %}` and `{% endgeneration %}` into blocks that do nothing, with the same
/// effect on the space around them.
fn without_generation_marks(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((before, block)) = rest.split_once("{%") {
        let Some((inside, after)) = block.split_once("%}") else {
            break;
        };
        let word = inside.trim_matches(['-', '+']).trim();
        let inside = match word {
            "generation" => inside.replace(word, "if true"),
            "endgeneration" => inside.replace(word, "endif"),
            _ => inside.to_owned(),
        };
        out.extend([before, "{%", &inside, "%}"]);
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
    let mut out = Text::default();
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
    let text = String::from_utf8(out.0).expect("serde_json writes UTF-8");
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
    fn a_block_that_is_no_block_is_an_error_and_no_panic() {
        for source in ["{%}", "a {%} b %}", "{%-}", "{%", "{%}%}", "{% generation"] {
            let _ = render(source);
        }
        assert!(render("{%}").is_err());
    }

    #[test]
    fn a_template_that_nests_without_end_is_an_error() {
        for (before, part) in [("{{ ", "("), ("{{ ", "["), ("", "{% if x %}")] {
            let error = render(&(before.to_owned() + &part.repeat(6_000))).unwrap_err();
            assert!(error.to_string().contains("recursion"), "{error}");
        }
        // These the parser takes, however many there are, and they must not end the process.
        for (before, part, behind, times) in [
            ("{{ ", "-", "x }}", 10_000),
            ("{{ ", "not ", "x }}", 10_000),
            ("{{ x", ".x", " }}", 30_000),
            ("{{ x", "+x", " }}", 10_000),
            ("{{ x", " if x else x", " }}", 5_000),
            ("{{ x", "|upper", " }}", 10_000),
            ("{% if x %}", "{%elif x%}", "{% endif %}", 6_000),
        ] {
            let _ = render(&[before, &part.repeat(times), behind].concat());
        }
        let long = "a".repeat(bounds::LONGEST_SOURCE + 1);
        assert!(
            render(&long)
                .unwrap_err()
                .to_string()
                .contains("bytes long")
        );
    }

    #[test]
    fn a_value_that_nests_without_end_is_an_error() {
        let nested = "{% set a = namespace(x=[]) %}{% for i in range(99999) %}{% for j in range(9) %}\
                      {% set a.x = [a.x] %}{% endfor %}{% endfor %}";
        assert!(render(nested).is_err());
        let nested = "{% set a = namespace(x=[]) %}{% for i in range(99999) %}\
                      {% set a.x = [a.x] %}{% endfor %}{{ a.x | tojson | length }}";
        assert_eq!(render(nested).unwrap(), "200000");
    }

    #[test]
    fn what_a_template_writes_is_bounded_wherever_it_goes() {
        let long = "{% set x = 'x' * 1000000 %}";
        for writes in [
            "{% for i in range(999) %}{{ x }}{% endfor %}",
            "{% set y %}{% for i in range(999) %}{{ x }}{% endfor %}{% endset %}",
            "{{ x | replace('', x) | length }}",
            "{{ x.replace('', x) | length }}",
            "{{ range(9999) | join(x) | length }}",
            "{{ x.join(range(9999)) | length }}",
            "{{ x | indent(99999999999) }}",
            "{{ x | indent(width=99999999999) }}",
            "{{ '%099999999999d' | format(1) }}",
            "{{ '{:>99999999999}'.format(1) }}",
            "{{ [1] | batch(99999999999, 0) }}",
            "{{ [1] | slice(99999999999, 0) }}",
            "{% set y = namespace(x=[x]) %}{% for i in range(99) %}{% set y.x = [y.x, y.x] %}{% endfor %}\
             {{ y.x | tojson | length }}",
            "{% set y = namespace(x=[x]) %}{% for i in range(99) %}{% set y.x = [y.x, y.x] %}{% endfor %}\
             {{ y.x }}",
        ] {
            let error = render(&format!("{long}{writes}")).unwrap_err().to_string();
            assert!(error.contains("more than 64 MiB"), "{writes}: {error}");
        }
    }

    #[test]
    fn filters_with_bounds_do_what_they_did() {
        for (template, text) in [
            ("{{ 'aXbX' | replace('X', '--') }}", "a--b--"),
            ("{{ 'aXb'.replace('X', '') }}", "ab"),
            ("{{ [1, 'b', 2.5] | join(', ') }}", "1, b, 2.5"),
            ("{{ ', '.join(['a', 'b']) }}", "a, b"),
            ("{{ 'a\nb' | indent(width=2, first=true) }}", "  a\n  b"),
            ("{{ '%03d %s' | format(7, 'x') }}", "007 x"),
            ("{{ '{:>3}'.format('x') }}", "  x"),
            ("{{ [1, 2, 3] | batch(2, 0) | list }}", "[[1, 2], [3, 0]]"),
        ] {
            assert_eq!(render(template).unwrap(), text);
        }
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
