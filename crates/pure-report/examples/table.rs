//! Prints what became of some runs: `cargo run -p pure-report --example table RUN...`; with
//! `--output FILE` in front it writes the page too.

use std::error::Error;
use std::path::PathBuf;

use pure_report::Report;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let wants_page = arguments
        .first()
        .is_some_and(|first| first.as_os_str() == "--output");
    let page = (wants_page && arguments.len() > 1)
        .then(|| arguments.drain(..2).nth(1))
        .flatten();
    let report = Report::read(&arguments)?;
    print!("{}", report.table());
    if let Some(path) = page {
        std::fs::write(path, report.to_html())?;
    }
    Ok(())
}
