//! The letter of a multiple choice.

use crate::budget::Budget;
use crate::expr::Expr;
use crate::parse::grammar::parser::parse;
use crate::parse::words::inner_text;

/// The letter of a multiple choice: `\text{(B)}`, `(B)`, `\textbf{(B)}\ 5`, `B) 5`.
pub(crate) fn choice(text: &str, grouping: bool, budget: &Budget) -> Option<Expr> {
    let (label, rest) = match text.find('}') {
        Some(end)
            if text.starts_with("\\text")
                || text.starts_with("\\mathrm")
                || text.starts_with("\\mbox") =>
        {
            (inner_text(&text[..=end])?, &text[end + 1..])
        }
        _ => text.split_at(text.find(')')? + 1),
    };
    let label = label.trim();
    let (letter, bracketed) = match label.strip_suffix(')') {
        Some(letter) => (letter.strip_prefix('(').unwrap_or(letter), true),
        None => (label, false),
    };
    let mut letters = letter.chars();
    let letter = letters.next().filter(|_| letters.as_str().is_empty())?;
    let in_text = text.starts_with('\\');
    let fits = letter.is_ascii_uppercase() && letter <= 'J'
        || in_text && bracketed && ('a'..='j').contains(&letter);
    if !fits {
        return None;
    }
    let letter = letter.to_ascii_uppercase();
    let rest = rest
        .trim_start_matches(['\\', ' ', '.', ':', '~', '$'])
        .trim_end_matches(['$', ' ']);
    if rest.is_empty() {
        return Some(Expr::Choice(letter, None));
    }
    // `(A+B)` and `(A) \cap (B)` are no choices: what follows must be spaced off and be a value.
    let spaced = text.contains(")}") || text.contains(") ") || text.contains(")\\ ");
    let value = parse(rest, grouping, budget).ok()?;
    (spaced && bracketed && !rest.starts_with(['+', '-', '*', '/', '^', '=', '(', '\\'])
        || spaced && rest.starts_with("\\frac"))
    .then(|| Expr::Choice(letter, Some(Box::new(value))))
}
