//! The model that a stage begins with, and how it is written.

use std::path::Path;

use burn::module::Module;
use burn::tensor::Device;
use pure_model::{Checkpoint, Precision, PrmHead, ProcessRewardModel};

use super::config::{HeadConfig, PrmConfig, Trained};
use crate::error::Error;
use crate::taught::Taught;

impl PrmConfig {
    /// The precision of the weights that are kept: those beside adapters need not be exact.
    fn stored(&self) -> Precision {
        match self.lora {
            Some(_) => self.precision,
            None => Precision::F32,
        }
    }

    /// The model that the first stage begins with.
    pub(super) fn begin(
        &self,
        from: &Checkpoint,
        device: &Device,
    ) -> Result<ProcessRewardModel, Error> {
        let begun = if from.prm_head().is_ok() {
            from.load_prm(device, self.stored())?
        } else {
            let head = match self.head {
                HeadConfig::TokenClassification => PrmHead::TokenClassification { bias: true },
                HeadConfig::TwoLayers => PrmHead::TwoLayers,
            };
            from.start_prm(head, device, self.stored())?
        };
        Ok(match &self.lora {
            Some(lora) => lora.adapt(begun, self.seed),
            None => begun,
        })
    }

    /// The result of a stage, as the next one begins with it.
    pub(super) fn go_on(
        &self,
        result: &Path,
        device: &Device,
    ) -> Result<ProcessRewardModel, Error> {
        let result = Checkpoint::open(result)?.with_adapter_apart();
        Ok(result.load_prm(device, self.stored())?)
    }

    /// The same model, without what a stage does not train.
    pub(super) fn trained_in(
        &self,
        stage: usize,
        mut prm: ProcessRewardModel,
    ) -> ProcessRewardModel {
        if self.stages[stage].trains == Trained::Head {
            prm.model = prm.model.no_grad();
        }
        prm
    }

    /// Writes a model to a folder.
    pub(super) fn save(
        &self,
        from: &Checkpoint,
        folder: &Path,
        prm: &ProcessRewardModel,
    ) -> Result<(), Error> {
        match &self.lora {
            Some(lora) => from.save_adapter_as(folder, prm, lora)?,
            None => from.save_prm_as(folder, prm, Precision::F32)?,
        }
        let taught = Taught {
            marker: self.marker.clone(),
            layout: self.layout,
            prompt: Some(self.prompts()),
        };
        taught.write(folder)
    }
}

/// The folder of a stage, counted from 0.
pub(super) fn stage_folder(run: &Path, stage: usize) -> std::path::PathBuf {
    run.join(format!("stage-{}", stage + 1))
}

/// Writes the model of a checkpoint of a run with these settings to a folder. `stage` is counted from 1, as the folders
/// are.
///
/// # Errors
///
/// What cannot be read, or is damaged, or cannot be written.
pub fn save_checkpoint(
    config: &PrmConfig,
    run: &Path,
    stage: usize,
    step: usize,
    folder: &Path,
) -> Result<(), Error> {
    let stage = stage.clamp(1, config.stages.len()) - 1;
    let from = Checkpoint::open_to_train(&config.model, config.lora.as_ref())?;
    // What is frozen is known by its gradients.
    let device = Device::flex().autodiff();
    let begun = match stage.checked_sub(1) {
        None => config.begin(&from, &device)?,
        Some(before) => config.go_on(&stage_folder(run, before).join("model"), &device)?,
    };
    let begun = config.trained_in(stage, begun);
    let prm = pure_run::with_weights_of(begun, &stage_folder(run, stage), step)?;
    config.save(&from, folder, &prm.valid())
}
