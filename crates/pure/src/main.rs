//! The command line: `pure --help`.
#![recursion_limit = "256"]

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    // SAFETY: there is no other thread yet.
    unsafe { pure::model::fall_back_on_processor() };
    pure::model::keep_freed_memory();
    cli::run()
}
