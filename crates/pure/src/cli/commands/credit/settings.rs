//! The settings of the method: a preset or a file, and what options change of it.

use std::path::PathBuf;

use clap::Args;
use miette::{Report, miette};
use pure::core::{
    Baseline, CreditConfig, KlEstimator, MethodConfig, Preset, RewardSource, SeparatorAdvantage,
};

use crate::cli::support::named;

/// Every setting starts from the preset or the file, and is changed by its own option.
#[derive(Args)]
pub struct Settings {
    /// A TOML file with the settings
    #[arg(long, value_name = "FILE", conflicts_with = "preset")]
    config: Option<PathBuf>,
    /// Named settings: paper, verl, openrlhf; to compare with, grpo, blend, prof, papo, papo-soft-min,
    /// max-rl, par or prime
    #[arg(long, default_value = "paper")]
    preset: Preset,
    #[arg(
        long,
        help = format!("Form of credit: {}", CreditConfig::spellings()),
        long_help = every_form(),
    )]
    form: Option<CreditConfig>,
    /// Rewards that count: prm, vr or prm+vr
    #[arg(long)]
    reward: Option<RewardSource>,
    /// Weight of the outcome
    #[arg(long, value_name = "X")]
    vr_coef: Option<f64>,
    /// Estimate of the KL divergence: k1, k2, abs or k3
    #[arg(long)]
    kl: Option<KlEstimator>,
    /// Weight of the KL penalty
    #[arg(long, value_name = "X")]
    kl_coef: Option<f64>,
    /// What an answer is compared with: paper, verl, token, step, rloo, grpo, dr-grpo, max-rl, papo,
    /// prime, reinforce++[:gamma] or none
    #[arg(long)]
    baseline: Option<Baseline>,
    /// The most tokens that an answer can have [default: those of the longest]
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Advantages of steps' last tokens: kept, or masked, that is set to 0
    #[arg(long, value_name = "kept|masked", value_parser = named(&SEPARATORS), hide_possible_values = true)]
    separators: Option<SeparatorAdvantage>,
    /// Whiten advantages over all answers
    #[arg(long)]
    whiten: bool,
}

const SEPARATORS: [(&str, SeparatorAdvantage); 2] = [
    ("kept", SeparatorAdvantage::Kept),
    ("masked", SeparatorAdvantage::Masked),
];

/// What each form of credit pays, as `--help` tells it.
fn every_form() -> String {
    let forms = CreditConfig::every_form().map(|form| {
        let (name, pays) = (form.to_string(), form.description());
        format!("\n  {name:<13} {pays}")
    });
    format!(
        "Form of credit, with its setting if it has one:{}",
        forms.concat()
    )
}

impl Settings {
    pub fn resolve(&self) -> miette::Result<MethodConfig> {
        let mut settings = match &self.config {
            Some(path) => {
                const LARGEST: u64 = 1 << 20;
                let text = pure::files::read_to_string(path, LARGEST).map_err(Report::from_err)?;
                let settings: Result<MethodConfig, _> = toml::from_str(&text);
                settings.map_err(|error| miette!("{}: {error}", path.display()))?
            }
            None => self.preset.config(),
        };
        change(&mut settings.credit, self.form);
        change(&mut settings.reward.source, self.reward);
        change(&mut settings.reward.outcome_coefficient, self.vr_coef);
        change(&mut settings.kl.estimator, self.kl);
        change(&mut settings.kl.coefficient, self.kl_coef);
        change(&mut settings.baseline, self.baseline);
        change(&mut settings.separators, self.separators);
        settings.limit = self.limit.or(settings.limit);
        settings.whiten |= self.whiten;
        Ok(settings)
    }
}

fn change<T>(setting: &mut T, option: Option<T>) {
    if let Some(value) = option {
        *setting = value;
    }
}
