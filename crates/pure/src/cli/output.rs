//! Standard output, which may close before all is said: `pure logprobs … | head`.

use std::fmt;
use std::io::{self, Write, stdout};

use miette::{Diagnostic, Report};

/// Writes to standard output at once.
pub fn print(text: impl fmt::Display) -> miette::Result<()> {
    let mut out = stdout().lock();
    let written = write!(out, "{text}").and_then(|()| out.flush());
    written.map_err(|error| Report::new(Unwritable(error)))
}

/// Whether a command ended because its reader had seen enough.
pub fn is_closed(report: &Report) -> bool {
    let unwritable = report.downcast_ref::<Unwritable>();
    unwritable.is_some_and(|error| error.0.kind() == io::ErrorKind::BrokenPipe)
}

#[derive(Debug)]
struct Unwritable(io::Error);

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write to standard output: {}", self.0)
    }
}

impl std::error::Error for Unwritable {}

impl Diagnostic for Unwritable {}
