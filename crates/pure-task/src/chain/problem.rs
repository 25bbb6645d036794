//! A problem and the order in which it is worked.
//!
//! ```text
//! prompt  = [ "mod " number ": " ] chain "="
//! chain   = term { operator term }            at least one operator
//! term    = number | "(" chain ")"            brackets never around a whole problem or another bracket
//! ```
//!
//! A chain is worked from left to right, whatever its operators. An operation's left side is worked
//! before its right side. So `2+(3*4)-(1-(5+6))=` takes `3*4`, `2+` that, `5+6`, `1-` that, and the
//! difference. Modulo 10 need not be said, every other modulus must be.
//!
//! Every problem has exactly one prompt, and every prompt is of exactly one problem and level.

use super::level::Level;

/// An operation on two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
}

impl Operator {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Add, Self::Subtract, Self::Multiply];

    /// How it is written.
    pub fn symbol(self) -> char {
        match self {
            Self::Add => '+',
            Self::Subtract => '-',
            Self::Multiply => '*',
        }
    }

    /// The operator that is written so.
    pub fn from_symbol(symbol: char) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.symbol() == symbol)
    }

    /// Its result on numbers below the modulus.
    ///
    /// # Panics
    ///
    /// If the modulus is 0, or its square no `u32`.
    pub fn apply(self, left: u32, right: u32, modulus: u32) -> u32 {
        match self {
            Self::Add => (left + right) % modulus,
            Self::Subtract => (left + modulus - right) % modulus,
            Self::Multiply => left * right % modulus,
        }
    }
}

/// One side of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operand {
    /// A number of the prompt.
    Given(u32),
    /// The result of an earlier operation, counted from 0.
    Result(usize),
}

impl Operand {
    /// Its value, given the results of all operations before.
    ///
    /// # Panics
    ///
    /// If it is the result of an operation that was not yet worked.
    pub fn value(self, results: &[u32]) -> u32 {
        match self {
            Self::Given(number) => number,
            Self::Result(index) => results[index],
        }
    }
}

/// One operation of a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Operation {
    /// Its left side.
    pub left: Operand,
    /// What is done.
    pub operator: Operator,
    /// Its right side.
    pub right: Operand,
}

/// An operation on numbers, with the result that is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Solved {
    pub left: u32,
    pub operator: Operator,
    pub right: u32,
    pub result: u32,
}

impl Operation {
    /// How it is worked rightly, given the results of all operations before.
    pub(super) fn work(self, results: &[u32], modulus: u32) -> Solved {
        let (left, right) = (self.left.value(results), self.right.value(results));
        Solved {
            left,
            operator: self.operator,
            right,
            result: self.operator.apply(left, right, modulus),
        }
    }
}

/// A problem of the built-in task.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Problem {
    level: Level,
    prompt: String,
    operations: Vec<Operation>,
    answer: u32,
}

impl Problem {
    /// `operations` in the order of working, one at least.
    pub(super) fn new(level: Level, prompt: String, operations: Vec<Operation>) -> Self {
        let mut results = Vec::with_capacity(operations.len());
        for operation in &operations {
            results.push(operation.work(&results, level.modulus).result);
        }
        let answer = *results.last().expect("a problem has an operation");
        Self {
            level,
            prompt,
            operations,
            answer,
        }
    }

    /// What the model is asked.
    pub fn prompt(&self) -> &str {
        &self.prompt
    }

    /// Its operations in the order of working.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The right answer.
    pub fn answer(&self) -> u32 {
        self.answer
    }

    /// Its level, as the prompt tells it.
    pub fn level(&self) -> Level {
        self.level
    }

    /// What all arithmetic is modulo.
    pub fn modulus(&self) -> u32 {
        self.level.modulus
    }
}
