//! A number over the steps of a run, in bounded memory, and the picture of it.
//!
//! Where there are more values than are kept, neighbours become their mean; the first, the last and the best one
//! stay as they are.

use pure::core::metrics::Better;

/// Values that are kept at most.
const KEPT: usize = 1024;

/// The values of a metric so far.
#[derive(Default)]
pub struct Series {
    means: Vec<f64>,
    /// Values that a mean is of.
    each: usize,
    /// Sum and count of those that are none yet.
    open: (f64, usize),
    pub first: Option<f64>,
    pub last: Option<f64>,
    lowest: Option<f64>,
    highest: Option<f64>,
}

impl Series {
    /// Takes the next value; what is no finite number is left out.
    pub fn push(&mut self, value: f64) {
        if !value.is_finite() {
            return;
        }
        self.first.get_or_insert(value);
        self.last = Some(value);
        self.lowest = Some(self.lowest.map_or(value, |lowest| lowest.min(value)));
        self.highest = Some(self.highest.map_or(value, |highest| highest.max(value)));
        self.open = (self.open.0 + value, self.open.1 + 1);
        if self.open.1 >= self.each.max(1) {
            self.means.push(self.open.0 / self.open.1 as f64);
            self.open = (0.0, 0);
        }
        if self.means.len() == 2 * KEPT {
            let pairs = self.means.chunks(2);
            self.means = pairs.map(|pair| pair.iter().sum::<f64>() / 2.0).collect();
            self.each = 2 * self.each.max(1);
        }
    }

    /// The best value, where one way is better.
    pub fn best(&self, better: Better) -> Option<f64> {
        match better {
            Better::Higher => self.highest,
            Better::Lower => self.lowest,
            Better::Neither => None,
        }
    }

    /// The course of it in so many cells at most: eighths of a cell between the lowest and the highest.
    pub fn sparkline(&self, cells: usize) -> String {
        const EIGHTHS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
        let values = &self.means;
        let cells = cells.min(values.len());
        let place = |cell: usize| cell * values.len() / cells;
        let cells = (0..cells).map(|cell| {
            let part = &values[place(cell)..place(cell + 1)];
            part.iter().sum::<f64>() / part.len() as f64
        });
        let cells: Vec<f64> = cells.collect();
        let low = cells.iter().copied().fold(f64::INFINITY, f64::min);
        let high = cells.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let eighth = |value: f64| match high > low {
            true => EIGHTHS[(7.0 * (value - low) / (high - low)).round() as usize],
            false => EIGHTHS[0],
        };
        cells.into_iter().map(eighth).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: impl IntoIterator<Item = f64>) -> Series {
        let mut series = Series::default();
        values.into_iter().for_each(|value| series.push(value));
        series
    }

    #[test]
    fn a_course_goes_from_the_lowest_eighth_to_the_highest() {
        assert_eq!(of((0..8).map(f64::from)).sparkline(20), "▁▂▃▄▅▆▇█");
        assert_eq!(of([0.0, 0.0, 1.0, 1.0]).sparkline(2), "▁█");
        assert_eq!(of([0.5, 0.5]).sparkline(9), "▁▁");
        assert_eq!(of([]).sparkline(9), "");
    }

    #[test]
    fn a_million_steps_take_bounded_memory_and_lose_neither_ends_nor_best() {
        let series = of((0..1_000_000).map(|step| if step == 77 { -5.0 } else { f64::from(step) }));
        assert!(series.means.len() < 2 * KEPT);
        assert_eq!((series.first, series.last), (Some(0.0), Some(999_999.0)));
        assert_eq!(series.best(Better::Lower), Some(-5.0));
        assert_eq!(series.sparkline(8), "▁▂▃▄▅▆▇█");
    }

    #[test]
    fn what_is_no_number_is_left_out() {
        let series = of([f64::NAN, 1.0, f64::INFINITY, 2.0]);
        assert_eq!((series.first, series.last), (Some(1.0), Some(2.0)));
        assert_eq!(series.best(Better::Higher), Some(2.0));
    }
}
