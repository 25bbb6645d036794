//! Sample points at which functions are compared. They are pseudo-random with a fixed seed, so that the
//! same answers always get the same verdict.

use num_rational::BigRational;

pub(crate) struct Random {
    state: u64,
}

impl Random {
    pub(crate) fn new() -> Self {
        Self {
            state: 0x9e37_79b9_7f4a_7c15,
        }
    }

    fn below(&mut self, limit: u64) -> i64 {
        // Xorshift64*.
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) % limit) as i64
    }

    /// A value for the variable `at`: positive in the first rounds, where roots and logarithms are
    /// defined; later all negative, then one half of the variables, then the other.
    pub(crate) fn value(&mut self, natural: bool, round: u64, at: usize) -> BigRational {
        if natural {
            return BigRational::from_integer((2 + 3 * round as i64 + self.below(3)).into());
        }
        let denominator = [1, 2, 3, 5][self.below(4) as usize];
        let value = 1 + self.below(60);
        let negative = match round {
            4 => true,
            5 => at.is_multiple_of(2),
            6 => !at.is_multiple_of(2),
            7 => self.below(2) == 0,
            _ => false,
        };
        BigRational::new(
            (if negative { -value } else { value }).into(),
            denominator.into(),
        )
    }
}
