//! What is measured at a step or in an evaluation: named numbers, for the log and the dashboard.

use serde_json::{Map, Value};

/// Named numbers, in the order in which they were put in; apart from them those that differ from run
/// to run, times and speeds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measures {
    numbers: Vec<(&'static str, f64)>,
    times: Vec<(&'static str, f64)>,
}

impl Measures {
    /// Puts a number in.
    pub fn put(&mut self, name: &'static str, value: f64) {
        self.numbers.push((name, value));
    }

    /// Puts in how long something took, in seconds, or how fast it was.
    pub fn put_time(&mut self, name: &'static str, value: f64) {
        self.times.push((name, value));
    }

    /// Puts all of another's in.
    pub fn extend(&mut self, other: Self) {
        self.numbers.extend(other.numbers);
        self.times.extend(other.times);
    }

    /// Adds another's numbers to those of the same names, and puts in the others.
    pub fn add(&mut self, other: &Self) {
        for (name, value) in other.iter() {
            match self.numbers.iter_mut().find(|(known, _)| *known == name) {
                Some((_, sum)) => *sum += value,
                None => self.put(name, value),
            }
        }
    }

    /// The same with one number more.
    pub fn with(mut self, name: &'static str, value: f64) -> Self {
        self.put(name, value);
        self
    }

    /// A number by its name.
    pub fn get(&self, name: &str) -> Option<f64> {
        let found = self.numbers.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| *value)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, f64)> {
        self.numbers.iter().copied()
    }

    /// Times and speeds.
    pub fn times(&self) -> impl Iterator<Item = (&'static str, f64)> {
        self.times.iter().copied()
    }

    /// As JSON, times under `time`; what is not a finite number is null.
    pub fn to_json(&self) -> Map<String, Value> {
        let object = |numbers: &[(&'static str, f64)]| -> Map<String, Value> {
            let entry = |&(name, value): &(&'static str, f64)| (name.into(), value.into());
            numbers.iter().map(entry).collect()
        };
        let mut json = object(&self.numbers);
        json.insert("time".to_owned(), Value::Object(object(&self.times)));
        json
    }
}
