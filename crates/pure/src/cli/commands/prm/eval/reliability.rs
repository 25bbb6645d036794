//! The reliability diagram on a terminal.
//!
//! ```text
//!     P(good)    steps   says   good  0 %                                100 %
//!   0 –   7 %      812    3 %    5 %  █┃
//!   7 –  13 %        4   10 %   25 %  ░░░░┃░░░░░
//! ```
//!
//! A bar is the share of a bin's steps that are good, `┃` stands at the mean of what the model says of
//! them: they meet where 80 % means 80 %. A bar of few steps is drawn thin, for it says little.

use pure::prm::judgement::{Reliability, ReliabilityBin};

use super::bars::bar;

/// Cells of the longest bar.
const CELLS: usize = 40;

/// Fewer steps than this say little: their share may well be 30 points off.
const FEW: usize = 10;

pub fn draw(reliability: &Reliability) -> String {
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

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use pure::prm::judgement::JudgedSteps;

    use super::*;

    #[test]
    fn bins_stand_in_columns_with_their_counts_and_few_steps_are_drawn_thin() {
        let mut steps = JudgedSteps::default();
        steps.extend((0..20).map(|n| (0.25, n < 10))).unwrap();
        steps.extend([(0.875, true), (0.875, true)]).unwrap();
        let picture = draw(&Reliability::of(&steps, NonZeroU16::new(4).unwrap()));
        let expected = "    P(good)    steps   says   good  0 %                                100 %\n\
            \x20 0 –  25 %       20   25 %   50 %  ██████████┃█████████\n\
            \x2025 –  50 %        0\n\
            \x2050 –  75 %        0\n\
            \x2075 – 100 %        2   88 %  100 %  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░┃░░░░\n\
            █ steps that are good   ┃ what the model says   ░ fewer than 10 steps\n";
        assert_eq!(picture, expected, "\n{picture}");
    }
}
