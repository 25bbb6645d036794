//! The parser, by recursive descent: the whole answer, lists, relations, unions and ratios.
//!
//! ```text
//! items    = relation {("," | "and") relation}
//! relation = union {("=" | "<" | "\in" | ...) union}
//! union    = ratio {"\cup" ratio}
//! ratio    = sum {":" sum}
//! sum      = sign term {sign term}
//! term     = factor {["*" | "/"] factor} [unit]
//! ```
//!
//! Departures from programming languages: factors stand side by side, a whole number before a proper
//! fraction is a mixed number, and an interval may close with another bracket than it opened with.
//! Levels of nesting are counted and the height of every factor is checked, which bounds the recursion of
//! the parser and of everything that walks its trees.

use crate::budget::{Budget, MAX_DEPTH, MAX_HEIGHT, MAX_ITEMS, Stop};
use crate::expr::{Expr, Relation};
use crate::parse::grammar::brackets::without_outer_brackets;
use crate::parse::tokens::lexer::tokens;
use crate::parse::tokens::token::Token;

/// Reads the whole of `text` as one answer.
pub(crate) fn parse(text: &str, grouping: bool, budget: &Budget) -> Result<Expr, Stop> {
    parse_inside(text, grouping, 0, budget)
}

/// Reads `text`, which stands `depth` levels deep in an answer.
pub(crate) fn parse_inside(
    text: &str,
    grouping: bool,
    depth: usize,
    budget: &Budget,
) -> Result<Expr, Stop> {
    let mut tokens = tokens(text, grouping, budget)?;
    while let Some(Token::NewRow | Token::Comma) = tokens.last() {
        tokens.pop();
    }
    let equals = |token: &&Token| **token == Token::Relation(Relation::Equal);
    let leading = tokens.iter().take_while(equals).count();
    tokens.drain(..leading);
    let mut parser = Parser {
        tokens: without_outer_brackets(tokens),
        at: 0,
        depth,
        bars: 0,
        budget,
    };
    let items = parser.items()?;
    if items.is_empty() || parser.at < parser.tokens.len() {
        return Err(Stop::Syntax);
    }
    bounded(one_or(items, Expr::List))
}

/// The only part, or what several are together.
pub(crate) fn one_or(mut parts: Vec<Expr>, several: impl FnOnce(Vec<Expr>) -> Expr) -> Expr {
    if parts.len() == 1 {
        parts.remove(0)
    } else {
        several(parts)
    }
}

/// The tree, if it is low enough to be walked by recursion.
pub(crate) fn bounded(expr: Expr) -> Result<Expr, Stop> {
    if expr.height() > MAX_HEIGHT {
        return Err(Stop::TooLarge);
    }
    Ok(expr)
}

pub(crate) struct Parser<'b> {
    pub(crate) tokens: Vec<Token>,
    pub(crate) at: usize,
    pub(crate) depth: usize,
    /// Absolute values that are open, inside of which a bar closes.
    pub(crate) bars: usize,
    pub(crate) budget: &'b Budget,
}

impl Parser<'_> {
    /// Pays for parsing the tokens since `start`, and for a walk through their tree.
    pub(crate) fn pay(&mut self, start: usize) -> Result<(), Stop> {
        self.budget.spend(100 + 40 * (self.at - start) as u64)
    }

    pub(crate) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    pub(crate) fn peek_at(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead)
    }

    pub(crate) fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some(token.clone())
    }

    pub(crate) fn take(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        self.at += usize::from(found);
        found
    }

    pub(crate) fn expect(&mut self, token: &Token) -> Result<(), Stop> {
        self.take(token).then_some(()).ok_or(Stop::Syntax)
    }

    /// Parses one level deeper, unless that is too deep.
    pub(crate) fn deeper<T>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        if self.depth >= MAX_DEPTH {
            return Err(Stop::TooLarge);
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    pub(crate) fn items(&mut self) -> Result<Vec<Expr>, Stop> {
        let mut items = Vec::new();
        loop {
            while self.take(&Token::Comma) || self.take(&Token::And) || self.take(&Token::NewRow) {}
            if matches!(self.peek(), None | Some(Token::Close(_))) {
                return Ok(items);
            }
            items.push(self.relation()?);
            if items.len() > MAX_ITEMS {
                return Err(Stop::TooLarge);
            }
            if !matches!(self.peek(), Some(Token::Comma | Token::And | Token::NewRow)) {
                return Ok(items);
            }
        }
    }

    pub(crate) fn relation(&mut self) -> Result<Expr, Stop> {
        let mut sides = vec![self.side()?];
        let mut relations = Vec::new();
        while let Some(&Token::Relation(relation)) = self.peek() {
            self.at += 1;
            // `x = \approx 8.24`.
            while relation == Relation::Equal && self.take(&Token::Relation(Relation::Equal)) {}
            sides.push(self.side()?);
            relations.push(relation);
            if sides.len() > MAX_DEPTH {
                return Err(Stop::TooLarge);
            }
        }
        Ok(one_or(sides, |sides| Expr::Related(sides, relations)))
    }

    /// One side of a relation, which may be a word: `name = \text{Navin}`.
    fn side(&mut self) -> Result<Expr, Stop> {
        if let Some(Token::Word(word)) = self.peek() {
            let word = Expr::Text(word.to_lowercase());
            self.at += 1;
            return Ok(word);
        }
        self.defined_function().map_or_else(|| self.union(), Ok)
    }

    /// `f(x, y)` where `=` follows: a name, not a product.
    fn defined_function(&mut self) -> Option<Expr> {
        let (Token::Symbol(name), Token::Open('(')) = (self.peek()?, self.peek_at(1)?) else {
            return None;
        };
        let (name, mut arguments, mut ahead) = (name.clone(), Vec::new(), 2);
        while let Token::Symbol(argument) = self.peek_at(ahead)? {
            arguments.push(Expr::Symbol(argument.clone()));
            ahead += 2;
            match self.peek_at(ahead - 1)? {
                Token::Comma => {}
                Token::Close(')')
                    if self.peek_at(ahead) == Some(&Token::Relation(Relation::Equal)) =>
                {
                    self.at += ahead;
                    return Some(Expr::Apply(name, arguments));
                }
                _ => return None,
            }
        }
        None
    }

    fn union(&mut self) -> Result<Expr, Stop> {
        let mut parts = vec![self.ratio()?];
        while self.take(&Token::Union) {
            parts.push(self.ratio()?);
            if parts.len() > MAX_ITEMS {
                return Err(Stop::TooLarge);
            }
        }
        Ok(one_or(parts, Expr::Union))
    }

    fn ratio(&mut self) -> Result<Expr, Stop> {
        let mut parts = vec![self.sum()?];
        while self.take(&Token::Colon) {
            parts.push(self.sum()?);
        }
        Ok(one_or(parts, Expr::Ratio))
    }
}
