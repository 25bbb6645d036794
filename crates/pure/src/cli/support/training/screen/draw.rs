//! The screen of a run, whatever its size.
//!
//! ```text
//! train runs/rl                    iteration 11 of 40, 2:31 left     head
//! ███████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  25 %
//! rollout 0:04 (0:06 last time)
//!
//! Accuracy, held out    52.0 %    71.5 %    71.5 %  ▁▃▄▆█     numbers, as many as there is room for
//!
//! after 8: the reward is being hacked: …                     notices
//!
//! An answer of iteration 10: wrong                            answer: beside the rest on a wide screen
//!  1  +0.80  First, add them up.
//!
//! q or Ctrl-C saves a checkpoint and stops                    keys
//! ```

use pure::core::metrics::Metric;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Padding, Paragraph};

use super::answer;
use super::course::Course;
use super::styles::{ALARM, DIM, STOPPING, STRONG};
use super::wrapped::{cut, width, wrapped};
use crate::cli::support::training::pace::clock;
use crate::cli::support::training::rows::{Source, number};

/// Lines that numbers, and an answer below them, have before the others get more.
const LEAST_NUMBERS: usize = 6;
const LEAST_ANSWER: usize = 9;

/// From here on there is room for the answer beside the numbers.
const WIDE: u16 = 120;

/// Draws a run; `stops` if it was asked to stop.
pub fn draw(frame: &mut Frame<'_>, course: &Course, stops: bool) {
    let all = frame.area();
    let [top, body, bottom] = Layout::vertical([
        Constraint::Length(4),
        Constraint::Fill(1),
        Constraint::Length(1),
    ])
    .areas(all);
    frame.render_widget(Paragraph::new(head(course, all.width.into())), top);
    frame.render_widget(keys(course, stops, all.width.into()), bottom);
    let (left, right) = match all.width >= WIDE {
        true => {
            let sides = [Constraint::Fill(1), Constraint::Fill(1)];
            let [left, right] = Layout::horizontal(sides).areas(body);
            let frame_of = Block::new().borders(Borders::LEFT).border_style(DIM);
            let inner = frame_of
                .clone()
                .padding(Padding::horizontal(1))
                .inner(right);
            if course.answer.is_some() {
                frame.render_widget(frame_of, right);
            }
            (left, Some(inner))
        }
        false => (body, None),
    };
    // One cell stays free before the border.
    let width = usize::from(left.width).saturating_sub(usize::from(right.is_some()));
    let height = usize::from(left.height);
    let told = notices(course, width, height / 2);
    let below = match course.answer.is_some() && right.is_none() {
        true => told.len() + LEAST_ANSWER,
        false => told.len() + 1,
    };
    let mut lines = numbers(course, width);
    lines.truncate(height.saturating_sub(below).max(LEAST_NUMBERS).min(height));
    if !told.is_empty() {
        lines.push(Line::default());
        lines.extend(told);
    }
    if right.is_none() {
        let room = height.saturating_sub(lines.len() + 2);
        let shown = answer::lines(course, width, room);
        if !shown.is_empty() {
            lines.push(Line::default());
            lines.extend(shown);
        }
    }
    frame.render_widget(Paragraph::new(lines), left);
    if let Some(right) = right {
        let Rect { width, height, .. } = right;
        let shown = answer::lines(course, width.into(), height.into());
        frame.render_widget(Paragraph::new(shown), right);
    }
}

