//! Facts that the writer of solutions is unsure of, so that the accuracy of a model that learnt from
//! it is set and not hoped for.
//!
//! Whether a fact `a op b` is shaky, and the one wrong result it then usually has, is decided by a
//! hash: there is no table, and the same seed makes the same facts shaky in every file.

use super::problem::Operator;
use crate::hash::Hash;

#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    seed: u64,
    shaky: f64,
}

impl Facts {
    /// A `shaky` share of all facts.
    pub(super) fn new(seed: u64, shaky: f64) -> Self {
        Self { seed, shaky }
    }

    /// The usual wrong result of a fact, if it is shaky.
    pub(super) fn usual_mistake(
        &self,
        left: u32,
        operator: Operator,
        right: u32,
        modulus: u32,
    ) -> Option<u32> {
        let fact = Hash::new()
            .part(b"facts")
            .bytes(&self.seed.to_le_bytes())
            .bytes(&[operator.symbol() as u8])
            .bytes(&left.to_le_bytes())
            .bytes(&right.to_le_bytes())
            .bytes(&modulus.to_le_bytes());
        let uniform = (fact.mixed() >> 11) as f64 / (1_u64 << 53) as f64;
        if uniform >= self.shaky {
            return None;
        }
        let other = 1 + fact.part(b"mistake").mixed() % u64::from(modulus - 1);
        let other = u32::try_from(other).expect("below the modulus");
        Some((operator.apply(left, right, modulus) + other) % modulus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(facts: Facts) -> Vec<Option<u32>> {
        let mut all = Vec::new();
        for operator in Operator::ALL {
            for (left, right) in (0..97).flat_map(|a| (0..97).map(move |b| (a, b))) {
                let mistake = facts.usual_mistake(left, operator, right, 97);
                assert_ne!(mistake, Some(operator.apply(left, right, 97)));
                assert!(mistake.is_none_or(|result| result < 97));
                all.push(mistake);
            }
        }
        all
    }

    #[test]
    fn the_asked_share_of_facts_is_shaky_with_a_wrong_result_each() {
        let all = mistakes(Facts::new(0, 0.2));
        let shaky = all.iter().flatten().count() as f64 / all.len() as f64;
        assert!((shaky - 0.2).abs() < 0.01, "{shaky}");
        assert_ne!(all, mistakes(Facts::new(1, 0.2)));
        assert!(mistakes(Facts::new(0, 0.0)).iter().all(Option::is_none));
    }
}
