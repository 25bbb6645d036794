//! Changes of texts of any kind: bytes, numbers, words and lines.

use super::dice::Dice;
use super::odd::{CHARACTERS, NUMBERS};

/// A text of which some pieces are changed, `pieces` among those that are put in.
pub fn changed(dice: &mut Dice, bases: &[String], pieces: &[&str]) -> Vec<u8> {
    let base = dice.below(bases.len());
    let mut text = bases[base].clone();
    for _ in 0..1 + dice.below(3) {
        text = match dice.below(12) {
            0..=1 => with_number(dice, &text),
            2 => with_characters(dice, &text),
            3..=4 => with_piece(dice, &text, pieces),
            5 => with_words_swapped(dice, &text),
            6 => without_part(dice, &text),
            7 => with_line_of(dice, &text, &bases[(base + 1) % bases.len()]),
            8 => nested(dice, &text),
            9 => without_line(dice, &text),
            10 => with_part_repeated(dice, &text),
            _ => with_word_of(dice, &text),
        };
    }
    let mut bytes = text.into_bytes();
    if dice.one_in(4) && !bytes.is_empty() {
        damage(dice, &mut bytes);
    }
    bytes
}

/// Changes single bytes.
pub fn damage(dice: &mut Dice, bytes: &mut Vec<u8>) {
    for _ in 0..1 + dice.below(3) {
        if bytes.is_empty() {
            return;
        }
        let at = dice.below(bytes.len());
        match dice.below(4) {
            0 => bytes[at] = dice.next() as u8,
            1 => bytes[at] ^= 1 << dice.below(8),
            2 => bytes.insert(at, dice.next() as u8),
            _ => {
                bytes.remove(at);
            }
        }
    }
    if dice.one_in(8) {
        let kept = dice.below(bytes.len() + 1);
        bytes.truncate(kept);
    }
}

/// A place between two characters.
fn place(dice: &mut Dice, text: &str) -> usize {
    let mut at = dice.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Where words are: letters, digits and what joins them.
fn words(text: &str) -> Vec<(usize, usize)> {
    let mut words = Vec::new();
    let mut start = None;
    let end = (text.len(), ' ');
    for (at, character) in text.char_indices().chain([end]) {
        let is_word = character.is_alphanumeric() || "_-.".contains(character);
        match start {
            None if is_word => start = Some(at),
            Some(from) if !is_word => {
                words.push((from, at));
                start = None;
            }
            _ => (),
        }
    }
    words
}

fn replaced(text: &str, (from, to): (usize, usize), with: &str) -> String {
    [&text[..from], with, &text[to..]].concat()
}

fn with_number(dice: &mut Dice, text: &str) -> String {
    let mut numbers = words(text);
    numbers.retain(|&(from, _)| text.as_bytes()[from].is_ascii_digit());
    match numbers.is_empty() {
        true => text.to_owned(),
        false => replaced(
            text,
            *dice.pick(&numbers),
            NUMBERS[dice.below(NUMBERS.len())],
        ),
    }
}

fn with_characters(dice: &mut Dice, text: &str) -> String {
    let at = place(dice, text);
    let times = [1, 1, 1, 40, 400][dice.below(5)];
    replaced(text, (at, at), &dice.pick(&CHARACTERS).repeat(times))
}

fn with_piece(dice: &mut Dice, text: &str, pieces: &[&str]) -> String {
    let from = place(dice, text);
    let mut to = (from + dice.below(6)).min(text.len());
    while !text.is_char_boundary(to) {
        to += 1;
    }
    let count = 1 + dice.below(3);
    let piece: String = (0..count).map(|_| *dice.pick(pieces)).collect();
    replaced(text, (from, to), &piece)
}

fn with_words_swapped(dice: &mut Dice, text: &str) -> String {
    let words = words(text);
    if words.is_empty() {
        return text.to_owned();
    }
    let (one, other) = (*dice.pick(&words), *dice.pick(&words));
    let (first, second) = (one.min(other), one.max(other));
    if first == second {
        return text.to_owned();
    }
    [
        &text[..first.0],
        &text[second.0..second.1],
        &text[first.1..second.0],
        &text[first.0..first.1],
        &text[second.1..],
    ]
    .concat()
}

/// A word becomes another of the same text.
fn with_word_of(dice: &mut Dice, text: &str) -> String {
    let words = words(text);
    if words.is_empty() {
        return text.to_owned();
    }
    let (from, to) = *dice.pick(&words);
    let word = text[from..to].to_owned();
    replaced(text, *dice.pick(&words), &word)
}

fn without_part(dice: &mut Dice, text: &str) -> String {
    let (one, other) = (place(dice, text), place(dice, text));
    let (from, to) = (one.min(other), one.max(other));
    // Most often a small one.
    let mut to = if dice.one_in(4) {
        to
    } else {
        to.min(from + 20)
    };
    while !text.is_char_boundary(to) {
        to += 1;
    }
    replaced(text, (from, to), "")
}

fn with_part_repeated(dice: &mut Dice, text: &str) -> String {
    let from = place(dice, text);
    let mut to = (from + 1 + dice.below(12)).min(text.len());
    while !text.is_char_boundary(to) {
        to += 1;
    }
    let times = [2, 3, 100, 2_000][dice.below(4)];
    let part = text[from..to].repeat(times);
    replaced(text, (from, to), &part)
}

/// Something opens again and again, and sometimes closes.
fn nested(dice: &mut Dice, text: &str) -> String {
    const NESTS: [(&str, &str); 10] = [
        ("[", "]"),
        ("{", "}"),
        ("{a=", "}"),
        ("{\"a\":", "}"),
        ("[[", "]]"),
        ("a.", ""),
        ("(", ")"),
        ("\"", "\""),
        ("'''", "'''"),
        ("[\"", "\"]"),
    ];
    let at = place(dice, text);
    let (open, close) = *dice.pick(&NESTS);
    let times = [2, 30, 200, 10_000][dice.below(4)];
    let close = if dice.one_in(2) { close } else { "" };
    let nest = open.repeat(times) + "1" + &close.repeat(times);
    replaced(text, (at, at), &nest)
}

fn without_line(dice: &mut Dice, text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    if lines.is_empty() {
        return String::new();
    }
    let (one, other) = (dice.below(lines.len()), dice.below(lines.len()));
    match dice.one_in(2) {
        true => lines.swap(one, other),
        false => drop(lines.remove(one)),
    }
    lines.join(if dice.one_in(6) { "\r\n" } else { "\n" })
}

fn with_line_of(dice: &mut Dice, text: &str, other: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let others: Vec<&str> = other.lines().collect();
    if others.is_empty() {
        return text.to_owned();
    }
    let at = dice.below(lines.len() + 1);
    lines.insert(at, others[dice.below(others.len())]);
    lines.join("\n")
}
