//! The command line.

use std::ops::Range;
use std::path::PathBuf;

use burn::tensor::Device;
use clap::Parser;
use pure::model::{DeviceChoice, Precision};

use crate::arms::{ARMS, Arm};
use crate::task::{Hardness, Task};

/// Process rewards with the minimum and with the sum, from nothing
#[derive(Parser)]
pub struct Options {
    /// Arms to run, or `all`
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        default_value = "soft-min+vr,sum"
    )]
    arms: Vec<String>,
    /// How hard the task is
    #[arg(long, value_enum, default_value_t = Hardness::Base)]
    level: Hardness,
    /// The first seed: it decides the task, all models and all samples
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// So many seeds, each from nothing
    #[arg(long, value_name = "N", default_value_t = 1)]
    seeds: u64,
    /// Device: auto, cpu, or cuda, wgpu, vulkan, metal, rocm with a number if need be (cuda:1)
    #[arg(long, default_value = "auto")]
    device: DeviceChoice,
    /// Numbers that all models compute in: f32, or bf16 where the device has it
    #[arg(long, value_name = "f32|bf16", default_value = "f32")]
    dtype: Precision,
    /// Everything small: to see that it works, not what it shows
    #[arg(long, conflicts_with = "level")]
    quick: bool,
    /// Where all of it is kept, in a folder for each level
    #[arg(long, value_name = "DIR", default_value = "runs/proof")]
    output: PathBuf,
}

/// Where and how to compute.
pub struct Compute {
    pub device: Device,
    pub precision: Precision,
}

impl Options {
    pub fn compute(&self) -> Result<Compute, pure::model::Error> {
        let precision = self.dtype;
        let device = self.device.open()?.for_precision(precision)?;
        Ok(Compute { device, precision })
    }

    pub fn seeds(&self) -> Range<u64> {
        self.seed..self.seed + self.seeds
    }

    pub fn task(&self) -> Task {
        Task::new(self.level, self.quick)
    }

    /// Where runs of this task are.
    pub fn folder(&self) -> PathBuf {
        let level = self.task().level.name().unwrap_or("quick");
        match self.dtype {
            Precision::F32 => self.output.join(level),
            other => self.output.join(format!("{level}-{other}")),
        }
    }

    /// The arms that are asked for.
    pub fn arms(&self) -> Result<Vec<Arm>, String> {
        if self.arms == ["all"] {
            return Ok(ARMS.to_vec());
        }
        let arm = |name: &String| {
            let found = ARMS.iter().find(|arm| arm.name == *name);
            found.copied().ok_or_else(|| {
                let known: Vec<String> = ARMS
                    .iter()
                    .map(|arm| format!("  {:<18} {}", arm.name, arm.about))
                    .collect();
                format!("there is no arm {name:?}; there are\n{}", known.join("\n"))
            })
        };
        self.arms.iter().map(arm).collect()
    }
}
