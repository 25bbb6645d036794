//! Colours on a terminal.

use std::io::{IsTerminal, stdout};

/// Of the 256 colours the ground that goes from red over none to green as `value` goes from `-most` to `most`.
pub fn shade(value: f32, most: f32) -> Option<u8> {
    let strength = if most > 0.0 { value / most } else { 0.0 };
    // From faint to full.
    const GREENS: [u8; 3] = [22, 28, 34];
    const REDS: [u8; 3] = [52, 88, 160];
    let level = match strength.abs() {
        s if s < 0.05 => return None,
        s if s < 0.35 => 0,
        s if s < 0.7 => 1,
        _ => 2,
    };
    Some(if strength > 0.0 { GREENS } else { REDS }[level])
}

/// Whether to colour.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    Colour,
    Plain,
}

impl Ink {
    /// Colour on a terminal, unless `NO_COLOR` says otherwise (no-color.org).
    pub fn for_stdout() -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        match stdout().is_terminal() && !unwanted {
            true => Self::Colour,
            false => Self::Plain,
        }
    }

    /// A text on a ground that goes from red over none to green as `value` goes from `-most` to
    /// `most`.
    pub fn shade(self, text: &str, value: f32, most: f32) -> String {
        match shade(value, most) {
            Some(ground) => self.painted(text, &format!("48;5;{ground};38;5;231")),
            None => text.to_owned(),
        }
    }

    pub fn strong(self, text: &str) -> String {
        self.painted(text, "1")
    }

    fn painted(self, text: &str, paint: &str) -> String {
        match self {
            Self::Colour => format!("\x1b[{paint}m{text}\x1b[0m"),
            Self::Plain => text.to_owned(),
        }
    }
}
