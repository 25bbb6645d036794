//! Arguments of LaTeX commands, as text.

use crate::budget::Stop;
use crate::parse::tokens::digits::first_group;

/// The argument of a command: a braced group, braces included, or one character or command.
pub(crate) fn argument(text: &str) -> Result<(&str, &str), Stop> {
    let end = match text.bytes().next() {
        None => return Err(Stop::Syntax),
        Some(b'{') => {
            let mut depth = 0usize;
            let end = text.bytes().position(|byte| {
                match byte {
                    b'{' => depth += 1,
                    b'}' => depth -= 1,
                    _ => {}
                }
                depth == 0
            });
            end.ok_or(Stop::Syntax)? + 1
        }
        Some(b'\\') => {
            let name = &text[1..];
            1 + name
                .find(|c: char| !c.is_ascii_alphabetic())
                .unwrap_or(name.len())
        }
        Some(b'0'..=b'9') => first_group(text),
        Some(_) => text.chars().next().map_or(0, char::len_utf8),
    };
    Ok(text.split_at(end))
}

pub(crate) fn unbraced(argument: &str) -> &str {
    argument
        .strip_prefix('{')
        .and_then(|inner| inner.strip_suffix('}'))
        .unwrap_or(argument)
}

/// A subscript or accent as a name: without fonts, braces and spaces.
pub(crate) fn plain(argument: &str) -> String {
    let mut text = unbraced(argument).to_owned();
    for font in [
        "\\text",
        "\\mathrm",
        "\\rm",
        "\\mathbf",
        "\\mbox",
        "\\operatorname",
    ] {
        if text.contains(font) {
            text = text.replace(font, "");
        }
    }
    text.retain(|c| !matches!(c, ' ' | '{' | '}' | '~'));
    text
}
