//! Texts in lines of so many cells.

use ratatui::text::Span;

/// The cells that a text takes.
pub fn width(text: &str) -> usize {
    Span::raw(text).width()
}

/// A text in one line, its end left out where there is no room for it.
pub fn cut(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let (line, _) = split(text, room.saturating_sub(1));
    match room {
        0 => String::new(),
        _ => format!("{line}…"),
    }
}

/// A text in lines, between words where that can be.
pub fn wrapped(text: &str, room: usize) -> Vec<String> {
    let (mut lines, mut line) = (Vec::new(), String::new());
    if room == 0 {
        return lines;
    }
    for word in text.split(' ') {
        let gap = usize::from(!line.is_empty());
        if width(&line) + gap + width(word) <= room {
            if gap > 0 {
                line.push(' ');
            }
            line += word;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        let mut rest = word;
        while width(rest) > room {
            let (first, more) = split(rest, room);
            if first.is_empty() {
                break;
            }
            lines.push(first.to_owned());
            rest = more;
        }
        line = rest.to_owned();
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// As much of a text as there is room for, and the rest.
fn split(text: &str, room: usize) -> (&str, &str) {
    let mut used = 0;
    for (place, character) in text.char_indices() {
        let cells = width(character.encode_utf8(&mut [0; 4]));
        if used + cells > room {
            return text.split_at(place);
        }
        used += cells;
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_between_words_and_long_words_are_divided() {
        assert_eq!(wrapped("one two three", 8), ["one two", "three"]);
        assert_eq!(wrapped("a 0123456789 b", 4), ["a", "0123", "4567", "89 b"]);
        assert_eq!(wrapped("", 4), Vec::<String>::new());
    }

    #[test]
    fn a_character_of_two_cells_takes_two() {
        assert_eq!(wrapped("数学数学", 5), ["数学", "数学"]);
        assert_eq!(wrapped("数学", 1), ["数学"]);
        assert_eq!(cut("数学数学", 6), "数学…");
    }

    #[test]
    fn what_is_cut_ends_in_dots() {
        assert_eq!(
            ["abc", "abcd", "abcde"].map(|text| cut(text, 4)),
            ["abc", "abcd", "abc…"]
        );
        assert_eq!(cut("abc", 0), "");
    }
}
