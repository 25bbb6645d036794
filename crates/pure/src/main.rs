//! The command line: `pure --help`.
#![recursion_limit = "256"]

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    pure::model::guard_devices();
    pure::model::keep_freed_memory();
    cli::run()
}
