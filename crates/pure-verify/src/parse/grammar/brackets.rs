//! Brackets around a whole answer, which mean nothing.

use crate::parse::tokens::token::Token;

/// Drops brackets around everything, `[[(5)]]`, as long as they hold a single value.
pub(crate) fn without_outer_brackets(mut tokens: Vec<Token>) -> Vec<Token> {
    let mut open = Vec::new();
    let mut partner = vec![usize::MAX; tokens.len()];
    let mut comma_in = vec![false; tokens.len()];
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Open(_) => open.push(at),
            Token::Close(kind) => {
                let matching = match kind {
                    ')' => '(',
                    ']' => '[',
                    '}' => '{',
                    other => *other,
                };
                if let Some(start) = open.pop()
                    && tokens[start] == Token::Open(matching)
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
        && (!comma_in[first] || tokens[first] == Token::Open('g'))
        && matches!(tokens[first], Token::Open('(' | '[' | '{' | 'g'))
    {
        first += 1;
        last -= 1;
    }
    tokens.truncate(last);
    tokens.drain(..first);
    tokens
}
