//! The options that say which answers are right.

use clap::Args;
use pure::verify::{Decimals, Mode, Verifier};

use super::named;

#[derive(Args)]
pub struct VerifierArgs {
    /// Compare answers by what they mean, or by their text as graders of MATH do
    #[arg(long, default_value = "sound", value_parser = named(&MODES))]
    mode: Mode,
    /// Let a written decimal equal what rounds to it: 3.14 is pi
    #[arg(long)]
    rounded: bool,
}

const MODES: [(&str, Mode); 2] = [("sound", Mode::Sound), ("math", Mode::Math)];

impl VerifierArgs {
    pub fn verifier(&self) -> Verifier {
        Verifier {
            mode: self.mode,
            decimals: match self.rounded {
                true => Decimals::Rounded,
                false => Decimals::Exact,
            },
        }
    }
}
