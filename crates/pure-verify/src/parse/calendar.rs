//! Times of day and dates, each in one canonical wording.

use crate::expr::Expr;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A time or a date, if the text is one.
pub(crate) fn calendar(text: &str) -> Option<Expr> {
    clock(text)
        .or_else(|| slashed(text))
        .or_else(|| date(text))
        .map(Expr::Text)
}

/// `3:30`, `3:30 p.m.`: the digits as they are, since a ratio and a time look alike.
fn clock(text: &str) -> Option<String> {
    let (hour, rest) = text.split_once(':')?;
    let (minute, rest) = rest.split_at_checked(2)?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let half: String = rest
        .to_ascii_lowercase()
        .chars()
        .filter(|c| c.is_ascii_alphabetic())
        .collect();
    let half = half.strip_prefix("text").unwrap_or(&half);
    let fits = (1..=2).contains(&hour.len())
        && digits(hour)
        && digits(minute)
        && matches!(half, "" | "am" | "pm")
        && !rest.contains(|c: char| c.is_ascii_digit());
    fits.then(|| {
        format!("{}:{minute} {half}", hour.trim_start_matches('0'))
            .trim_end()
            .to_owned()
    })
}

/// `5/16/2021` is the sixteenth of May; `5/6/2021` is ambiguous, so it equals only itself.
fn slashed(text: &str) -> Option<String> {
    let mut parts = text.split('/');
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    let number = |part: &str| {
        let fits = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| fits)
    };
    let (first, second) = (number(first)?, number(second)?);
    if parts.next().is_some()
        || year.len() != 4
        || !year.bytes().all(|byte| byte.is_ascii_digit())
        || !(1..=31).contains(&first)
        || !(1..=31).contains(&second)
    {
        return None;
    }
    match (first, second) {
        (month @ 1..=12, day @ 13..) | (day @ 13.., month @ 1..=12) => {
            Some(format!("day {day} of month {month} {year}"))
        }
        (1..=12, 1..=12) => Some(format!("{first}/{second}/{year}")),
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
    for word in lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let ending = &word[digits.len()..];
        let slot = if let Some(at) = MONTHS
            .iter()
            .position(|name| *name == word || name[..3] == *word)
        {
            month.replace(at + 1).map(|_| ())
        } else if matches!(word, "the" | "of") {
            None
        } else if digits.len() == 4 && ending.is_empty() {
            year.replace(digits.to_owned()).map(|_| ())
        } else if (1..=2).contains(&digits.len())
            && matches!(ending, "" | "st" | "nd" | "rd" | "th")
        {
            day.replace(digits.trim_start_matches('0').to_owned())
                .map(|_| ())
        } else {
            return None;
        };
        if slot.is_some() {
            // A second month, day or year.
            return None;
        }
    }
    Some(
        format!(
            "day {} of month {} {}",
            day?,
            month?,
            year.unwrap_or_default()
        )
        .trim_end()
        .to_owned(),
    )
}
