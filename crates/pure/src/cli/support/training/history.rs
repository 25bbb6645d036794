//! What a run measured before: the lines of its `metrics.jsonl`.

use std::path::{Path, PathBuf};

use pure::files::Lines;
use serde_json::Value;

/// A line.
pub struct Entry {
    pub step: usize,
    pub what: What,
}

/// What a line is of.
pub enum What {
    /// A step, or an evaluation on held-out data: numbers by their names, and how long it took.
    Measured {
        is_held_out: bool,
        numbers: Vec<(String, f64)>,
        #[cfg_attr(
            not(feature = "dashboard"),
            expect(dead_code, reason = "it is for the dashboard")
        )]
        seconds: Option<f64>,
    },
    /// The monitor's words.
    Notice(String),
}

/// All lines of a folder; none where there is no such file.
pub fn read(folder: &Path) -> Vec<Entry> {
    let Ok(lines) = Lines::open(folder.join("metrics.jsonl")) else {
        return Vec::new();
    };
    let lines = lines.whole_only().flatten();
    let lines = lines.filter_map(|line| entry(&serde_json::from_str(&line.text).ok()?));
    lines.collect()
}

fn entry(line: &Value) -> Option<Entry> {
    let step = usize::try_from(line["step"].as_u64()?).ok()?;
    if let Some(notice) = line["notice"].as_str() {
        let what = What::Notice(notice.to_owned());
        return Some(Entry { step, what });
    }
    let is_held_out = line["split"] == "valid";
    let number = |(name, value): (&String, &Value)| Some((name.clone(), value.as_f64()?));
    let numbers = line.as_object()?.iter().filter(|(name, _)| *name != "step");
    let numbers = numbers.filter_map(number).collect();
    let phase = if is_held_out { "evaluation" } else { "step" };
    let what = What::Measured {
        is_held_out,
        numbers,
        seconds: line["time"][phase].as_f64(),
    };
    Some(Entry { step, what })
}

/// The folders of a run that have such a file, in their order: its own, or those of its stages.
pub fn parts(run: &Path) -> Vec<PathBuf> {
    let stages = (1..).map(|number| run.join(format!("stage-{number}")));
    let stages: Vec<PathBuf> = stages.take_while(|stage| stage.exists()).collect();
    match stages.is_empty() {
        true => vec![run.to_owned()],
        false => stages,
    }
}
