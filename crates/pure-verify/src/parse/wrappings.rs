//! Strips what people and models put around an answer: punctuation, delimiters, words before it and a
//! sentence after it.

/// Rounds of stripping.
const MAX_WRAPPINGS: usize = 12;
/// What is left out where it stands on both sides.
const MARKS: [(&str, &str); 5] = [
    ("\"", "\""),
    ("'", "'"),
    ("$$", "$$"),
    ("\\(", "\\)"),
    ("\\[", "\\]"),
];
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
        text = text.strip_prefix("**").unwrap_or(text);
        text = text.strip_suffix("**").unwrap_or(text);
        for (open, close) in MARKS {
            text = between(text, open, close).unwrap_or(text);
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
    let formula = between(text, "$", "$").filter(|inner| !inner.contains('$'));
    let group =
        || between(text, "{", "}").filter(|inner| is_balanced(inner) && !inner.ends_with('\\'));
    formula.or_else(group).unwrap_or(text)
}

/// What stands between the two, if the text is nothing else.
pub(crate) fn between<'t>(text: &'t str, open: &str, close: &str) -> Option<&'t str> {
    text.strip_prefix(open)?.strip_suffix(close)
}

/// `5 \text{ square units}` to `5`: the words name no unit.
fn without_placeholder(text: &str) -> &str {
    const FONTS: [&str; 5] = ["\\text{", "\\mbox{", "\\textrm{", "\\mathrm{", "\\hbox{"];
    let (before, word) = match text.strip_suffix('}') {
        Some(inner) => {
            let fonts = FONTS
                .iter()
                .filter_map(|font| Some((inner.rfind(font)?, font)));
            let Some((at, font)) = fonts.max_by_key(|(at, _)| *at) else {
                return text;
            };
            let word = &inner[at + font.len()..];
            (&text[..at], word.trim_matches([' ', '~']))
        }
        None => {
            let before = text.strip_suffix("units");
            let Some(before) = before.or_else(|| text.strip_suffix(" unit")) else {
                return text;
            };
            let before = before.trim_end();
            let mut powers = ["square", "cubic", "sq", "cu", "sq.", "cu."].iter();
            let unpowered = powers.find_map(|power| before.strip_suffix(power));
            (unpowered.unwrap_or(before), "units")
        }
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
    let bytes = text.bytes().take(MAX_OPENING);
    let words = bytes.take_while(|byte| byte.is_ascii_alphabetic() || *byte == b' ');
    let end = words.count();
    let opening = &text[..end];
    if let Some(rest) = text[end..].strip_prefix(": ")
        && !opening.is_empty()
        && !opening.ends_with(' ')
    {
        return rest;
    }
    for verb in [" is ", " equals "] {
        for (at, _) in opening.match_indices(verb) {
            let subject = opening[..at].to_ascii_lowercase();
            let has = |words: &[&str]| subject.split(' ').any(|word| words.contains(&word));
            if has(&["answer", "value", "result", "solution", "total"]) && !has(&["no", "not"]) {
                return &text[at + verb.len()..];
            }
        }
    }
    let mut adverbs = ["approximately ", "about ", "exactly "].iter();
    let mut labels = ["Answer:", "answer:", "answer is"].iter();
    let behind = |opening: &&str| text.strip_prefix(*opening);
    let stripped = adverbs.find_map(behind).or_else(|| labels.find_map(behind));
    stripped.unwrap_or(text)
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
