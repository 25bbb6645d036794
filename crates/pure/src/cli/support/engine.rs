//! The engine as commands use it: how much it may take, how far it is, and how it is stopped.

use std::io::{IsTerminal, stderr};
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use pure::rollout::{EngineOptions, Phases};

/// How much memory keys and values may take.
#[derive(Args)]
pub struct KvCacheArgs {
    /// Memory for the KV cache, such as 512MiB or 2GiB
    #[arg(long, alias = "kv-memory", value_name = "SIZE", default_value = "2GiB", value_parser = size)]
    kv_cache: u64,
}

impl KvCacheArgs {
    pub fn bytes(&self) -> u64 {
        self.kv_cache
    }
}

/// How much the engine may take.
#[derive(Args)]
pub struct EngineArgs {
    #[command(flatten)]
    kv_cache: KvCacheArgs,
    /// Answers that are sampled at once, at most; the KV cache may hold fewer
    #[arg(long, alias = "slots", value_name = "N", default_value_t = 256)]
    max_num_seqs: usize,
}

impl EngineArgs {
    pub fn options(&self) -> EngineOptions {
        EngineOptions {
            kv_cache: self.kv_cache.bytes(),
            max_num_seqs: self.max_num_seqs,
        }
    }
}

/// A bar over answers, some of which are there already. There is none without a terminal.
pub fn bar(total: u64, there: u64) -> ProgressBar {
    if !stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = "{bar:30} {pos}/{len} answers  {msg}  {elapsed} gone, {eta} left";
    let style = ProgressStyle::with_template(style).expect("it is well-formed");
    let bar = ProgressBar::new(total).with_style(style);
    bar.with_position(there)
}

/// Shows how fast tokens come.
pub fn show_speed(bar: &ProgressBar, tokens: u64) {
    let seconds = bar.elapsed().as_secs_f64().max(1e-3);
    bar.set_message(format!("{:.0} tokens/s", tokens as f64 / seconds));
}

/// One line on where the time went.
pub fn summary(phases: &Phases) -> String {
    let total = phases.total().as_secs_f64().max(1e-9);
    let share = |time: Duration| 100.0 * time.as_secs_f64() / total;
    format!(
        "{} tokens in {total:.1} s, {:.0} tokens/s: prompts {:.0} %, decoding {:.0} %, sampling \
         {:.0} %; {:.0} % of rows new",
        phases.new_tokens,
        phases.new_tokens as f64 / total,
        share(phases.prefill),
        share(phases.decode),
        share(phases.sampling),
        100.0 * phases.live_share(),
    )
}

/// A number of bytes: `1048576`, `512MiB`, `2GiB`, `1.5GB`.
fn size(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, f64); 9] = [
        ("KiB", 1024.0),
        ("MiB", 1048576.0),
        ("GiB", 1073741824.0),
        ("TiB", 1099511627776.0),
        ("kB", 1e3),
        ("KB", 1e3),
        ("MB", 1e6),
        ("GB", 1e9),
        ("B", 1.0),
    ];
    let mut units = UNITS.into_iter();
    let found = units.find_map(|(name, unit)| Some((text.strip_suffix(name)?, unit)));
    let (number, unit) = found.unwrap_or((text, 1.0));
    match number.trim().parse::<f64>() {
        Ok(number) if number.is_finite() && number > 0.0 => Ok((number * unit) as u64),
        _ => Err("it must be a size such as 512MiB or 2GiB".to_owned()),
    }
}
