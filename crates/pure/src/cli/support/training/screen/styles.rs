//! How words on the screen look.

use ratatui::style::{Color, Modifier, Style};

pub const DIM: Style = Style::new().add_modifier(Modifier::DIM);
pub const STRONG: Style = Style::new().add_modifier(Modifier::BOLD);
pub const ALARM: Style = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);
pub const STOPPING: Style = Style::new().fg(Color::Yellow).add_modifier(Modifier::BOLD);
