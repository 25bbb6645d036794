//! The lexer of LaTeX and of the plain notation that is mixed into it.
//!
//! Spacing, sizes, fonts and dollar signs are dropped; `\text{...}` becomes a separator (`and`), a unit,
//! mathematics, or a word. The lexer also decides which characters form one number (`11,\!111`,
//! `2{,}000`, `10 000`, `1.5e-3`), and which names a run of letters consists of (`sqrt`, `cm`, or the product
//! `xy`).

use crate::budget::{Budget, MAX_TOKENS, Stop};
use crate::expr::Relation;
use crate::parse::tokens::arguments::{argument, plain, split_letters};
use crate::parse::tokens::digits::{count_digits, exponent, next_group, repeating, take_digits};
use crate::parse::tokens::token::{Token, letter_token, name};
use crate::parse::tokens::units;

/// Cuts `text` into tokens. With `grouping`, commas between groups of three digits outside of
/// brackets belong to the number.
pub(crate) fn tokens(text: &str, grouping: bool, budget: &Budget) -> Result<Vec<Token>, Stop> {
    let mut lexer = Lexer {
        budget,
        out: Vec::new(),
        grouping,
        nesting: 0,
        after_space: false,
        last_after_space: false,
        text_depth: 0,
    };
    lexer.run(text)?;
    Ok(lexer.out)
}

pub(crate) struct Lexer<'b> {
    budget: &'b Budget,
    pub(crate) out: Vec<Token>,
    grouping: bool,
    /// Open brackets, inside of which a comma always separates.
    nesting: usize,
    /// Whether space stands before the next token, and stood before the last one.
    pub(crate) after_space: bool,
    last_after_space: bool,
    pub(crate) text_depth: usize,
}

