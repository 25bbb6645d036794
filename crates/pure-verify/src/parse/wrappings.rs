//! Strips what people and models put around an answer: punctuation, delimiters, words before it and a
//! sentence after it.

/// Rounds of stripping.
const MAX_WRAPPINGS: usize = 12;
/// Bytes of the words that may stand before an answer, and sentences that may follow it.
const MAX_OPENING: usize = 80;
const MAX_SENTENCES: usize = 4;

/// The answer without what people and models put around it.
pub(crate) fn unwrapped(text: &str) -> &str {
    let mut text = text.trim();
    for _ in 0..MAX_WRAPPINGS {
        let before = text.len();
        text = text.trim();
        text = text.strip_suffix("\\\\").unwrap_or(text);
        text = text
            .strip_suffix("\\ ")
            .or_else(|| text.strip_suffix(" \\"))
            .unwrap_or(text)
            .trim_end();
        if text.ends_with('\\') && !text.ends_with("\\\\") {
            text = &text[..text.len() - 1];
        }
        text = text
            .trim_end_matches([',', ';', '`'])
            .trim_start_matches('`');
        text = text.strip_suffix('.').unwrap_or(text);
        for mark in ["**", "\"", "'", "$$"] {
            if let Some(inner) = text.strip_prefix(mark) {
                text = inner
                    .strip_suffix(mark)
                    .unwrap_or(if mark == "**" { inner } else { text });
            } else if mark == "**" {
                text = text.strip_suffix(mark).unwrap_or(text);
            }
        }
        for (open, close) in [("\\(", "\\)"), ("\\[", "\\]")] {
            if let Some(inner) = text
                .strip_prefix(open)
                .and_then(|inner| inner.strip_suffix(close))
            {
                text = inner;
            }
        }
        text = without_spacing(text);
        text = without_placeholder(text);
        text = without_opening_words(text);
        text = without_closing_sentence(text);
        if text.len() == before {
            break;
        }
    }
    text
}

/// `\displaystyle 5\quad` and `{$5$}` to `5`.
fn without_spacing(mut text: &str) -> &str {
    for space in ["\\!", "\\,", "\\;", "\\:", "\\quad", "\\qquad"] {
        text = text.strip_suffix(space).unwrap_or(text);
    }
    for style in ["\\displaystyle", "\\textstyle"] {
        text = text
            .strip_prefix(style)
            .filter(|rest| rest.starts_with(|c: char| !c.is_ascii_alphabetic()))
            .unwrap_or(text);
    }
    if let Some(inner) = text
        .strip_prefix('$')
        .and_then(|rest| rest.strip_suffix('$'))
        && !inner.contains('$')
    {
        return inner;
    }
    match text
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
    {
        Some(inner) if is_balanced(inner) && !inner.ends_with('\\') => inner,
        _ => text,
    }
}

/// `5 \text{ square units}` to `5`: the words name no unit.
fn without_placeholder(text: &str) -> &str {
    const FONTS: [&str; 5] = ["\\text{", "\\mbox{", "\\textrm{", "\\mathrm{", "\\hbox{"];
    let (before, word) = match text.strip_suffix('}') {
        Some(inner) => {
            let Some((font, at)) = FONTS
                .iter()
                .filter_map(|font| Some((font, inner.rfind(font)?)))
                .max_by_key(|(_, at)| *at)
            else {
                return text;
            };
            let word = &inner[at + font.len()..];
            let word = word.trim_matches([' ', '~']);
            (&text[..at], word)
        }
        None => match text
            .strip_suffix("units")
            .or_else(|| text.strip_suffix(" unit"))
        {
            Some(before) => {
                let before = before.trim_end();
                let before = ["square", "cubic", "sq", "cu", "sq.", "cu."]
                    .iter()
                    .find_map(|power| before.strip_suffix(power))
                    .unwrap_or(before);
                (before, "units")
            }
            None => return text,
        },
    };
    let says_nothing = matches!(
        word,
        "unit" | "units" | "square units" | "cubic units" | "sq units" | "cu units" | "sq. units"
    );
    let before = before.trim_end();
    let rated = before.ends_with("per") || before.ends_with('/');
    if says_nothing && !rated && before.contains(|c: char| c.is_ascii_alphanumeric()) {
        before
    } else {
        text
    }
}

pub(crate) fn is_balanced(text: &str) -> bool {
    let mut depth = 0i32;
    text.bytes().all(|byte| {
        depth += i32::from(byte == b'{') - i32::from(byte == b'}');
        depth >= 0
    }) && depth == 0
}

/// `The answer is 5`, `Answer: 5` and `n: 5` to `5`.
fn without_opening_words(text: &str) -> &str {
    let end = text
        .bytes()
        .take(MAX_OPENING)
        .take_while(|byte| byte.is_ascii_alphabetic() || *byte == b' ')
        .count();
    let opening = &text[..end];
    if let Some(rest) = text[end..].strip_prefix(": ")
        && !opening.is_empty()
        && !opening.ends_with(' ')
    {
        return rest;
    }
    for (at, _) in opening
        .match_indices(" is ")
        .chain(opening.match_indices(" equals "))
    {
        let subject = opening[..at].to_ascii_lowercase();
        let announces = subject
            .split(' ')
            .any(|word| matches!(word, "answer" | "value" | "result" | "solution" | "total"));
        if announces && !subject.split(' ').any(|word| matches!(word, "no" | "not")) {
            return text[at..]
                .trim_start()
                .split_once(' ')
                .map_or("", |(_, rest)| rest);
        }
    }
    for word in [
        "approximately ",
        "about ",
        "exactly ",
        "Answer:",
        "answer:",
        "answer is",
    ] {
        if let Some(rest) = text.strip_prefix(word) {
            return rest;
        }
    }
    text
}

/// `5. This holds` to `5`; a sentence with a number or a formula of its own is left in place.
fn without_closing_sentence(text: &str) -> &str {
    for (at, _) in text.match_indices(". ").take(MAX_SENTENCES) {
        let sentence = text[at + 2..].trim_start();
        let begins = sentence.starts_with(|c: char| c.is_ascii_uppercase());
        let says_nothing = sentence
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | ',' | '!'));
        // A single letter may be an answer itself.
        if begins && says_nothing && sentence.find(' ').unwrap_or(sentence.len()) > 1 {
            return &text[..at];
        }
    }
    text
}
