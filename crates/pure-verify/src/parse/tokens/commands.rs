//! The part of [`Lexer`] for LaTeX commands and for what follows a `^`.

use crate::budget::Stop;
use crate::parse::tokens::arguments::{plain, split_letters, unbraced};
use crate::parse::tokens::lexer::Lexer;
use crate::parse::tokens::token::{Token, command_token, name};
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
            }
            "\\prime" => self.push(Token::Prime)?,
            "\\prime\\prime" => {
                self.push(Token::Prime)?;
                self.push(Token::Prime)?;
            }
            _ => {
                self.push(Token::Caret)?;
                return Ok(text);
            }
        }
        Ok(rest)
    }

    /// What follows a backslash.
    pub(crate) fn command<'t>(&mut self, text: &'t str) -> Result<&'t str, Stop> {
        let (name, rest) = split_letters(text);
        if name.is_empty() {
            return self.escaped(text);
        }
        if let Some(token) = command_token(name) {
            self.push(token)?;
            return Ok(rest);
        }
        match name {
            "text" | "textbf" | "textit" | "textrm" | "textnormal" | "texttt" | "textsf"
            | "mbox" | "hbox" | "mathrm" | "mathbf" | "mathit" | "mathsf" | "mathnormal"
            | "operatorname" | "emph" | "boxed" | "fbox" => {
                let (argument, rest) = self.argument(rest.trim_start())?;
                self.text(name, unbraced(argument))?;
                Ok(rest)
            }
            "left" | "right" | "big" | "Big" | "bigg" | "Bigg" | "bigl" | "bigr" | "Bigl"
            | "Bigr" | "biggl" | "biggr" | "Biggl" | "Biggr" | "middle" => {
                Ok(rest.trim_start().strip_prefix('.').unwrap_or(rest))
            }
            "displaystyle" | "textstyle" | "scriptstyle" | "limits" | "nolimits" | "mathstrut"
            | "rm" | "bf" | "it" | "sf" | "tt" | "boldsymbol" | "bm" | "unicode" | "ensuremath"
            | "hspace" | "allowbreak" | "angle" | "triangle" | "measuredangle" => Ok(rest),
            "quad" | "qquad" | "enspace" | "thinspace" | "space" | "hfill" => {
                self.after_space = true;
                Ok(rest)
            }
            "begin" => {
                let (kind, rest) = self.argument(rest)?;
                match unbraced(kind) {
                    "matrix" | "pmatrix" | "bmatrix" | "Bmatrix" | "smallmatrix" | "array" => {
                        self.push(Token::BeginMatrix)?;
                    }
                    _ => return Err(Stop::Syntax),
                }
                // The columns of an array.
                match unbraced(kind) {
                    "array" => Ok(self.argument(rest.trim_start())?.1),
                    _ => Ok(rest),
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
            _ => {
                // `\pisqrt(3)`: a root or pi without its backslash, run into the command before it.
                for glued in ["sqrt", "pi"] {
                    if let Some(token) = name.strip_suffix(glued).and_then(command_token) {
                        self.push(token)?;
                        return Ok(&text[name.len() - glued.len()..]);
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
            self.out.last(),
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
        if let Some([Token::Unit(_)]) = self.out.get(start..) {
            // `\text{ \mathrm{~m}}`: still only a unit.
            self.out.remove(start - 1);
            return Ok(());
        }
        self.push(Token::Close('g'))
    }
}
