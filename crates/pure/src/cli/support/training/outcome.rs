//! What came of a run, from its `metrics.jsonl`: its first evaluation, its last, and every notice between.

use std::path::Path;

use pure::files::Lines;
use serde_json::Value;

use super::lines::joined;

/// Tells it on standard error; of all numbers those of the headline, or all if it is empty.
pub fn tell(folder: &Path, headline: &[&str]) {
    let Ok(lines) = Lines::open(folder.join("metrics.jsonl")) else {
        return;
    };
    let lines = lines.whole_only().flatten();
    let lines = lines.filter_map(|line| serde_json::from_str::<Value>(&line.text).ok());
    let lines: Vec<Value> = lines.collect();
    let held_out = lines.iter().filter(|line| line["split"] == "valid");
    let held_out: Vec<&Value> = held_out.collect();
    if let [first, .., last] = held_out[..] {
        eprintln!("after {}: {}", first["step"], numbers(first, headline));
        eprintln!("after {}: {}", last["step"], numbers(last, headline));
    }
    for line in &lines {
        if let Some(notice) = line["notice"].as_str() {
            eprintln!("after {}: {notice}", line["step"]);
        }
    }
}

fn numbers(line: &Value, headline: &[&str]) -> String {
    let all = line.as_object().into_iter().flatten();
    let shown = all.filter(|(name, _)| match headline.is_empty() {
        true => !["step", "split", "time"].contains(&name.as_str()),
        false => headline.contains(&name.as_str()),
    });
    joined(shown.filter_map(|(name, value)| Some((name.as_str(), value.as_f64()?))))
}
