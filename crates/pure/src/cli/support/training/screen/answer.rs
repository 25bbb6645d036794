//! An answer of the last step, its steps coloured by their rewards.

use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};

use super::course::Course;
use super::styles::{DIM, STRONG};
use super::wrapped::wrapped;
use crate::cli::support::{harmless, shade};

/// Lines of a step's text, and of the prompt, at most.
const MOST: usize = 3;

/// It in so many lines at most; nothing where there is none, or no room.
pub fn lines(course: &Course, width: usize, room: usize) -> Vec<Line<'static>> {
    /// Fewer lines show nothing of use.
    const LEAST: usize = 4;
    let Some((step, answer)) = course.answer.as_ref().filter(|_| room >= LEAST) else {
        return Vec::new();
    };
    let (verdict, style) = match answer.is_right {
        Some(true) => ("right", Style::new().fg(Color::Green)),
        Some(false) => ("wrong", Style::new().fg(Color::Red)),
        None => ("not verified", DIM),
    };
    let mut lines = vec![Line::from(vec![
        Span::styled(
            format!("An answer of {} {step}: ", course.trainee.step()),
            STRONG,
        ),
        Span::styled(verdict, style.patch(STRONG)),
        Span::styled(if answer.is_cut { ", cut off" } else { "" }, style),
    ])];
    // The end of a prompt is the question; before it may stand instructions.
    let prompt = wrapped(&plain(&answer.prompt), width);
    let from = prompt.len().saturating_sub(MOST.min(room / 4));
    lines.extend(
        prompt[from..]
            .iter()
            .map(|line| Line::styled(line.clone(), DIM)),
    );
    let steps = answer
        .steps
        .iter()
        .filter(|(text, _)| !text.trim().is_empty());
    let steps: Vec<_> = steps.enumerate().collect();
    for (number, (text, reward)) in &steps {
        let shown = of_step(number + 1, text, *reward, width);
        let is_last = number + 1 == steps.len();
        if lines.len() + shown.len() + usize::from(!is_last) > room {
            let more = format!("… {} steps more", steps.len() - number);
            lines.push(Line::styled(more, DIM));
            break;
        }
        lines.extend(shown);
    }
    lines
}

/// A step: its number, its reward, its text on a ground of the reward's colour.
fn of_step(number: usize, text: &str, reward: Option<f32>, width: usize) -> Vec<Line<'static>> {
    let place = match reward {
        // Not -0.00.
        Some(reward) => format!("{number:>3} {:>+6.2}  ", reward + 0.0),
        None => format!("{number:>3}  "),
    };
    let beside = " ".repeat(place.len());
    let style = match reward.and_then(|reward| shade(reward, 1.0)) {
        Some(ground) => Style::new()
            .bg(Color::Indexed(ground))
            .fg(Color::Indexed(231)),
        None => Style::new(),
    };
    let mut lines = wrapped(&plain(text), width.saturating_sub(place.len()));
    if lines.len() > MOST {
        lines.truncate(MOST);
        lines[MOST - 1].push('…');
    }
    let before = std::iter::once(place).chain(std::iter::repeat(beside));
    let lines = lines.into_iter().zip(before);
    let lines =
        lines.map(|(line, before)| Line::from(vec![Span::raw(before), Span::styled(line, style)]));
    lines.collect()
}

/// A text as one paragraph that a terminal shows and does not obey.
fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    harmless(&words.join(" ")).into_owned()
}
