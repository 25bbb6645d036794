//! The part of [`Parser`] for brackets and matrices.

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
