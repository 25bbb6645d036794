//! What was left out of a measurement, and why. A number is only as good as one knows what it is of.

use serde::Serialize;

/// Reasons that are kept; the others are counted.
const REASONS: usize = 10;

/// Records that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Skipped {
    /// How many.
    pub count: usize,
    /// Why, for the first ten of them, each with its place.
    pub reasons: Vec<String>,
}

impl Skipped {
    /// Counts one more.
    pub(super) fn add(&mut self, reason: impl ToString) {
        self.count += 1;
        if self.reasons.len() < REASONS {
            self.reasons.push(reason.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_counted_and_the_first_ones_explained() {
        let mut skipped = Skipped::default();
        for line in 1..=25 {
            skipped.add(format_args!("line {line}"));
        }
        assert_eq!((skipped.count, skipped.reasons.len()), (25, 10));
        assert_eq!(skipped.reasons[9], "line 10");
    }
}
