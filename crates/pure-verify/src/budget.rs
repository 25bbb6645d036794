//! The limits that make every comparison end quickly, whatever the text.
//!
//! Lengths, nesting, sizes of numbers and powers are limited where they arise; everything that
//! costs more than a few machine words is paid for from a [`Budget`]. One unit is about a
//! nanosecond. Whoever meets a limit gives up with a [`Stop`], which is never an equality.

/// Bytes of a prediction that are read, counted from its end: answers stand last.
pub(crate) const MAX_PREDICTION: usize = 1 << 16;
/// Bytes of one answer, after extraction.
pub(crate) const MAX_ANSWER: usize = 1 << 14;
/// Tokens of one answer.
pub(crate) const MAX_TOKENS: usize = 2_000;
/// Nested brackets, fractions, roots and powers of one answer.
pub(crate) const MAX_DEPTH: usize = 40;
/// Nodes from the root of an answer's tree to its farthest leaf.
pub(crate) const MAX_HEIGHT: usize = 60;
/// Calls of a comparison that are open at a time, where one is made inside another.
const MAX_CALLS: usize = 120;
/// Bits of a number; longer ones are compared digit by digit.
pub(crate) const MAX_BITS: u64 = 4_096;
/// Terms of a polynomial.
pub(crate) const MAX_TERMS: usize = 400;
/// Elements of a list, compared pair by pair.
pub(crate) const MAX_ITEMS: usize = 200;
/// What one comparison may cost.
const UNITS: u64 = 2_000_000;

/// Why a text was not understood or not compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Not mathematics, or mathematics of a kind that is not read.
    Syntax,
    /// Longer, deeper or larger than the limits.
    TooLarge,
    /// The comparison cost more than it may.
    Spent,
    /// A division by zero, the logarithm of zero and the like.
    Undefined,
}

/// What is left to spend.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    left: u64,
    calls: usize,
}

impl Budget {
    pub(crate) fn new() -> Self {
        Self {
            left: UNITS,
            calls: 0,
        }
    }

    /// Pays for `units` of work, or stops.
    pub(crate) fn spend(&mut self, units: u64) -> Result<(), Stop> {
        self.left = self.left.checked_sub(units).ok_or(Stop::Spent)?;
        Ok(())
    }

    /// Opens a call that others may be made inside of, or stops where too many are open.
    pub(crate) fn open(&mut self) -> Result<(), Stop> {
        if self.calls >= MAX_CALLS {
            return Err(Stop::TooLarge);
        }
        self.calls += 1;
        Ok(())
    }

    pub(crate) fn close(&mut self) {
        self.calls -= 1;
    }
}
