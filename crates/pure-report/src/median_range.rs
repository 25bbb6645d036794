//! One number of several seeds: their median, and how far they lie apart.
//!
//! ```text
//! median = x_((n+1)/2)    if n is odd, else the mean of the two in the middle, of x_(1) <= … <= x_(n)
//! ```

use serde::Serialize;

/// The median of some values with the lowest and the highest; of one value it is that value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MedianRange {
    /// The value in the middle.
    pub median: f64,
    /// The lowest value.
    pub lowest: f64,
    /// The highest value.
    pub highest: f64,
}

impl MedianRange {
    /// That of some values, if there are any.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let (&lowest, &highest) = (values.first()?, values.last()?);
        let half = values.len() / 2;
        let median = if values.len() % 2 == 1 {
            values[half]
        } else {
            values[half - 1].midpoint(values[half])
        };
        Some(Self {
            median,
            lowest,
            highest,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        let range = MedianRange::of([3.0, -1.0, 2.0]).unwrap();
        assert_eq!(
            (range.median, range.lowest, range.highest),
            (2.0, -1.0, 3.0)
        );
        assert_eq!(MedianRange::of([1.0, 2.0]).unwrap().median, 1.5);
        assert_eq!(MedianRange::of([]), None);
    }
}
