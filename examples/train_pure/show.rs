//! What a person sees: progress, a table, answers before and after.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use pure::core::Metric;
use pure::core::metrics::{ACCURACY, LOSS, TOKENS_PER_ANSWER, TRUNCATED};
use pure::report::Report;
use pure::run::{Progressed, Watcher};
use serde_json::Value;

use crate::variants::Variant;

/// A line at each evaluation, and at each notice of the monitor.
pub fn progress(name: &str) -> Box<dyn Watcher> {
    let (name, mut of) = (name.to_owned(), 0);
    Box::new(move |progressed: &Progressed<'_>| match *progressed {
        Progressed::Started {
            step,
            steps,
            damaged,
            ..
        } => {
            of = steps;
            for damage in damaged {
                println!("{name:>16} {damage}");
            }
            if step > 0 {
                println!("{name:>16} goes on from {step}");
            }
        }
        Progressed::Evaluated { step, measures } => {
            let get = |metric: Metric| measures.get(metric.name);
            match (get(ACCURACY), get(TOKENS_PER_ANSWER), get(LOSS)) {
                (Some(accuracy), Some(tokens), _) => println!(
                    "{name:>16} {step:>4}/{of}  {:5.1} % right, {tokens:5.1} tokens an answer, {:5.1} % cut",
                    100.0 * accuracy,
                    100.0 * get(TRUNCATED).unwrap_or_default(),
                ),
                (_, _, Some(loss)) => println!("{name:>16} {step:>4}/{of}  loss {loss:.4}"),
                _ => {}
            }
        }
        Progressed::Noticed { step, notice } => {
            println!("{name:>16} {step:>4}/{of}  {}", notice.text);
        }
        _ => {}
    })
}

/// The table of these runs, what some of them wrote, and the report of all that are in the folder.
pub fn results(runs: &[PathBuf], folder: &Path) -> Result<(), Box<dyn Error>> {
    println!("\n{}", Report::read(runs)?.table());
    let first = |names: &[&str]| {
        runs.iter()
            .find(|run| names.iter().any(|name| run.ends_with(name)))
    };
    for run in [first(&["sum"]), first(&["soft-min+vr", "soft-min", "min"])] {
        run.map_or(Ok(()), |run| answers(run))?;
    }
    let path = folder.join("report.html");
    pure::files::write(&path, Report::read(&finished(folder)?)?.to_html())?;
    println!("\n{} has all of it, for a browser", path.display());
    Ok(())
}

/// Runs of every command so far that ended, arm by arm.
fn finished(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let seeds = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut seeds = seeds.collect::<Result<Vec<_>, _>>()?;
    seeds.sort();
    let variants = Variant::all()?;
    let runs = variants
        .iter()
        .flat_map(|variant| seeds.iter().map(|seed| seed.join(variant.name())));
    Ok(runs.filter(|run| run.join("model").exists()).collect())
}

/// Three answers before and after, to the same prompts.
fn answers(run: &Path) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(run.join("samples.jsonl"))?;
    let lines = text.lines().map(serde_json::from_str::<Value>);
    let mut lines = lines.collect::<Result<Vec<_>, _>>()?;
    lines.retain(|line| line["split"] == "valid" && line["drawn"] == "sampled");
    let last = lines.iter().filter_map(|line| line["step"].as_u64()).max();
    let name = run.file_name().unwrap_or_default().to_string_lossy();
    for (when, step) in [("before", 0), ("after", last.unwrap_or(0))] {
        println!("\n{name}, {when}:");
        let of_step = lines.iter().filter(|line| line["step"] == step);
        for line in of_step.take(3) {
            let text = line["text"].as_str().unwrap_or_default();
            let text = text.replace("\n\n", " | ");
            let short: String = text.chars().take(200).collect();
            let more = if short.len() < text.len() { " …" } else { "" };
            let verdict = match line["outcome"].as_f64() {
                Some(outcome) if outcome >= 0.5 => "right",
                _ => "wrong",
            };
            println!(
                "  {:<14} {short}{more}   ({verdict})",
                line["prompt"].as_str().unwrap_or_default()
            );
        }
    }
    Ok(())
}
