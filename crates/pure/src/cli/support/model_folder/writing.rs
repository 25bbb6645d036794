//! Writing the model of a checkpoint, by the settings of its run.

use std::path::{Path, PathBuf};

use burn::module::Module;
use burn::tensor::Device;
use pure::model::{Checkpoint, LoraConfig, Precision};
use pure::prm::PrmConfig;
use pure::rl::PolicyConfig;
use pure::run::{Run, with_weights_of};
use pure::settings::{ConfigError, Loaded, load};
use pure::sft::SftConfig;

use crate::cli::support::diagnostic::{explain, explain_config, explain_prm, explain_run};

/// What a run was told to train.
enum Trained {
    LanguageModel {
        begun_from: PathBuf,
        lora: Option<LoraConfig>,
        seed: u64,
    },
    RewardModel(Box<PrmConfig>),
}

/// Writes the model of the checkpoint of a run, or of a stage of one, to a folder.
pub fn write(run: &Path, step: usize, folder: &Path) -> miette::Result<()> {
    let of_stage = run.file_name().and_then(|name| {
        let number = name
            .to_str()?
            .strip_prefix("stage-")?
            .parse::<usize>()
            .ok()?;
        (!Run::exists(run)).then_some(number)
    });
    let whole = match of_stage {
        Some(_) => run.parent().unwrap_or(run),
        None => run,
    };
    match trained(whole)? {
        Trained::LanguageModel {
            begun_from,
            lora,
            seed,
        } => {
            let lora = lora.as_ref();
            let from = Checkpoint::open_to_train(begun_from, lora).map_err(explain)?;
            // What is frozen is known by its gradients.
            let device = Device::flex().autodiff();
            let begun = from.load(&device, Precision::F32).map_err(explain)?;
            let begun = match lora {
                Some(lora) => lora.adapt(begun, seed),
                None => begun,
            };
            let lm = with_weights_of(begun, run, step).map_err(explain_run)?;
            let written = pure::files::write_folder(folder, |folder| {
                from.save_trained_as(folder, &lm.valid(), lora)
            });
            written.map_err(explain)
        }
        Trained::RewardModel(config) => {
            let write = |to: &Path| {
                pure::prm::save_checkpoint(&config, whole, of_stage.unwrap_or(1), step, to)
            };
            pure::files::write_folder(folder, write).map_err(explain_prm)
        }
    }
}

/// Of the settings in a run's folder, which command they belong to is seen by which of them there are.
fn trained(run: &Path) -> miette::Result<Trained> {
    let path = run.join("config.toml");
    let lm = |begun_from, lora, seed| Trained::LanguageModel {
        begun_from,
        lora,
        seed,
    };
    let policy = load(&path, &[]).map(|Loaded::<PolicyConfig> { settings, .. }| {
        lm(settings.model, settings.lora, settings.seed)
    });
    let sft = |_: ConfigError| {
        load(&path, &[]).map(|Loaded::<SftConfig> { settings, .. }| {
            lm(settings.model, settings.lora, settings.seed)
        })
    };
    let prm = |_: ConfigError| {
        load(&path, &[])
            .map(|Loaded::<PrmConfig> { settings, .. }| Trained::RewardModel(Box::new(settings)))
    };
    let trained = policy.or_else(sft).or_else(prm);
    trained.map_err(explain_config)
}
