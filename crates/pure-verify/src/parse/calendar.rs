//! Times of day and dates, each in one canonical wording.

use std::ops::RangeInclusive;

use crate::expr::Expr;

const MONTHS: &str = "january february march april may june july august september october november \
                      december";

/// A time or a date, if the text is one.
pub(crate) fn calendar(text: &str) -> Option<Expr> {
    clock(text)
        .or_else(|| slashed(text))
        .or_else(|| date(text))
        .map(Expr::Text)
}

fn is_number(text: &str, lengths: RangeInclusive<usize>) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `3:30`, `3:30 p.m.`: the digits as they are, since a ratio and a time look alike.
fn clock(text: &str) -> Option<String> {
    let (hour, rest) = text.split_once(':')?;
    let (minute, rest) = rest.split_at_checked(2)?;
    let mut half = rest.to_ascii_lowercase();
    half.retain(|c| c.is_ascii_alphabetic());
    let half = half.strip_prefix("text").unwrap_or(&half);
    let fits = is_number(hour, 1..=2)
        && is_number(minute, 2..=2)
        && matches!(half, "" | "am" | "pm")
        && !rest.contains(|c: char| c.is_ascii_digit());
    fits.then(|| format!("{}:{minute} {half}", hour.trim_start_matches('0')))
        .map(|time| time.trim_end().to_owned())
}

/// `5/16/2021` is the sixteenth of May; `5/6/2021` is ambiguous, so it equals only itself.
fn slashed(text: &str) -> Option<String> {
    let (first, rest) = text.split_once('/')?;
    let (second, year) = rest.split_once('/')?;
    if !is_number(first, 1..=2) || !is_number(second, 1..=2) || !is_number(year, 4..=4) {
        return None;
    }
    match (first.parse().ok()?, second.parse().ok()?) {
        (month @ 1..=12, day @ 13..=31) | (day @ 13..=31, month @ 1..=12) => {
            Some(format!("day {day} of month {month} {year}"))
        }
        (first @ 1..=12, second @ 1..=12) => Some(format!("{first}/{second}/{year}")),
        _ => None,
    }
}

/// `May 5, 2021`, `5th May 2021`, `the 5th of May`.
fn date(text: &str) -> Option<String> {
    if text.len() > 40 {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let (mut month, mut day, mut year) = (None, None, None);
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    for word in words.filter(|word| !word.is_empty()) {
        let is_month = |name: &str| name == word || name[..3] == *word;
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let (slot, value) = match (digits.len(), &word[digits.len()..]) {
            (0, _) if let Some(at) = MONTHS.split(' ').position(is_month) => {
                (&mut month, (at + 1).to_string())
            }
            (0, "the" | "of") => continue,
            (4, "") => (&mut year, digits.to_owned()),
            (1..=2, "" | "st" | "nd" | "rd" | "th") => {
                (&mut day, digits.trim_start_matches('0').to_owned())
            }
            _ => return None,
        };
        if slot.replace(value).is_some() {
            // A second month, day or year.
            return None;
        }
    }
    let year = year.unwrap_or_default();
    let date = format!("day {} of month {} {year}", day?, month?);
    Some(date.trim_end().to_owned())
}