impl Lexer<'_> {
    pub(crate) fn push(&mut self, token: Token) -> Result<(), Stop> {
        if self.out.len() >= MAX_TOKENS {
            return Err(Stop::TooLarge);
        }
        match token {
            Token::Open('(' | '[' | '{') => self.nesting += 1,
            Token::Close(')' | ']' | '}') => self.nesting = self.nesting.saturating_sub(1),
            _ => {}
        }
        self.last_after_space = std::mem::take(&mut self.after_space);
        self.out.push(token);
        Ok(())
    }

    pub(crate) fn run(&mut self, text: &str) -> Result<(), Stop> {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            self.budget.spend(20)?;
            let before = rest.len();
            rest = match first {
                '0'..='9' => self.number(rest)?,
                '.' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => self.number(rest)?,
                'a'..='z' | 'A'..='Z' => self.letters(rest)?,
                '\\' => self.command(&rest[1..])?,
                '_' => {
                    let (argument, rest) = self.argument(rest[1..].trim_start())?;
                    self.push(Token::Subscript(plain(argument)))?;
                    rest
                }
                '^' => self.raised(&rest[1..])?,
                _ => {
                    self.mark(first)?;
                    &rest[first.len_utf8()..]
                }
            };
            self.budget.spend(10 * (before - rest.len()) as u64)?;
        }
        Ok(())
    }

    /// The argument of a command, whose end has to be searched for.
    pub(crate) fn argument<'t>(&mut self, text: &'t str) -> Result<(&'t str, &'t str), Stop> {
        let found = argument(text);
        let searched = found.map_or(text.len(), |(argument, _)| argument.len());
        self.budget.spend(2 * searched as u64)?;
        found
    }

    fn mark(&mut self, mark: char) -> Result<(), Stop> {
        let token = match mark {
            ' ' | '~' => {
                self.after_space = true;
                return Ok(());
            }
            '$' => return Ok(()),
            // A trailing decimal point or a full stop; `5 .real` has neither.
            '.' if self.after_space => return Err(Stop::Syntax),
            '.' => return Ok(()),
            '(' | '[' => Token::Open(mark),
            ')' | ']' => Token::Close(mark),
            '{' => Token::Open('g'),
            '}' => Token::Close('g'),
            '|' => Token::Bar,
            '+' => Token::Plus,
            '-' => Token::Minus,
            // Python's power.
            '*' if !self.after_space && self.out.last() == Some(&Token::Times) => {
                self.out.pop();
                Token::Caret
            }
            '*' => Token::Times,
            '/' => Token::Divide,
            ':' => Token::Colon,
            '\'' => Token::Prime,
            '!' => Token::Bang,
            '%' => Token::Percent,
            ',' | ';' => Token::Comma,
            '&' => Token::Ampersand,
            '=' => {
                let joined = match self.out.last().filter(|_| !self.after_space) {
                    Some(Token::Relation(Relation::Less)) => Relation::LessOrEqual,
                    Some(Token::Relation(Relation::Greater)) => Relation::GreaterOrEqual,
                    Some(Token::Relation(Relation::Equal)) => Relation::Equal,
                    Some(Token::Bang) => Relation::NotEqual,
                    _ => return self.push(Token::Relation(Relation::Equal)),
                };
                self.out.pop();
                Token::Relation(joined)
            }
            '<' => Token::Relation(Relation::Less),
            '>' => Token::Relation(Relation::Greater),
            _ => return Err(Stop::Syntax),
        };
        self.push(token)
    }

    /// One number with all its separators.
    fn number<'t>(&mut self, text: &'t str) -> Result<&'t str, Stop> {
        // `27,54,108,135`: the groups of one number are all alike, so this is a list.
        let spaced = self.after_space || self.last_after_space;
        let in_list =
            !spaced && matches!(self.out.as_slice(), [.., Token::Number(_), Token::Comma]);
        let grouped = (1..=3).contains(&count_digits(text));
        let mut digits = String::new();
        let mut rest = take_digits(text, &mut digits);
        let mut comma_seen = false;
        while grouped && let Some((separator, group)) = next_group(rest) {
            let joins = match separator {
                "," => {
                    self.grouping && self.nesting == 0 && digits.len() <= 3 && !in_list
                        || comma_seen
                }
                // Digits in groups of three; `48 519/1225` is a mixed number.
                " " => !self.follows_number() && !rest[separator.len() + 3..].starts_with('/'),
                _ => true,
            };
            if !joins {
                break;
            }
            digits.push_str(group);
            comma_seen |= separator.contains(',');
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

    pub(crate) fn follows_number(&self) -> bool {
        matches!(self.out.last(), Some(Token::Number(_)))
    }

    /// A run of letters: a known name, else a product of variables or a word.
    fn letters<'t>(&mut self, text: &'t str) -> Result<&'t str, Stop> {
        let (run, rest) = split_letters(text);
        // `36 square inches`, as in a text font.
        if let "square" | "cubic" = run
            && let Some(Token::Number(_) | Token::Close(_) | Token::Pi) = self.out.last()
        {
            let (unit, rest) = split_letters(rest.trim_start());
            if let Some(unit) = units::named(&format!("{run} {unit}"), false) {
                self.push(Token::Unit(unit))?;
                return Ok(rest);
            }
        }
        if let Some(token) = self.name_or_unit(run, rest) {
            self.push(token)?;
            return Ok(rest);
        }
        // `xsqrt(5)`, `kpi`: a variable run into a root or into pi.
        for (glued, token) in [("sqrt", Token::Root), ("pi", Token::Pi)] {
            if run.len() == 1 + glued.len() && run.ends_with(glued) {
                self.push(letter_token(char::from(run.as_bytes()[0])))?;
                self.push(token)?;
                return Ok(rest);
            }
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

    /// A run of letters as one token: a known name, or a unit where one may stand.
    fn name_or_unit(&self, run: &str, rest: &str) -> Option<Token> {
        if let Some(token) = name(run) {
            return Some(token);
        }
        let unit = match self.out.as_slice() {
            [.., Token::Number(_)]
                if run == "x" && self.after_space && rest.trim_start().starts_with("10^") =>
            {
                return Some(Token::Times);
            }
            [.., Token::Unit(_)] if run == "per" => return Some(Token::Divide),
            [.., Token::Unit(_), Token::Divide] => units::named(run, true),
            [
                ..,
                Token::Number(_) | Token::Close(_) | Token::Unit(_) | Token::Pi,
            ] if run.len() >= 2 => {
                let counts = self.after_space && run.len() >= 4;
                // `5 in` and `5 in^2`, where nothing stands behind that something could be in.
                let ends = matches!(rest.trim_start().bytes().next(), None | Some(b'^' | b'.'));
                units::named(run, run == "in" && ends)
                    .or_else(|| counts.then_some(run).and_then(units::counted))
            }
            _ => None,
        };
        unit.map(Token::Unit)
    }
}
