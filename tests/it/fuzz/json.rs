//! Changes of JSON that leave it JSON: values of other kinds, keys that are missing or twice, depth.

use serde_json::{Map, Value, json};

use super::dice::Dice;
use super::odd::{CHARACTERS, NUMBERS};

/// Changes values of a tree, some into `donors`.
pub fn change(dice: &mut Dice, tree: &mut Value, donors: &[Value]) {
    for _ in 0..1 + dice.below(3) {
        let path = path(dice, tree);
        let other = tree.pointer(&self::path(dice, tree)).cloned();
        let Some(value) = tree.pointer_mut(&path) else {
            continue;
        };
        match dice.below(8) {
            0..=1 => *value = odd(dice),
            2 if !donors.is_empty() => *value = dice.pick(donors).clone(),
            3 => *value = other.unwrap_or_default(),
            4 => shrink(dice, value),
            5 => grow(dice, value, donors),
            6 => respell(dice, value),
            _ => *value = deep(dice, value.take()),
        }
    }
}

/// The pointer to some value, more often to a deep one.
fn path(dice: &mut Dice, tree: &Value) -> String {
    let (mut value, mut path) = (tree, String::new());
    while !dice.one_in(5) {
        let next = match value {
            Value::Object(fields) if !fields.is_empty() => {
                let (key, next) = fields.iter().nth(dice.below(fields.len())).unwrap();
                path += &format!("/{}", key.replace('~', "~0").replace('/', "~1"));
                next
            }
            Value::Array(items) if !items.is_empty() => {
                let at = dice.below(items.len());
                path += &format!("/{at}");
                &items[at]
            }
            _ => break,
        };
        value = next;
    }
    path
}

/// A value that is seldom meant.
fn odd(dice: &mut Dice) -> Value {
    let number = |text: &str| serde_json::from_str(text).unwrap_or(Value::Null);
    match dice.below(8) {
        0 => Value::Null,
        1 => json!(dice.one_in(2)),
        2..=4 => number(NUMBERS[dice.below(NUMBERS.len())]),
        5 => json!([]),
        6 => json!({}),
        _ => json!(dice.pick(&CHARACTERS).repeat(1 + dice.below(3))),
    }
}

fn shrink(dice: &mut Dice, value: &mut Value) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let key = fields.keys().nth(dice.below(fields.len())).cloned();
            fields.shift_remove(&key.unwrap());
        }
        Value::Array(items) if !items.is_empty() => {
            items.remove(dice.below(items.len()));
        }
        Value::String(text) => *text = text.chars().skip(1).collect(),
        other => *other = Value::Null,
    }
}

fn grow(dice: &mut Dice, value: &mut Value, donors: &[Value]) {
    let more = match donors.is_empty() || dice.one_in(2) {
        true => odd(dice),
        false => dice.pick(donors).clone(),
    };
    match value {
        Value::Object(fields) => {
            let key = fields.keys().nth(dice.below(fields.len().max(1))).cloned();
            fields.insert(key.unwrap_or_default() + "x", more);
        }
        Value::Array(items) => {
            let twice = items.first().cloned();
            items.push(if dice.one_in(2) {
                more
            } else {
                twice.unwrap_or(more)
            });
        }
        Value::String(text) => {
            const LONGEST: usize = 100_000;
            let most = LONGEST / text.len().max(1);
            *text = text.repeat((1 + dice.below(400)).min(most.max(1)));
        }
        other => *other = more,
    }
}

/// Another key, or other letters.
fn respell(dice: &mut Dice, value: &mut Value) {
    match value {
        Value::Object(fields) => {
            let at = dice.below(fields.len().max(1));
            let respelt = fields.iter().enumerate().map(|(place, (key, value))| {
                let key = if place == at {
                    key.to_uppercase()
                } else {
                    key.clone()
                };
                (key, value.clone())
            });
            let respelt: Map<String, Value> = respelt.collect();
            *fields = respelt;
        }
        Value::String(text) => {
            let mut characters: Vec<char> = text.chars().collect();
            let at = dice.below(characters.len() + 1);
            let put = dice.pick(&CHARACTERS).chars();
            characters.splice(at..at, put);
            *text = characters.into_iter().collect();
        }
        Value::Number(number) => *value = json!(number.to_string()),
        other => *other = odd(dice),
    }
}

fn deep(dice: &mut Dice, value: Value) -> Value {
    let depth = [1, 2, 30, 120][dice.below(4)];
    (0..depth).fold(value, |inner, level| match level % 2 {
        0 => json!([inner]),
        _ => json!({"a": inner}),
    })
}
