//! Pictures on a terminal, of Unicode blocks: the reliability diagram and the curve of best-of-n.
//!
//! ```text
//!     P(good)    steps   says   good  0 %                                100 %
//!   0 –   7 %      812    3 %    5 %  █┃
//!   7 –  13 %        4   10 %   25 %  ░░░░┃░░░░░
//!
//! n  best of n  pass@n
//! 1     41.2 %  41.2 %  ████████████████▌
//! 2     47.0 %  53.3 %  ██████████████████░░░
//! ```
//!
//! In the diagram a bar is the share of a bin's steps that are good, `┃` stands at the mean of what the model says of
//! them: they meet where 80 % means 80 %. A bar of few steps is drawn thin, for it says little.

use pure::prm::judgement::{BestOfN, Reliability, ReliabilityBin};

use super::rows;
use crate::cli::support::numbers_in;

/// Cells of the longest bar.
const CELLS: usize = 40;

/// A cell, filled by so many eighths.
const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/// Fewer steps than this say little: their share may well be 30 points off.
const FEW: usize = 10;

pub fn reliability(reliability: &Reliability) -> String {
    let mut out = format!(
        "{:>11}  {:>7}  {:>5}  {:>5}  0 %{:>width$}\n",
        "P(good)",
        "steps",
        "says",
        "good",
        "100 %",
        width = CELLS - 3
    );
    for bin in &reliability.bins {
        out += &line(bin);
    }
    out += "█ steps that are good   ┃ what the model says";
    let few = |bin: &ReliabilityBin| (1..FEW).contains(&bin.steps);
    if reliability.bins.iter().any(few) {
        out += &format!("   ░ fewer than {FEW} steps");
    }
    out + "\n"
}

fn line(bin: &ReliabilityBin) -> String {
    let whole = |share: f64| format!("{:.0} %", 100.0 * share);
    let range = format!("{:>3.0} – {:>5}", 100.0 * bin.above, whole(bin.up_to));
    let (Some(says), Some(good)) = (bin.mean_predicted, bin.share_good) else {
        return format!("{range}  {:>7}\n", 0);
    };
    let mut cells = bar(good, CELLS);
    if bin.steps < FEW {
        for cell in cells.iter_mut().filter(|cell| **cell != ' ') {
            *cell = '░';
        }
    }
    cells[((says * CELLS as f64) as usize).min(CELLS - 1)] = '┃';
    let cells: String = cells.into_iter().collect();
    let (says, good) = (whole(says), whole(good));
    let line = format!("{range}  {:>7}  {says:>5}  {good:>5}  {cells}", bin.steps);
    line.trim_end().to_owned() + "\n"
}

pub fn best_of_n(found: &BestOfN) -> String {
    let bars = found.curve.iter().map(|point| {
        let mut cells = bar(point.best, CELLS);
        let pass = (point.pass * CELLS as f64).round() as usize;
        let beyond = cells[..pass.min(CELLS)].iter_mut();
        for cell in beyond.filter(|cell| **cell == ' ') {
            *cell = '░';
        }
        cells.into_iter().collect()
    });
    let bars = std::iter::once(String::new()).chain(bars);
    let rows = rows::curve(found).into_iter().zip(bars);
    let rows = rows.map(|([n, best, pass], bar)| [n, best, pass, bar]);
    let key = "█ the highest score is right   ░ some sample is right: no score can do better\n";
    numbers_in(0..3, rows.collect()) + key
}

/// A bar of this share of so many cells, padded with spaces.
pub fn bar(share: f64, cells: usize) -> Vec<char> {
    let eighths = (share.clamp(0.0, 1.0) * (8 * cells) as f64).round() as usize;
    let mut bar = vec!['█'; eighths / 8];
    match eighths % 8 {
        0 => {}
        part => bar.push(EIGHTHS[part]),
    }
    bar.resize(cells, ' ');
    bar
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use pure::prm::judgement::{Candidate, JudgedSteps};

    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        let text = |share| bar(share, 4).into_iter().collect::<String>();
        assert_eq!(text(0.0), "    ");
        assert_eq!(text(0.5), "██  ");
        assert_eq!(text(0.5 + 1.0 / 32.0), "██▏ ");
        assert_eq!(text(1.0), "████");
    }

    #[test]
    fn bins_stand_in_columns_with_their_counts_and_few_steps_are_drawn_thin() {
        let mut steps = JudgedSteps::default();
        steps.extend((0..20).map(|n| (0.25, n < 10))).unwrap();
        steps.extend([(0.875, true), (0.875, true)]).unwrap();
        let picture = reliability(&Reliability::of(&steps, NonZeroU16::new(4).unwrap()));
        let expected = "    P(good)    steps   says   good  0 %                                100 %\n\
            \x20 0 –  25 %       20   25 %   50 %  ██████████┃█████████\n\
            \x2025 –  50 %        0\n\
            \x2050 –  75 %        0\n\
            \x2075 – 100 %        2   88 %  100 %  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░┃░░░░\n\
            █ steps that are good   ┃ what the model says   ░ fewer than 10 steps\n";
        assert_eq!(picture, expected, "\n{picture}");
    }

    #[test]
    fn what_is_reached_and_what_could_be_stand_in_one_bar() {
        let sample = |score, right| Candidate {
            score,
            right,
            answer: None,
        };
        let problem = [sample(1.0, false), sample(0.0, true)];
        let picture = best_of_n(&BestOfN::of(&[problem]).unwrap());
        let expected = "n  best of n   pass@n\n\
            1     50.0 %   50.0 %  ████████████████████\n\
            2      0.0 %  100.0 %  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░\n";
        assert!(picture.starts_with(expected), "\n{picture}");
    }
}
