//! The name that was meant: the nearest by edits (letters added, lost, changed or swapped).

use std::fmt::Display;

use super::validate::Validate;

/// What is known of the settings of a type beside what its tables say themselves.
pub(super) struct Names {
    /// The keys of all settings.
    keys: Vec<String>,
    /// Names that other programs have for them.
    foreign: &'static [(&'static str, &'static str)],
}

/// What TRL, verl and others call settings that most kinds of training have.
const FOREIGN: [(&str, &str); 13] = [
    ("model_name_or_path", "model"),
    ("output_dir", "output"),
    ("dtype", "precision"),
    ("bf16", "precision"),
    ("lora_r", "lora.rank"),
    ("lora_alpha", "lora.alpha"),
    ("lora_dropout", "lora.dropout"),
    ("target_modules", "lora.targets"),
    ("lr", "lr_scheduler.learning_rate"),
    ("lr_scheduler_type", "lr_scheduler.type"),
    ("warmup_ratio", "lr_scheduler.warmup_steps"),
    ("lr_warmup_steps", "lr_scheduler.warmup_steps"),
    ("eval_steps", "checkpoints.save_steps"),
];

impl Names {
    pub fn of<T: Validate>() -> Self {
        Self {
            keys: T::keys(),
            foreign: T::FOREIGN,
        }
    }

    /// What to say of an unknown key, given dotted and by its last part, in a table of these keys: what other programs
    /// call so, what is so called in another table, or what is nearly so called.
    pub fn instead_of(&self, key: &str, name: &str, known: &[&str]) -> String {
        let is_there = |(_, meant): &&(&str, &str)| self.keys.iter().any(|key| key == meant);
        let mut foreign = self.foreign.iter().chain(FOREIGN.iter().filter(is_there));
        if let Some((_, meant)) = foreign.find(|(foreign, _)| *foreign == name) {
            return format!("did you mean `{meant}`?");
        }
        let is_called_so = |key: &&String| key.rsplit('.').next() == Some(name);
        let elsewhere = self.keys.iter().filter(is_called_so).take(SHOWN);
        let elsewhere: Vec<String> = elsewhere.cloned().collect();
        match elsewhere.as_slice() {
            [] => settings_or_nearest(key, known),
            [only] => format!("did you mean `{only}`?"),
            several => format!("in other tables there are {}", listed(several, '`')),
        }
    }

    /// What to say of something else in the place of a table.
    pub fn of_table(&self, table: &str) -> String {
        let is_inside = |key: &&String| {
            let rest = key.strip_prefix(table);
            let rest = rest.and_then(|rest| rest.strip_prefix('.'));
            rest.is_some_and(|rest| !rest.contains('.'))
        };
        let inside = self.keys.iter().filter(is_inside).take(SHOWN);
        let inside: Vec<String> = inside.cloned().collect();
        match inside.is_empty() {
            true => String::new(),
            false => format!(", to hold settings as {}", listed(&inside, '`')),
        }
    }
}

/// Settings that are named where there are many.
const SHOWN: usize = 4;

/// What to say of an unknown key, given dotted, in a table of these keys.
fn settings_or_nearest(key: &str, known: &[&str]) -> String {
    let (table, name) = match key.rfind('.') {
        // A dot in quotes is none.
        Some(dot) if !key.ends_with('"') => (&key[..dot], &key[dot + 1..]),
        _ => ("", key),
    };
    match (nearest(name, known), table) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, _) if known.is_empty() => "nothing can be set there".to_owned(),
        (None, "") => format!("there {}", list(known, '`')),
        (None, table) => format!("in {table} there {}", list(known, '`')),
    }
}

/// What to say of a value that is none of these names.
pub(super) fn names_or_nearest(found: &str, known: &[&str]) -> String {
    match nearest(found, known) {
        Some(near) => format!("did you mean {near:?}?"),
        None if known.is_empty() => "it has no value yet".to_owned(),
        None => format!("there {}", list(known, '"')),
    }
}

fn list(names: &[&str], quote: char) -> String {
    match names {
        [] => "is nothing".to_owned(),
        [_] => format!("is only {}", listed(names, quote)),
        _ => format!("are {}", listed(names, quote)),
    }
}

/// Names in words: `a`, `b` and `c`.
pub(super) fn listed(names: &[impl Display], quote: char) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("{quote}{n}{quote}")).collect();
    match quoted.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        few => few.concat(),
    }
}

/// The nearest name, if it is near: a third of the letters may differ, and one in any case.
fn nearest<'a>(found: &str, known: &[&'a str]) -> Option<&'a str> {
    let distances = known.iter().map(|&name| (edits(found, name), name));
    let (distance, name) = distances.min_by_key(|&(distance, _)| distance)?;
    let longer = found.chars().count().max(name.chars().count());
    (longer > 1 && distance <= (longer / 3).max(1)).then_some(name)
}

/// The distance of Damerau and Levenshtein where no letter is edited twice. Case, and `-` for `_`,
/// cost nothing.
fn edits(a: &str, b: &str) -> usize {
    let letters = |text: &str| -> Vec<char> {
        let plain = text.to_ascii_lowercase().replace('-', "_");
        plain.chars().collect()
    };
    let (a, b) = (letters(a), letters(b));
    // Rows of the table of distances between the first i letters of a and the first j of b.
    let mut before_last = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let change = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = change.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted_once_each() {
        let cases = [
            ("", "", 0),
            ("rate", "rate", 0),
            ("rate", "", 4),
            ("rte", "rate", 1),
            ("raate", "rate", 1),
            ("rane", "rate", 1),
            ("arte", "rate", 1),
            ("max-New", "max_new", 0),
            ("kitten", "sitting", 3),
        ];
        for (a, b, expected) in cases {
            assert_eq!(edits(a, b), expected, "{a} {b}");
            assert_eq!(edits(b, a), expected, "{b} {a}");
        }
    }

    #[test]
    fn a_name_far_from_all_gets_the_whole_list() {
        let known = ["seed", "steps"];
        let said = settings_or_nearest("optimizer.momentum", &known);
        assert_eq!(said, "in optimizer there are `seed` and `steps`");
        let said = names_or_nearest("x", &known[..1]);
        assert_eq!(said, "there is only \"seed\"");
    }

    #[test]
    fn single_letters_are_near_to_nothing() {
        assert_eq!(nearest("x", &["y"]), None);
    }
}
