//! The command line.

use std::error::Error;
use std::ops::Range;
use std::path::PathBuf;

use burn::tensor::Device;
use clap::Parser;
use pure::model::{DeviceChoice, Precision};

use crate::task::{Hardness, Task};
use crate::variants::Variant;

/// Process rewards with the minimum and with the sum, from nothing
#[derive(Parser)]
pub struct Options {
    /// Arms to run, or `all`; NAME-weak is an arm with a weak reward model [default: soft-min+vr,sum, with --table all]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    arms: Option<Vec<String>>,
    /// All arms with a strong and with a weak reward model, 120 iterations long, ranked on a page: table.html
    #[arg(long)]
    pub table: bool,
    /// How hard the task is
    #[arg(long, value_enum, default_value_t = Hardness::Base)]
    level: Hardness,
    /// The first seed: it decides the task, all models and all samples
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// So many seeds, each from nothing [default: 1, with --table 5]
    #[arg(long, value_name = "N")]
    seeds: Option<u64>,
    /// Device: auto, cpu, or cuda, wgpu, vulkan, metal, rocm with a number if need be (cuda:1)
    #[arg(long, default_value = "auto")]
    device: DeviceChoice,
    /// Numbers that all models compute in: f32, or bf16 where the device has it
    #[arg(long, value_name = "f32|bf16", default_value = "f32")]
    dtype: Precision,
    /// Everything small: to see that it works, not what it shows
    #[arg(long, conflicts_with = "level")]
    quick: bool,
    /// Where all of it is kept, in a folder for each level [default: runs/proof, with --table runs/table]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

/// Where and how to compute.
pub struct Compute {
    pub device: Device,
    pub precision: Precision,
    /// What the device is called in the report.
    pub name: String,
}

impl Options {
    pub fn compute(&self) -> Result<Compute, pure::model::Error> {
        let precision = self.dtype;
        let present = self.device.open()?;
        Ok(Compute {
            device: present.for_precision(precision)?,
            precision,
            name: format!("{present} ({})", present.description),
        })
    }

    pub fn seeds(&self) -> Range<u64> {
        let seeds = self.seeds.unwrap_or(if self.table { 5 } else { 1 });
        self.seed..self.seed.saturating_add(seeds)
    }

    pub fn task(&self) -> Task {
        Task::new(self.level, self.quick, self.table)
    }

    /// Where runs of this task are.
    pub fn folder(&self) -> PathBuf {
        let usual = if self.table {
            "runs/table"
        } else {
            "runs/proof"
        };
        let output = self.output.clone().unwrap_or_else(|| usual.into());
        let level = self.task().level.name().unwrap_or("quick");
        match self.dtype {
            Precision::F32 => output.join(level),
            other => output.join(format!("{level}-{other}")),
        }
    }

    /// The arms that are asked for.
    pub fn variants(&self) -> Result<Vec<Variant>, Box<dyn Error>> {
        let all = [String::from("all")];
        let usual = ["soft-min+vr".to_owned(), "sum".to_owned()];
        let names = match (&self.arms, self.table) {
            (Some(names), _) => names.as_slice(),
            (None, true) => &all,
            (None, false) => &usual,
        };
        if names == all {
            return Ok(Variant::all()?);
        }
        let named = names.iter().map(|name| Variant::named(name));
        Ok(named.collect::<Result<Vec<_>, String>>()?)
    }
}
