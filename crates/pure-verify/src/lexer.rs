//! LaTeX, and the plain notation that is mixed into it, cut into tokens.
//!
//! Spacing, sizes, fonts and dollar signs vanish here; `\text{...}` becomes what its words are: a
//! separator (`and`), a unit, mathematics, or a word. Two facts need more than one character and
//! are settled here too: what belongs to one number (`11,\!111`, `2{,}000`, `10 000`, `1.5e-3`) and
//! which names a run of letters holds (`sqrt`, `cm`, or the product `xy`).

use crate::budget::{MAX_TOKENS, Stop};
use crate::digits::{exponent, first_group, next_group, repeating, separator_seen, take_digits};
use crate::expr::Relation;
use crate::names::{command_token, is_font, is_matrix, letter_token, name};
use crate::token::{Spaced, Token};
use crate::units;

/// How many `\text` may stand inside one another.
const MAX_TEXT_DEPTH: usize = 4;

/// Cuts `text` into tokens. With `grouping`, commas between groups of three digits outside of
/// brackets belong to the number.
pub(crate) fn tokens(text: &str, grouping: bool) -> Result<Vec<Spaced>, Stop> {
    let mut lexer = Lexer {
        out: Vec::new(),
        grouping,
        nesting: 0,
        after_space: false,
        text_depth: 0,
    };
    lexer.run(text)?;
    Ok(lexer.out)
}

struct Lexer {
    out: Vec<Spaced>,
    grouping: bool,
    /// Open brackets, inside of which a comma always separates.
    nesting: usize,
    after_space: bool,
    text_depth: usize,
}

impl Lexer {
    fn push(&mut self, token: Token) -> Result<(), Stop> {
        if self.out.len() >= MAX_TOKENS {
            return Err(Stop::TooLarge);
        }
        match token {
            Token::Open('(' | '[' | '{') => self.nesting += 1,
            Token::Close(')' | ']' | '}') => self.nesting = self.nesting.saturating_sub(1),
            _ => {}
        }
        let after_space = std::mem::take(&mut self.after_space);
        self.out.push(Spaced { token, after_space });
        Ok(())
    }

