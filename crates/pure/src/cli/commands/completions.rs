//! `pure completions`: what a shell needs to complete commands and options.

use clap::{Args, CommandFactory as _};
use clap_complete::{Shell, generate};

use crate::cli::Cli;
use crate::cli::support::{Outcome, print};

/// Print a script by which a shell completes commands and options
///
/// For instance
///
///     pure completions bash > ~/.local/share/bash-completion/completions/pure
///     pure completions zsh > ~/.zfunc/_pure        # with ~/.zfunc in $fpath before compinit
///     pure completions fish > ~/.config/fish/completions/pure.fish
#[derive(Args)]
#[command(verbatim_doc_comment)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub fn run(self) -> miette::Result<Outcome> {
        let mut script = Vec::new();
        generate(self.shell, &mut Cli::command(), "pure", &mut script);
        print(String::from_utf8_lossy(&script))?;
        Ok(Outcome::Done)
    }
}
