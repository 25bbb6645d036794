//! `pure man`: a manual page for each command.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory as _};
use clap_mangen::Man as Page;
use miette::{IntoDiagnostic as _, WrapErr as _};

use crate::cli::Cli;
use crate::cli::support::{Outcome, counted, print};

/// Write manual pages, one a command: pure.1, pure-generate.1, …
///
/// For instance
///
///     pure man --output ~/.local/share/man/man1
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Man {
    /// Folder for the pages
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
}

impl Man {
    pub fn run(self) -> miette::Result<Outcome> {
        let folder = &self.output;
        let made = fs::create_dir_all(folder).into_diagnostic();
        made.wrap_err_with(|| format!("cannot make {}", folder.display()))?;
        let mut all = Cli::command().disable_help_subcommand(true);
        all.build();
        let count = write(&all, folder)?;
        print(format_args!(
            "{} in {}\n",
            counted(count, "page"),
            folder.display()
        ))?;
        Ok(Outcome::Done)
    }
}

/// Writes the pages of a command and of those under it; gives their number.
fn write(command: &Command, folder: &Path) -> miette::Result<u64> {
    let name = command
        .get_display_name()
        .unwrap_or_else(|| command.get_name());
    let mut page = Vec::new();
    Page::new(command.clone())
        .title(name)
        .render(&mut page)
        .into_diagnostic()?;
    pure::files::write(folder.join(format!("{name}.1")), page).map_err(miette::Report::from_err)?;
    let under = command
        .get_subcommands()
        .filter(|command| !command.is_hide_set());
    under
        .map(|command| write(command, folder))
        .try_fold(1, |sum, more| Ok(sum + more?))
}