    fn run(&mut self, text: &str) -> Result<(), Stop> {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            rest = match first {
                '0'..='9' => self.number(rest)?,
                '.' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => self.number(rest)?,
                'a'..='z' | 'A'..='Z' => self.letters(rest)?,
                '\\' => self.command(&rest[1..])?,
                '_' => {
                    let (argument, rest) = argument(rest[1..].trim_start())?;
                    self.push(Token::Subscript(plain(argument)))?;
                    rest
                }
                '^' => self.raised(&rest[1..])?,
                _ => {
                    self.mark(first)?;
                    &rest[first.len_utf8()..]
                }
            };
        }
        Ok(())
    }

    fn mark(&mut self, mark: char) -> Result<(), Stop> {
        let token = match mark {
            ' ' | '~' => {
                self.after_space = true;
                return Ok(());
            }
            '$' => return Ok(()),
            // What is left of a decimal point or ends a sentence; `5 .real` is neither.
            '.' if self.after_space => return Err(Stop::Syntax),
            '.' => return Ok(()),
            '(' => Token::Open('('),
            ')' => Token::Close(')'),
            '[' => Token::Open('['),
            ']' => Token::Close(']'),
            '{' => Token::Open('g'),
            '}' => Token::Close('g'),
            '|' => Token::Bar,
            '+' => Token::Plus,
            '-' => Token::Minus,
            '*' => {
                // Python's power.
                if !self.after_space
                    && matches!(self.out.last(), Some(last) if last.token == Token::Times)
                {
                    self.out.pop();
                    Token::Caret
                } else {
                    Token::Times
                }
            }
            '/' => Token::Divide,
            ':' => Token::Colon,
            '\'' => Token::Prime,
            '!' => Token::Bang,
            '%' => Token::Percent,
            ',' | ';' => Token::Comma,
            '&' => Token::Ampersand,
            '=' => {
                let last = self
                    .out
                    .last_mut()
                    .filter(|_| !self.after_space)
                    .map(|last| &mut last.token);
                match last {
                    Some(Token::Relation(relation @ Relation::Less)) => {
                        *relation = Relation::LessOrEqual;
                        return Ok(());
                    }
                    Some(Token::Relation(relation @ Relation::Greater)) => {
                        *relation = Relation::GreaterOrEqual;
                        return Ok(());
                    }
                    Some(Token::Relation(Relation::Equal)) => return Ok(()),
                    Some(last @ Token::Bang) => {
                        *last = Token::Relation(Relation::NotEqual);
                        return Ok(());
                    }
                    _ => Token::Relation(Relation::Equal),
                }
            }
            '<' => Token::Relation(Relation::Less),
            '>' => Token::Relation(Relation::Greater),
            _ => return Err(Stop::Syntax),
        };
        self.push(token)
    }

    /// One number with all its separators.
    fn number<'t>(&mut self, text: &'t str) -> Result<&'t str, Stop> {
        let mut digits = String::new();
        let mut rest = take_digits(text, &mut digits);
        while let Some((separator, group)) = next_group(rest) {
            let joins = match separator {
                "," => {
                    self.grouping && self.nesting == 0 && digits.len() <= 3
                        || separator_seen(text, rest)
                }
                // Digits in groups of three.
                " " => (1..=3).contains(&first_group(text)) && !self.follows_number(),
                _ => true,
            };
            if !joins || first_group(text) > 3 || first_group(text) == 0 {
                break;
            }
            digits.push_str(group);
            rest = &rest[separator.len() + 3..];
        }
        if let Some(fraction) = rest.strip_prefix('.')
            && fraction.starts_with(|c: char| c.is_ascii_digit())
        {
            digits.push('.');
            rest = take_digits(fraction, &mut digits);
        }
        rest = repeating(rest, &mut digits);
        rest = exponent(rest, &mut digits);
        self.push(Token::Number(digits))?;
        Ok(rest)
    }

    fn follows_number(&self) -> bool {
        matches!(self.out.last(), Some(last) if matches!(last.token, Token::Number(_)))
    }

    /// A run of letters: names as far as they are known, else a product or a word.
    fn letters<'t>(&mut self, text: &'t str) -> Result<&'t str, Stop> {
        let end = text
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(text.len());
        let (run, rest) = text.split_at(end);
        if let Some(token) = name(run) {
            self.push(token)?;
            return Ok(rest);
        }
        if run == "x"
            && self.follows_number()
            && self.after_space
            && rest.trim_start().starts_with("10^")
        {
            self.push(Token::Times)?;
            return Ok(rest);
        }
        let after_value = matches!(
            self.out.last().map(|last| &last.token),
            Some(Token::Number(_) | Token::Close(_) | Token::Unit(_) | Token::Pi)
        );
        let of_unit = matches!(
            self.out.as_slice(),
            [
                ..,
                Spaced {
                    token: Token::Unit(_),
                    ..
                },
                Spaced {
                    token: Token::Divide,
                    ..
                }
            ]
        );
        if of_unit && let Some(unit) = units::named(run, true) {
            self.push(Token::Unit(unit))?;
            return Ok(rest);
        }
        if after_value
            && run.len() >= 2
            && let Some(unit) = units::named(run, false)
        {
            self.push(Token::Unit(unit))?;
            return Ok(rest);
        }
        if after_value
            && self.after_space
            && run.len() >= 4
            && let Some(unit) = units::counted(run)
        {
            self.push(Token::Unit(unit))?;
            return Ok(rest);
        }
        if run.len() <= 3 {
            for letter in run.chars() {
                self.push(letter_token(letter))?;
            }
        } else if run.bytes().all(|byte| byte.is_ascii_uppercase()) {
            self.push(Token::Symbol(run.to_owned()))?;
        } else {
            self.push(Token::Word(run.to_owned()))?;
        }
        Ok(rest)
    }

    /// What follows a `^`: degrees and primes are no powers.
    fn raised<'t>(&mut self, text: &'t str) -> Result<&'t str, Stop> {
        let trimmed = text.trim_start();
        let (argument, rest) = argument(trimmed).unwrap_or((trimmed, ""));
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
    fn command<'t>(&mut self, text: &'t str) -> Result<&'t str, Stop> {
        let end = text
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(text.len());
        if end == 0 {
            return self.escaped(text);
        }
        let (name, rest) = text.split_at(end);
        if is_font(name) {
            let (argument, rest) = argument(rest.trim_start())?;
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
                let (kind, rest) = argument(rest)?;
                if !is_matrix(unbraced(kind)) {
                    return Err(Stop::Syntax);
                }
                self.push(Token::BeginMatrix)?;
                // The columns of an array.
                if unbraced(kind) == "array" {
                    Ok(argument(rest.trim_start())?.1)
                } else {
                    Ok(rest)
                }
            }
            "end" => {
                self.push(Token::EndMatrix)?;
                Ok(argument(rest)?.1)
            }
            "dot" | "ddot" | "vec" | "hat" | "bar" | "tilde" | "widehat" | "overrightarrow"
            | "mathbb" | "mathcal" | "mathscr" | "mathfrak" => {
                let (argument, rest) = argument(rest.trim_start())?;
                self.push(Token::Symbol(format!("\\{name}{{{}}}", plain(argument))))?;
                Ok(rest)
            }
            "angle" | "triangle" | "measuredangle" => Ok(rest),
            _ => {
                self.push(Token::Symbol(format!("\\{name}")))?;
                Ok(rest)
            }
        }
    }

    /// A backslash before a mark.
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
        if let Some(token) = name(words) {
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

/// The argument of a command: a braced group, braces included, or one character or command.
fn argument(text: &str) -> Result<(&str, &str), Stop> {
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

fn unbraced(argument: &str) -> &str {
    argument
        .strip_prefix('{')
        .and_then(|inner| inner.strip_suffix('}'))
        .unwrap_or(argument)
}

/// A subscript or accent as a name: without fonts, braces and spaces.
fn plain(argument: &str) -> String {
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
