//! What a run will take, line by line.

use indicatif::BinaryBytes;
use pure::model::Memory;
use pure::run::{Forecast, MemoryForecast};

use crate::cli::support::numbers_in;

/// Of a supervised run.
pub fn facts(forecast: &Forecast, steps: String) -> Vec<(&'static str, String)> {
    let examples = format!(
        "{} to learn from, {} to evaluate with, {} too long",
        forecast.examples, forecast.held_out, forecast.too_long
    );
    let mut facts = vec![
        ("examples", examples),
        ("tokens", format!("{} an epoch", forecast.tokens)),
        ("steps", steps),
        ("batch", at_once(forecast.batch_tokens)),
    ];
    facts.extend(memory_facts(&forecast.memory));
    facts
}

/// How large a forward pass is.
pub fn at_once(tokens: usize) -> String {
    format!("{tokens} tokens at once, padding included")
}

/// What is in memory, phase by phase, and what would take less.
pub fn memory_facts(memory: &MemoryForecast) -> Vec<(&'static str, String)> {
    let bytes = |bytes: u64| match bytes {
        0 => "-".to_owned(),
        _ => BinaryBytes(bytes).to_string(),
    };
    let names = Memory::default().parts().map(|(name, _)| name);
    let mut rows = vec![row("phase", names.map(str::to_owned), "total")];
    rows.extend(memory.phases.iter().map(|phase| {
        let name = match &phase.device {
            Some(device) => format!("{} on {device}", phase.phase),
            None => phase.phase.to_owned(),
        };
        let parts = phase.memory.parts().map(|(_, size)| bytes(size));
        row(&name, parts, &bytes(phase.memory.total()))
    }));
    let table = numbers_in(1..8, rows);
    let mut facts: Vec<_> = table
        .lines()
        .map(|line| ("memory", line.to_owned()))
        .collect();
    facts.extend(memory.savings.iter().map(|saving| {
        let line = format!("{} with --set {}", bytes(saving.peak), saving.setting);
        ("or", line)
    }));
    facts
}

fn row(phase: &str, [a, b, c, d, e, f]: [String; 6], total: &str) -> [String; 8] {
    [phase.to_owned(), a, b, c, d, e, f, total.to_owned()]
}
