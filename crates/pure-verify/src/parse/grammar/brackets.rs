//! Brackets around a whole answer, which mean nothing.

use crate::parse::tokens::token::{Spaced, Token};

/// Drops brackets around everything, `[[(5)]]`, as long as they hold a single value.
pub(crate) fn without_outer_brackets(tokens: Vec<Spaced>) -> Vec<Spaced> {
    let mut open = Vec::new();
    let mut partner = vec![usize::MAX; tokens.len()];
    let mut comma_in = vec![false; tokens.len()];
    for (at, spaced) in tokens.iter().enumerate() {
        match spaced.token {
            Token::Open(_) => open.push(at),
            Token::Close(kind) => {
                if let Some(start) = open.pop()
                    && tokens[start].token == Token::Open(matching_open(kind))
                {
                    partner[start] = at;
                }
            }
            Token::Comma | Token::And => {
                if let Some(&start) = open.last() {
                    comma_in[start] = true;
                }
            }
            _ => {}
        }
    }
    let (mut first, mut last) = (0, tokens.len());
    while first + 2 < last
        && partner[first] == last - 1
        && (!comma_in[first] || tokens[first].token == Token::Open('g'))
        && matches!(tokens[first].token, Token::Open('(' | '[' | '{' | 'g'))
    {
        first += 1;
        last -= 1;
    }
    let mut kept = tokens;
    kept.truncate(last);
    kept.drain(..first);
    kept
}

fn matching_open(close: char) -> char {
    match close {
        ')' => '(',
        ']' => '[',
        '}' => '{',
        other => other,
    }
}
