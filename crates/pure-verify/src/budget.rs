//! The limits that make every verdict quick and small, whatever the texts are.
//!
//! Lengths, nesting and sizes of numbers are limited where they arise. Work beyond a pass over a text is
//! charged to a [`Budget`] before it is done, in units of about a nanosecond. It is counted, not timed, so
//! the same texts always get the same verdict. Hitting a limit gives a [`Stop`], which never makes two
//! answers equal.

use std::cell::Cell;

/// Bytes of a prediction that are read, counted from its end, where the answer stands.
pub(crate) const MAX_PREDICTION: usize = 1 << 16;
/// Bytes of one answer; a longer one is equal to the same text and to nothing else.
pub(crate) const MAX_ANSWER: usize = 1 << 14;
/// Tokens of one answer.
pub(crate) const MAX_TOKENS: usize = 2_000;
/// Nested brackets, fractions, roots and powers of one answer.
pub(crate) const MAX_DEPTH: usize = 40;
/// Nodes from the root of an answer's tree to its farthest leaf.
pub(crate) const MAX_HEIGHT: usize = 60;
/// Recursive calls of a comparison that may be open at a time.
const MAX_CALLS: usize = 120;
/// Bits of a number that is computed with.
pub(crate) const MAX_BITS: u64 = 4_096;
/// Terms of a polynomial.
pub(crate) const MAX_TERMS: usize = 400;
/// Elements of a list, compared pair by pair.
pub(crate) const MAX_ITEMS: usize = 200;
/// The work that parsing and comparing two answers may cost together.
pub(crate) const MAX_WORK: u64 = 2_000_000;

/// Why a text was not parsed or not compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Not mathematics, or of a kind that is not supported.
    Syntax,
    /// Longer, deeper or larger than the limits.
    TooLarge,
    /// It would have cost more than is left of the budget.
    Spent,
    /// A division by zero, the logarithm of zero and the like.
    Undefined,
    /// Neither equality nor difference was proven.
    Undecided,
}

/// The work that is left for a verdict. All that work for the verdict share one, hence the cells.
#[derive(Debug)]
pub(crate) struct Budget {
    left: Cell<u64>,
    exceeded: Cell<bool>,
    /// Recursive calls that are open.
    calls: Cell<usize>,
}

impl Budget {
    pub(crate) fn new() -> Self {
        Self {
            left: Cell::new(MAX_WORK),
            exceeded: Cell::new(false),
            calls: Cell::new(0),
        }
    }

    /// Pays for `units` of work, or stops.
    pub(crate) fn spend(&self, units: u64) -> Result<(), Stop> {
        let Some(left) = self.left.get().checked_sub(units) else {
            self.exceeded.set(true);
            return Err(Stop::Spent);
        };
        self.left.set(left);
        Ok(())
    }

    /// Pays for a division or a greatest common divisor of numbers that have so many bits together.
    pub(crate) fn divide(&self, bits: u64) -> Result<(), Stop> {
        let words = 1 + bits / 64;
        self.spend(100 + 8 * bits + 16 * words * words)
    }

    /// The work done so far.
    pub(crate) fn work(&self) -> u64 {
        MAX_WORK - self.left.get()
    }

    /// Whether something was refused because it would have cost more than was left.
    pub(crate) fn is_exceeded(&self) -> bool {
        self.exceeded.get()
    }

    /// Makes a recursive call, or stops where too many are open.
    pub(crate) fn nested<T>(&self, call: impl FnOnce() -> T) -> Result<T, Stop> {
        let calls = self.calls.get();
        if calls >= MAX_CALLS {
            return Err(Stop::TooLarge);
        }
        self.calls.set(calls + 1);
        let result = call();
        self.calls.set(calls);
        Ok(result)
    }
}
