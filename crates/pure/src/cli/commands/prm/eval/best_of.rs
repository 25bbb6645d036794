//! The curve of best-of-n on a terminal.
//!
//! ```text
//! n  best of n  pass@n
//! 1     41.2 %  41.2 %  ████████████████▌
//! 2     47.0 %  53.3 %  ██████████████████░░░
//! ```

use pure::prm::judgement::BestOfN;

use super::bars::bar;
use super::rows;
use crate::cli::support::table::numbers_in;

/// Cells of the longest bar.
const CELLS: usize = 40;

pub fn draw(found: &BestOfN) -> String {
    let mut rows = rows::curve(found).into_iter();
    let with = |[n, best, pass]: [String; 3], bar: String| [n, best, pass, bar];
    let mut all: Vec<[String; 4]> = rows
        .by_ref()
        .take(1)
        .map(|row| with(row, String::new()))
        .collect();
    all.extend(rows.zip(&found.curve).map(|(row, point)| {
        let mut cells = bar(point.best, CELLS);
        let pass = (point.pass * CELLS as f64).round() as usize;
        let beyond = cells[..pass.min(CELLS)].iter_mut();
        beyond
            .filter(|cell| **cell == ' ')
            .for_each(|cell| *cell = '░');
        with(row, cells.into_iter().collect())
    }));
    let key = "█ the highest score is right   ░ some sample is right: no score can do better\n";
    numbers_in(0..3, all) + key
}

#[cfg(test)]
mod tests {
    use pure::prm::judgement::Sample;

    use super::*;

    #[test]
    fn what_is_reached_and_what_could_be_stand_in_one_bar() {
        let sample = |score, right| Sample {
            score,
            right,
            answer: None,
        };
        let problem = [sample(1.0, false), sample(0.0, true)];
        let picture = draw(&BestOfN::of(&[problem]).unwrap());
        let expected = "n  best of n   pass@n\n\
            1     50.0 %   50.0 %  ████████████████████\n\
            2      0.0 %  100.0 %  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░\n";
        assert!(picture.starts_with(expected), "\n{picture}");
    }
}
