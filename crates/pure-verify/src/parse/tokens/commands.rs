//! The part of [`Lexer`] for LaTeX commands and for what follows a `^`.

use crate::budget::Stop;
use crate::parse::tokens::arguments::{plain, unbraced};
use crate::parse::tokens::lexer::Lexer;
use crate::parse::tokens::names::{command_token, is_font, is_matrix, name};
use crate::parse::tokens::token::Token;
use crate::parse::tokens::units;

/// How many `\text` may stand inside one another.
const MAX_TEXT_DEPTH: usize = 4;

impl Lexer<'_> {
    /// What follows a `^`, which may be a degree sign or a prime instead of an exponent.
    pub(crate) fn raised<'t>(&mut self, text: &'t str) -> Result<&'t str, Stop> {
        let trimmed = text.trim_start();
        let (argument, rest) = match self.argument(trimmed) {
            Err(Stop::Spent) => return Err(Stop::Spent),
            found => found.unwrap_or((trimmed, "")),
        };
        match argument
            .trim()
            .trim_start_matches(['{', ' '])
            .trim_end_matches(['}', ' '])
        {
            "\\circ" | "\\degree" | "o" if argument.contains('\\') || self.follows_number() => {
                self.push(Token::Degree)?;
                Ok(rest)
            }
            "\\prime" => {
                self.push(Token::Prime)?;
                Ok(rest)
            }
            "\\prime\\prime" => {
                self.push(Token::Prime)?;
                self.push(Token::Prime)?;
                Ok(rest)
            }
            _ => {
                self.push(Token::Caret)?;
                Ok(text)
            }
        }
    }

    /// What follows a backslash.
    pub(crate) fn command<'t>(&mut self, text: &'t str) -> Result<&'t str, Stop> {
        let end = text
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(text.len());
        if end == 0 {
            return self.escaped(text);
        }
        let (name, rest) = text.split_at(end);
        if is_font(name) {
            let (argument, rest) = self.argument(rest.trim_start())?;
            self.text(name, unbraced(argument))?;
            return Ok(rest);
        }
        if let Some(token) = command_token(name) {
            self.push(token)?;
            return Ok(rest);
        }
        match name {
            "left" | "right" | "big" | "Big" | "bigg" | "Bigg" | "bigl" | "bigr" | "Bigl"
            | "Bigr" | "biggl" | "biggr" | "Biggl" | "Biggr" | "middle" => {
                Ok(rest.trim_start().strip_prefix('.').unwrap_or(rest))
            }
            "displaystyle" | "textstyle" | "scriptstyle" | "limits" | "nolimits" | "mathstrut"
            | "rm" | "bf" | "it" | "sf" | "tt" | "boldsymbol" | "bm" | "unicode" | "ensuremath"
            | "hspace" | "allowbreak" => Ok(rest),
            "quad" | "qquad" | "enspace" | "thinspace" | "space" | "hfill" => {
                self.after_space = true;
                Ok(rest)
            }
            "begin" => {
                let (kind, rest) = self.argument(rest)?;
                if !is_matrix(unbraced(kind)) {
                    return Err(Stop::Syntax);
                }
                self.push(Token::BeginMatrix)?;
                // The columns of an array.
                if unbraced(kind) == "array" {
                    Ok(self.argument(rest.trim_start())?.1)
                } else {
                    Ok(rest)
                }
            }
            "end" => {
                self.push(Token::EndMatrix)?;
                Ok(self.argument(rest)?.1)
            }
            "dot" | "ddot" | "vec" | "hat" | "bar" | "tilde" | "widehat" | "overrightarrow"
            | "mathbb" | "mathcal" | "mathscr" | "mathfrak" => {
                let (argument, rest) = self.argument(rest.trim_start())?;
                self.push(Token::Symbol(format!("\\{name}{{{}}}", plain(argument))))?;
                Ok(rest)
            }
            "angle" | "triangle" | "measuredangle" => Ok(rest),
            _ => {
                // `\pisqrt(3)`: a root or pi without its backslash, run into the command before it.
                for glued in ["sqrt", "pi"] {
                    if let Some(token) = name.strip_suffix(glued).and_then(command_token) {
                        self.push(token)?;
                        return Ok(&text[end - glued.len()..]);
                    }
                }
                self.push(Token::Symbol(format!("\\{name}")))?;
                Ok(rest)
            }
        }
    }

    /// A backslash before punctuation.
    fn escaped<'t>(&mut self, text: &'t str) -> Result<&'t str, Stop> {
        let Some(mark) = text.chars().next() else {
            return Ok(text);
        };
        match mark {
            '{' => self.push(Token::Open('{'))?,
            '}' => self.push(Token::Close('}'))?,
            '|' => self.push(Token::Bar)?,
            '%' => self.push(Token::Percent)?,
            '$' => self.push(Token::Dollar)?,
            '\\' => self.push(Token::NewRow)?,
            '!' | ',' | ';' | ':' | ' ' | '>' => self.after_space = true,
            // Delimiters of inline and displayed mathematics.
            '(' | ')' | '[' | ']' => {}
            _ => return Err(Stop::Syntax),
        }
        Ok(&text[mark.len_utf8()..])
    }

    /// The argument of `\text` and its kin.
    fn text(&mut self, font: &str, content: &str) -> Result<(), Stop> {
        if self.text_depth >= MAX_TEXT_DEPTH {
            return Err(Stop::TooLarge);
        }
        let words = content.trim_matches([' ', '~', '.']);
        let spelled = words.trim_matches([',', ' ']);
        if spelled.is_empty() {
            return if words.contains(',') {
                self.push(Token::Comma)
            } else {
                Ok(())
            };
        }
        if let "and" | "or" = spelled {
            return self.push(Token::And);
        }
        // `\text{ min}` behind a number is a unit, not a minimum.
        if let Some(token) = name(words).filter(|_| words != "min" || self.out.is_empty()) {
            return self.push(token);
        }
        if !self.out.is_empty()
            && let Some(unit) = units::named(words, true)
        {
            return self.push(Token::Unit(unit));
        }
        let after_value = matches!(
            self.out.last().map(|last| &last.token),
            Some(
                Token::Number(_)
                    | Token::Symbol(_)
                    | Token::Close(_)
                    | Token::Unit(_)
                    | Token::Pi
                    | Token::Euler
                    | Token::Imaginary
                    | Token::Degree
                    | Token::Subscript(_)
            )
        );
        let all_letters = words
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b' ');
        if after_value
            && all_letters
            && let Some(unit) = units::counted(words)
        {
            return self.push(Token::Unit(unit));
        }
        if words.len() > 1 && all_letters {
            return self.push(
                if font.starts_with("text") || font == "mbox" || words.contains(' ') {
                    Token::Word(words.to_owned())
                } else {
                    Token::Symbol(words.to_owned())
                },
            );
        }
        self.text_depth += 1;
        self.push(Token::Open('g'))?;
        let start = self.out.len();
        self.run(content)?;
        self.text_depth -= 1;
        if self.out.len() == start + 1 && matches!(self.out[start].token, Token::Unit(_)) {
            // `\text{ \mathrm{~m}}`: still only a unit.
            self.out.remove(start - 1);
            return Ok(());
        }
        self.push(Token::Close('g'))
    }
}
