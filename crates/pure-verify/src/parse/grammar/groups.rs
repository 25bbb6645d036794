//! The part of [`Parser`] for brackets and matrices, and brackets around a whole answer, which mean nothing.

use crate::budget::Stop;
use crate::expr::{Expr, Function};
use crate::parse::grammar::parser::Parser;
use crate::parse::tokens::token::Token;

impl Parser<'_> {
    /// Tokens of the group of LaTeX that starts `ahead`, its braces included.
    pub(crate) fn group_length(&self, ahead: usize) -> Option<usize> {
        let mut depth = 0usize;
        for length in 1.. {
            match self.peek_at(ahead + length - 1)? {
                Token::Open('g') => depth += 1,
                Token::Close('g') => depth = depth.checked_sub(1)?,
                _ => {}
            }
            if depth == 0 {
                return Some(length);
            }
        }
        None
    }

    /// What an opened bracket holds.
    pub(crate) fn group(&mut self, open: char) -> Result<Expr, Stop> {
        let bars = std::mem::take(&mut self.bars);
        let items = self.items();
        self.bars = bars;
        let mut items = items?;
        let Some(Token::Close(close)) = self.next() else {
            return Err(Stop::Syntax);
        };
        match (open, close) {
            ('{', '}') => Ok(Expr::Set(items)),
            ('f', 'f') if items.len() == 1 => {
                Ok(Expr::Call(Function::Floor, Box::new(items.remove(0))))
            }
            ('c', 'c') if items.len() == 1 => {
                Ok(Expr::Call(Function::Ceil, Box::new(items.remove(0))))
            }
            ('(', ')') | ('[', ']') | ('g', 'g') if items.len() == 1 => Ok(items.remove(0)),
            ('g', 'g') if items.len() > 1 => Ok(Expr::List(items)),
            ('(' | '[', ')' | ']') if items.len() > 1 => Ok(Expr::Bracket(open, items, close)),
            _ => Err(Stop::Syntax),
        }
    }

    pub(crate) fn matrix(&mut self) -> Result<Expr, Stop> {
        let mut rows = vec![vec![]];
        loop {
            match self.peek() {
                Some(Token::EndMatrix) => {
                    self.at += 1;
                    if rows.last().is_some_and(Vec::is_empty) {
                        rows.pop();
                    }
                    let width = rows.first().map_or(0, Vec::len);
                    if width == 0 || rows.iter().any(|row| row.len() != width) {
                        return Err(Stop::Syntax);
                    }
                    return Ok(Expr::Matrix(rows));
                }
                Some(Token::NewRow) => {
                    self.at += 1;
                    rows.push(vec![]);
                }
                Some(Token::Ampersand) => self.at += 1,
                _ => {
                    let cell = self.sum()?;
                    rows.last_mut().ok_or(Stop::Syntax)?.push(cell);
                }
            }
        }
    }
}

/// Drops brackets around everything, `[[(5)]]`, as long as they hold a single value.
pub(crate) fn without_outer_brackets(mut tokens: Vec<Token>) -> Vec<Token> {
    let mut open = Vec::new();
    let mut partner = vec![usize::MAX; tokens.len()];
    let mut comma_in = vec![false; tokens.len()];
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Open(_) => open.push(at),
            Token::Close(kind) => {
                let matching = match kind {
                    ')' => '(',
                    ']' => '[',
                    '}' => '{',
                    other => *other,
                };
                if let Some(start) = open.pop()
                    && tokens[start] == Token::Open(matching)
                {
                    partner[start] = at;
                }
            }
            Token::Comma | Token::And => {
                if let Some(&start) = open.last() {
                    comma_in[start] = true;
                }
            }
            _ => {}
        }
    }
    let (mut first, mut last) = (0, tokens.len());
    while first + 2 < last
        && partner[first] == last - 1
        && (!comma_in[first] || tokens[first] == Token::Open('g'))
        && matches!(tokens[first], Token::Open('(' | '[' | '{' | 'g'))
    {
        first += 1;
        last -= 1;
    }
    tokens.truncate(last);
    tokens.drain(..first);
    tokens
}