/// What it is, how far, how long still, and what is being done.
fn head(course: &Course, width: usize) -> Vec<Line<'static>> {
    let step = course.trainee.step();
    let (taken, steps) = (course.step, course.steps);
    let place = match (taken < steps, steps) {
        (_, 0) => String::new(),
        (true, _) => format!("{step} {} of {steps}", taken + 1),
        (false, _) => format!("all {steps} {step}s taken"),
    };
    let left = course.left().filter(|_| taken < steps);
    let left = left.map_or_else(String::new, |left| format!(", {} left", clock(left)));
    let place = place + &left;
    let room = width.saturating_sub(self::width(&place) + 2);
    let name = cut(&course.name, room);
    let gap = width.saturating_sub(self::width(&name) + self::width(&place));
    let share = taken as f64 / steps.max(1) as f64;
    // Rounded down: it is full, and 100 %, only when all is done.
    let percent = format!("{:>4} %", (100.0 * share) as usize);
    let cells = width.saturating_sub(percent.len() + 1);
    let full = ((share * cells as f64) as usize).min(cells);
    let (phase, since) = course.phase;
    let seconds = since.elapsed().as_secs_f64();
    let last = course.last_time().filter(|last| *last >= 1.0);
    let last = last.map_or_else(String::new, |last| format!(" ({} last time)", clock(last)));
    // Steps that take less flicker.
    let shown = if seconds >= 1.0 {
        format!(" {}", clock(seconds))
    } else {
        String::new()
    };
    let doing = format!("{phase}{shown}{last}");
    let elapsed = format!("{} so far", clock(course.elapsed()));
    let between = width.saturating_sub(self::width(&doing) + elapsed.len());
    vec![
        Line::from(vec![
            Span::styled(name, STRONG),
            Span::raw(" ".repeat(gap)),
            Span::styled(place, STRONG),
        ]),
        Line::from(vec![
            Span::styled("█".repeat(full), Style::new().fg(Color::Green)),
            Span::styled("░".repeat(cells - full), DIM),
            Span::raw(format!(" {percent}")),
        ]),
        Line::styled(format!("{doing}{}{elapsed}", " ".repeat(between)), DIM),
    ]
}

/// The numbers in columns: where they began, where they are, the best of them, and their course.
fn numbers(course: &Course, width: usize) -> Vec<Line<'static>> {
    let rows = course.trainee.rows().iter();
    let rows: Vec<_> = rows
        .filter_map(|row| Some((row.0, course.row(*row)?)))
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let labels = rows
        .iter()
        .map(|(source, (metric, _))| label(*source, *metric));
    let labels: Vec<String> = labels.collect();
    let longest = labels.iter().map(|label| self::width(label)).max();
    let named = longest.unwrap_or(0).min(width / 2);
    // A narrow screen leaves out where they began.
    let columns: &[&str] = match width {
        ..50 => &["now"],
        50..72 => &["now", "best"],
        _ => &["start", "now", "best"],
    };
    let cells = width.saturating_sub(named + 10 * columns.len() + 2);
    let mut head = " ".repeat(named);
    columns
        .iter()
        .for_each(|name| head += &format!("{name:>10}"));
    let mut lines = vec![Line::styled(head, DIM)];
    for (label, (_, (metric, series))) in labels.iter().zip(&rows) {
        let label = cut(label, named);
        let gap = " ".repeat(named - self::width(&label));
        let mut spans = vec![Span::raw(label + &gap)];
        for column in columns {
            let (value, style) = match *column {
                "start" => (series.first, DIM),
                "now" => (series.last, STRONG),
                _ => (series.best(metric.better), Style::new()),
            };
            let value = value.map_or_else(String::new, |value| number(*metric, value));
            spans.push(Span::styled(format!("{value:>10}"), style));
        }
        let course = Style::new().fg(Color::Cyan);
        let sparkline = format!("  {}", series.sparkline(cells));
        spans.push(Span::styled(sparkline, course));
        lines.push(Line::from(spans));
    }
    lines
}

/// What stands before the numbers of a metric.
fn label(source: Source, metric: Metric) -> String {
    match source {
        Source::HeldOut => format!("{}, held out", metric.title),
        Source::Training | Source::Speed => metric.title.to_owned(),
    }
}

/// What the monitor noticed, the last of it if there is no room for all.
fn notices(course: &Course, width: usize, room: usize) -> Vec<Line<'static>> {
    /// Lines for notices beside an answer.
    const MOST: usize = 6;
    let all = course.notices.iter();
    let lines = all.flat_map(|(step, text)| wrapped(&format!("after {step}: {text}"), width));
    let mut lines: Vec<Line<'_>> = lines.map(|line| Line::styled(line, ALARM)).collect();
    let kept = room.min(MOST);
    lines.drain(..lines.len().saturating_sub(kept));
    lines
}

/// What to press.
fn keys(course: &Course, stops: bool, width: usize) -> Line<'static> {
    match stops {
        true => {
            let step = course.trainee.step();
            let text = format!("saving after this {step}, then stopping; again: at once");
            Line::styled(cut(&text, width), STOPPING)
        }
        false => Line::styled(cut("q or Ctrl-C saves a checkpoint and stops", width), DIM),
    }
}
