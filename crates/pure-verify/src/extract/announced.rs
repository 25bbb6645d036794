//! Answers after or before words that announce them: `#### 5`, `the answer is 5`, `5 is the answer`.

pub(crate) fn after_hashes(text: &str) -> Option<&str> {
    let at = text.rfind("####")?;
    let found = text[at + 4..].trim_start_matches('#').trim_start();
    // Nothing is an answer too: an empty one.
    Some(found.lines().next().unwrap_or("").trim())
}

pub(crate) fn announced(text: &str) -> Option<&str> {
    const BEFORE: [&str; 8] = [
        "answer is",
        "answers are",
        "answer:",
        "answer :",
        "answer =",
        "答案是",
        "答案为",
        "答案：",
    ];
    const AFTER: [&str; 2] = ["is the answer", "are the answers"];
    // Lower case of ASCII keeps every position.
    let lower = text.to_ascii_lowercase();
    let before = BEFORE
        .iter()
        .filter_map(|mark| lower.rfind(mark).map(|at| (at, at + mark.len())))
        .max();
    let after = AFTER
        .iter()
        .filter_map(|mark| lower.rfind(mark))
        .max()
        .and_then(|at| Some((at, before_mark(&text[..at])?)));
    match (before, after) {
        (Some((at, end)), after) if after.is_none_or(|(after, _)| after < at) => {
            let found = text[end..].trim_start_matches([' ', ':', '*', '\n']);
            let found = match found.strip_prefix('$') {
                Some(rest) if rest.starts_with('$') => rest[1..].split("$$").next().unwrap_or(""),
                // One formula, or several with commas between them.
                Some(_) => first_formulas(found),
                None => found.lines().next().unwrap_or(""),
            };
            Some(found.trim())
        }
        (_, after) => after.map(|(_, found)| found),
    }
}

/// What stands before `is the answer`, from the beginning of its sentence; nothing for `This is the answer`, which names
/// none.
fn before_mark(text: &str) -> Option<&str> {
    const STARTS: [&str; 9] = [
        ". ",
        ": ",
        "so ",
        "So ",
        "hence ",
        "Hence ",
        "Thus ",
        "thus ",
        "Therefore ",
    ];
    const PRONOUNS: [&str; 6] = ["this", "that", "it", "which", "these", "those"];
    let line = text.lines().next_back()?;
    let line = line.trim_end_matches([' ', '.', '$']);
    let starts = STARTS.iter();
    let start = starts.filter_map(|mark| line.rfind(mark).map(|at| at + mark.len()));
    let found = line[start.max().unwrap_or(0)..].trim();
    let is_pronoun = PRONOUNS.iter().any(|it| found.eq_ignore_ascii_case(it));
    (!found.is_empty() && !is_pronoun).then_some(found)
}

/// `$5$` of `$5$. I hope it is correct.`, and `$1$, $2$` of `$1$, $2$.`
fn first_formulas(text: &str) -> &str {
    let mut inside = false;
    for (at, character) in text.char_indices() {
        match character {
            '$' if !text[..at].ends_with('\\') => inside = !inside,
            ',' | ' ' => {}
            '\n' => return &text[..at],
            _ if !inside => return &text[..at],
            _ => {}
        }
    }
    text
}
