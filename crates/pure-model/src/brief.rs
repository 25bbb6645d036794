//! What an error quotes of a file: a stranger may have written it, so it may be of any length and hold
//! what a terminal obeys.

use std::fmt::Display;

use serde::de::Error as _;

/// Characters of a file that an error quotes at most.
const MOST: usize = 300;

/// The beginning of a text, its control characters written out.
pub(crate) fn brief(text: impl Display) -> String {
    let text = text.to_string();
    let mut brief = String::new();
    for character in text.chars().take(MOST) {
        if character.is_control() && character != '\n' {
            brief.extend(character.escape_default());
        } else {
            brief.push(character);
        }
    }
    match text.chars().count() {
        all if all > MOST => format!("{brief}… ({} characters more)", all - MOST),
        _ => brief,
    }
}

/// An error of JSON that quotes as little, and knows the same place in the text.
pub(crate) fn brief_json(error: serde_json::Error) -> serde_json::Error {
    let (line, column) = (error.line(), error.column());
    let place = format!(" at line {line} column {column}");
    let text = error.to_string();
    let reason = text.strip_suffix(&place).unwrap_or(&text);
    // serde_json reads the place back from such a message.
    serde_json::Error::custom(brief(reason) + &place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_and_a_terminal_sees_no_command() {
        let text = brief("\u{1b}[2J".to_owned() + &"ä".repeat(100_000));
        assert!(text.starts_with("\\u{1b}[2Jää"), "{text}");
        assert!(text.ends_with("ä… (99704 characters more)"), "{text}");
        assert_eq!(brief("as it is\n"), "as it is\n");
    }

    #[test]
    fn an_error_of_json_keeps_its_place() {
        let text = format!("{{\n  \"a\": \"{}\"}}", "x".repeat(400_000));
        let error = serde_json::from_str::<std::collections::BTreeMap<String, u8>>(&text);
        let error = error.unwrap_err();
        let short = brief_json(serde_json::from_str::<Vec<u8>>("[300]").unwrap_err());
        assert!(short.to_string().contains("300"), "{short}");
        let cut = brief_json(error);
        assert!(cut.to_string().len() < 500, "{cut}");
        assert_eq!((cut.line(), short.column()), (2, 4));
    }
}
