//! `pure init`: a model that begins from nothing.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use miette::miette;
use pure::files::write_folder;
use pure::model::{
    Checkpoint, DeviceChoice, DeviceKind, Precision, Tokenizer, copy_tokenizer, read_config,
};

use crate::cli::support::Outcome;
use crate::cli::support::diagnostic::explain;
use crate::cli::support::output::print;

/// An error of the model, or of the files.
type Failure = Box<dyn Error + Send + Sync>;

/// Make a model with random weights from a config.json
#[derive(Args)]
pub struct Init {
    /// A config.json, as in configs/
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Folder to make, whole or not at all; one that holds something is left alone
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// Folder with the tokenizer to put in
    #[arg(long, value_name = "DIR")]
    tokenizer: Option<PathBuf>,
    /// Chooses the weights
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

impl Init {
    pub fn run(self) -> miette::Result<Outcome> {
        let config = read_config(&self.config).map_err(explain)?;
        refuse_if_used(&self.output)?;
        // On the processor whatever the machine has, so that a seed means the same everywhere.
        let cpu = DeviceChoice::Exactly(DeviceKind::Cpu, 0)
            .open()
            .map_err(explain)?;
        let device = cpu.device();
        device.seed(self.seed);
        let model = config.init(&device);
        if let Some(tokenizer) = &self.tokenizer {
            let tokenizer = Tokenizer::load(tokenizer).map_err(explain)?;
            let (tokens, rows) = (tokenizer.vocab_size(), config.vocab_size);
            if tokens > rows {
                return Err(miette!(
                    "the tokenizer has {tokens} tokens, but vocab_size in the config is {rows}"
                ));
            }
        }
        let made = write_folder(&self.output, |folder| -> Result<(), Failure> {
            Checkpoint::create(folder, &config, &model, Precision::F32)?;
            if let Some(tokenizer) = &self.tokenizer {
                copy_tokenizer(tokenizer, folder)?;
            }
            Ok(())
        });
        made.map_err(|error| match error.downcast() {
            Ok(error) => explain(*error),
            Err(other) => miette!("{other}"),
        })?;
        print(format_args!("{}\n", self.output.display()))?;
        Ok(Outcome::Done)
    }
}

fn refuse_if_used(folder: &Path) -> miette::Result<()> {
    let held = match fs::read_dir(folder).map(|mut entries| entries.next().is_some()) {
        Ok(false) => return Ok(()),
        Ok(true) if folder.join("config.json").exists() => "holds a model",
        Ok(true) => "holds something",
        Err(_) if folder.exists() => "is something else than a folder",
        Err(_) => return Ok(()),
    };
    Err(miette!(
        help = "give another folder, or remove it first",
        "{} already {held}",
        folder.display()
    ))
}
