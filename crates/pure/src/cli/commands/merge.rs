//! `pure merge`: an adapter becomes part of the weights that it was trained beside; a run's model or checkpoint becomes a
//! folder of its own.

use std::path::PathBuf;

use clap::Args;
use miette::miette;
use pure::model::{DeviceChoice, DeviceKind, Precision};
use pure::prm::Taught;

use crate::cli::support::{Outcome, explain, make_model, open_model, refuse_if_used};

/// Make a model of an adapter and the model that it was trained beside, or of a run's checkpoint
///
/// Every command reads an adapter's folder as well as a model's; other programs may want weights alone.
#[derive(Args)]
pub struct Merge {
    /// Folder with adapter_config.json, which names the folder of the model, and adapter_model.safetensors; or a run:
    /// runs/x, runs/x@20 after step 20
    #[arg(long, value_name = "DIR")]
    model: PathBuf,
    /// Folder to make, whole or not at all; one that holds something is left alone
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    /// Numbers to write [default: as the model is stored]
    #[arg(long, value_name = "f32|bf16|f16")]
    dtype: Option<Precision>,
}

impl Merge {
    pub fn run(self) -> miette::Result<Outcome> {
        let checkpoint = open_model(&self.model)?;
        let is_of_run = checkpoint.folder() != self.model;
        if checkpoint.base().is_none() && !is_of_run {
            return Err(miette!(
                help = "give the folder with adapter_config.json and adapter_model.safetensors, or a run",
                "{} holds no adapter",
                self.model.display()
            ));
        }
        refuse_if_used(&self.output, "give another folder, or remove it first")?;
        let dtype = self.dtype.unwrap_or_else(|| checkpoint.precision());
        let cpu = DeviceChoice::Exactly(DeviceKind::Cpu, 0).open();
        let cpu = cpu.map_err(explain)?.device();
        make_model(&self.output, |folder| {
            if checkpoint.prm_head().is_ok() {
                let prm = checkpoint.load_prm(&cpu, Precision::F32)?;
                checkpoint.save_prm_as(folder, &prm, dtype)?;
                Taught::read(checkpoint.folder())?.write(folder)?;
            } else {
                let lm = checkpoint.load(&cpu, Precision::F32)?;
                checkpoint.save_as(folder, &lm, dtype)?;
            }
            Ok(())
        })
    }
}
