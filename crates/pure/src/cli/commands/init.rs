//! `pure init`: a model that begins from nothing.

use std::path::PathBuf;

use clap::Args;
use miette::miette;
use pure::model::{
    Checkpoint, DeviceChoice, DeviceKind, Precision, Tokenizer, copy_tokenizer, read_config,
};

use crate::cli::support::{Outcome, explain, make_model, refuse_if_used};

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
        refuse_if_used(&self.output, "give another folder, or remove it first")?;
        // On the processor whatever the machine has, so that a seed means the same everywhere.
        let cpu = DeviceChoice::Exactly(DeviceKind::Cpu, 0).open();
        let device = cpu.map_err(explain)?.device();
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
        make_model(&self.output, |folder| {
            Checkpoint::create(folder, &config, &model, Precision::F32)?;
            if let Some(tokenizer) = &self.tokenizer {
                copy_tokenizer(tokenizer, folder)?;
            }
            Ok(())
        })
    }
}
