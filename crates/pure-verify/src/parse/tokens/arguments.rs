//! Arguments of LaTeX commands, as text.

use crate::budget::Stop;
use crate::parse::tokens::digits::count_digits;
use crate::parse::wrappings::between;

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
            let (name, _) = split_letters(&text[1..]);
            1 + name.len()
        }
        Some(b'0'..=b'9') => count_digits(text),
        Some(_) => text.chars().next().map_or(0, char::len_utf8),
    };
    Ok(text.split_at(end))
}

/// The letters that a text begins with, and the rest.
pub(crate) fn split_letters(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_alphabetic());
    text.split_at(end.unwrap_or(text.len()))
}

pub(crate) fn unbraced(argument: &str) -> &str {
    between(argument, "{", "}").unwrap_or(argument)
}

/// A subscript or accent as a name: without fonts, braces and spaces.
pub(crate) fn plain(argument: &str) -> String {
    let mut text = unbraced(argument).to_owned();
    for font in r"\text \mathrm \rm \mathbf \mbox \operatorname".split(' ') {
        if text.contains(font) {
            text = text.replace(font, "");
        }
    }
    text.retain(|c| !matches!(c, ' ' | '{' | '}' | '~'));
    text
}
