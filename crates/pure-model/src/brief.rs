//! What an error quotes of a file: a stranger may have written it, so it may be of any length and hold
//! what a terminal obeys.

use std::fmt::Display;

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
}
