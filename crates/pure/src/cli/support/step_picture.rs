//! The picture of an answer's steps on a terminal.
//!
//! ```text
//! "a": 3 steps, the lowest is 2
//!
//!    1  +0.800            │████████    First, add them up.
//! >  2  -0.400        ████│            That makes seven.
//!    3  +0.100            │█           So there are seven.
//! ```

use super::{Ink, harmless};

/// Cells of a bar on either side of nothing.
const CELLS: usize = 10;

/// Steps down, each with its reward, a bar of it and its text.
pub fn step_picture(name: &str, texts: &[String], rewards: &[f32], ink: Ink) -> String {
    let lowest = (0..rewards.len()).min_by(|&a, &b| rewards[a].total_cmp(&rewards[b]));
    let head = match lowest {
        None => format!("{name}: no steps"),
        Some(_) if rewards.len() == 1 => format!("{name}: 1 step"),
        Some(lowest) => {
            let (count, lowest) = (rewards.len(), lowest + 1);
            format!("{name}: {count} steps, the lowest is {lowest}")
        }
    };
    let mut out = format!("{}\n\n", ink.strong(&head));
    for (number, (text, &reward)) in texts.iter().zip(rewards).enumerate() {
        let mark = if Some(number) == lowest { '>' } else { ' ' };
        let place = format!("{mark} {:>3}  {reward:>+6.3}  ", number + 1);
        let beside = " ".repeat(place.chars().count() + 2 * CELLS + 3);
        let mut lines = text.trim().lines().map(harmless);
        let first = lines.next().unwrap_or_default();
        let shown = |line: &str| ink.shade(line, reward, 1.0);
        out += &format!("{place}{}  {}\n", bar(reward), shown(&first));
        for line in lines {
            out += &format!("{beside}{}\n", shown(&line));
        }
    }
    out + "\n"
}

/// To the left of the middle what is bad, to the right what is good.
fn bar(reward: f32) -> String {
    let cells = (reward.abs() * CELLS as f32).round() as usize;
    let full = "█".repeat(cells.min(CELLS));
    let (bad, good) = match reward < 0.0 {
        true => (full.as_str(), ""),
        false => ("", full.as_str()),
    };
    format!("{bad:>CELLS$}│{good:<CELLS$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_step_is_marked_and_bars_point_to_their_side() {
        let texts = ["One.", "Two\nlines.", "Three."].map(str::to_owned);
        let picture = step_picture("\"a\"", &texts, &[0.8, -0.4, 0.1], Ink::Plain);
        let expected = "\"a\": 3 steps, the lowest is 2\n\n\
            \x20   1  +0.800            │████████    One.\n\
            >   2  -0.400        ████│            Two\n\
            \x20                                     lines.\n\
            \x20   3  +0.100            │█           Three.\n\n";
        assert_eq!(picture, expected, "\n{picture}");
    }

    #[test]
    fn what_a_model_wrote_gives_the_terminal_no_commands() {
        let picture = step_picture("1", &["\x1b[2Jgone".to_owned()], &[0.5], Ink::Plain);
        assert!(!picture.contains('\x1b') && picture.contains("gone"));
    }

    #[test]
    fn an_answer_without_steps_is_said_to_have_none() {
        assert_eq!(step_picture("1", &[], &[], Ink::Plain), "1: no steps\n\n\n");
    }
}
