//! Standard output, which may close before all is said: `pure logprobs … | head`, and may be a terminal, which obeys
//! what stands in a text.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write, stdout};

use miette::{Diagnostic, Report};

/// Writes to standard output at once.
pub fn print(text: impl fmt::Display) -> miette::Result<()> {
    let mut out = stdout().lock();
    let written = write!(out, "{text}").and_then(|()| out.flush());
    written.map_err(|error| Report::new(Unwritable(error)))
}

/// A text of a model or of a file as it may stand on a terminal: of what a terminal would obey only line ends and tabs
/// stay, the rest is spelled out.
pub fn harmless(text: &str) -> Cow<'_, str> {
    let obeyed = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if !text.contains(obeyed) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    for c in text.chars() {
        match obeyed(c) {
            true => out.extend(c.escape_default()),
            false => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// A number of things, in words.
pub fn counted(count: u64, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

/// Whether a command ended because its reader had seen enough.
pub fn is_closed(report: &Report) -> bool {
    let unwritable = report.downcast_ref::<Unwritable>();
    unwritable.is_some_and(|error| error.0.kind() == io::ErrorKind::BrokenPipe)
}

#[derive(Debug)]
struct Unwritable(io::Error);

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write to standard output: {}", self.0)
    }
}

impl std::error::Error for Unwritable {}

impl Diagnostic for Unwritable {}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn what_a_terminal_would_obey_is_spelled_out() {
        assert_eq!(
            harmless("\x1b[2Jgone\r\u{9b}0m"),
            "\\u{1b}[2Jgone\\r\\u{9b}0m"
        );
        assert_eq!(harmless("a\n\tb\u{e4}"), "a\n\tb\u{e4}");
    }
}
