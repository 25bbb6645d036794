//! Numbers: which characters belong to one, and its value.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Pow, ToPrimitive};

use crate::budget::{Budget, Stop};
use crate::expr::Expr;
use crate::expr::rational::Rational;

/// Digits of a number that is computed with; a longer one is treated as a symbol.
const MAX_DIGITS: usize = 1_000;

pub(crate) fn take_digits<'t>(text: &'t str, out: &mut String) -> &'t str {
    let (digits, rest) = text.split_at(count_digits(text));
    out.push_str(digits);
    rest
}

/// How many digits `text` begins with.
pub(crate) fn count_digits(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len())
}

/// A separator of thousands and the three digits behind it.
pub(crate) fn next_group<'t>(text: &'t str) -> Option<(&'t str, &'t str)> {
    const SEPARATORS: [&str; 10] = [
        ",\\!\\!", ",\\! ", ",\\!", "{,}", "{,\\!}", "\\,", ",\\,", "~", ",", " ",
    ];
    let group_of = |rest: &'t str| {
        let group = rest.get(..3)?;
        let whole = group.bytes().all(|byte| byte.is_ascii_digit())
            && !rest[3..].starts_with(|c: char| c.is_ascii_digit());
        whole.then_some(group)
    };
    let found = SEPARATORS.iter().find_map(|separator| {
        let rest = text.strip_prefix(separator)?;
        Some((*separator, group_of(rest)?))
    });
    found.or_else(|| {
        // `, \! `: spaces around the negative space that marks a separator.
        let after = text.strip_prefix(',')?.trim_start_matches(' ');
        let rest = after.strip_prefix("\\!")?.trim_start_matches(' ');
        let separator = &text[..text.len() - rest.len()];
        Some((separator, group_of(rest)?))
    })
}

/// `\overline{6}` behind a decimal point: digits that repeat.
pub(crate) fn repeating<'t>(text: &'t str, out: &mut String) -> &'t str {
    let rest = if out.contains('.') {
        text
    } else {
        text.strip_prefix('.').unwrap_or("")
    };
    let Some((digits, rest)) = rest
        .strip_prefix("\\overline{")
        .and_then(|rest| rest.split_once('}'))
    else {
        return text;
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return text;
    }
    if !out.contains('.') {
        out.push('.');
    }
    out.extend(["(", digits, ")"]);
    rest
}

/// `e-3` behind a number; `e` alone is Euler's.
pub(crate) fn exponent<'t>(text: &'t str, out: &mut String) -> &'t str {
    let Some(rest) = text.strip_prefix(['e', 'E']) else {
        return times_exponent(text, out).unwrap_or(text);
    };
    // `1.45e - 5`, `1e - 5`: Euler's number has no decimals before it, and no 1.
    let spaces = out.contains('.') || out == "1";
    let spaced = if spaces { rest.trim_start() } else { rest };
    let (rest, gap) = match spaced.strip_prefix("- ") {
        Some(digits) if spaces => (digits, true),
        _ => (rest, false),
    };
    let (sign, digits) = match rest.strip_prefix('-') {
        None if gap => ("-", rest),
        Some(digits) => ("-", digits),
        None => ("", rest.strip_prefix('+').unwrap_or(rest)),
    };
    let end = count_digits(digits);
    if end == 0 || digits[end..].starts_with(|c: char| c.is_ascii_alphabetic()) {
        return text;
    }
    out.push('e');
    out.push_str(sign);
    out.push_str(&digits[..end]);
    &digits[end..]
}

/// `\cdot e19` and `*e19`: digits that touch an `e` are an exponent. `*e-19` may be a difference.
fn times_exponent<'t>(text: &'t str, out: &mut String) -> Option<&'t str> {
    let rest = text.trim_start_matches(' ');
    let rest = ["*", "\\cdot", "\\times"]
        .iter()
        .find_map(|times| rest.strip_prefix(times))?;
    let digits = rest.trim_start_matches(' ').strip_prefix(['e', 'E'])?;
    let end = count_digits(digits);
    if end == 0 || digits[end..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '.') {
        return None;
    }
    out.push('e');
    out.push_str(&digits[..end]);
    Some(&digits[end..])
}

/// The value of written digits: `1.25`, `.5`, `3e-7`, `0.1(6)`.
pub(crate) fn literal(text: &str, budget: &Budget) -> Result<Expr, Stop> {
    if text.len() < 18
        && let Ok(value) = text.parse::<i64>()
    {
        return Ok(Expr::integer(value));
    }
    let (mantissa, exponent) = match text.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().unwrap_or(i64::MAX)),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let (fraction, repeating) = match fraction.split_once('(') {
        Some((fraction, repeating)) => (fraction, repeating.trim_end_matches(')')),
        None => (fraction, ""),
    };
    let length = whole.len() + fraction.len() + repeating.len();
    if length > MAX_DIGITS || exponent.saturating_abs() > MAX_DIGITS as i64 {
        // A symbol equals itself and nothing else.
        return Ok(Expr::Symbol(text.trim_start_matches('0').to_owned()));
    }
    // Reduction to lowest terms, by the number of digits above and below the line.
    let digits = length as u64 + exponent.unsigned_abs() + fraction.len() as u64;
    budget.divide(4 * digits)?;
    let parse = |digits: &str| digits.parse::<BigInt>().map_err(|_| Stop::Syntax);
    let ten = || BigInt::from(10);
    let mut value = BigRational::from_integer(parse(&format!("{whole}{fraction}0"))? / ten());
    if !repeating.is_empty() {
        let nines = Pow::pow(ten(), repeating.len()) - BigInt::one();
        value += BigRational::new(parse(repeating)?, nines);
    }
    let shift = exponent - fraction.len() as i64;
    let power = Pow::pow(ten(), shift.unsigned_abs());
    value = if shift < 0 {
        value / power
    } else {
        value * power
    };
    let written_decimal = repeating.is_empty() && (!fraction.is_empty() || exponent < 0);
    Ok(Expr::Number {
        value: Rational(value),
        places: written_decimal.then(|| (-shift).max(0).to_u32().unwrap_or(u32::MAX)),
    })
}
