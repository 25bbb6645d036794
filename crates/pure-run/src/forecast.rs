//! What a run will take, before it begins.

use pure_model::{LoraConfig, Memory, ModelConfig, Offload, Precision, Room, Sequence, Workload};
use serde::Serialize;

use crate::config::BatchConfig;
use crate::fitting::tokens_that_fit;

/// What a run will take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// Examples to learn from.
    pub examples: usize,
    /// Examples to evaluate with.
    pub held_out: usize,
    /// Examples that are left out for being too long.
    pub too_long: usize,
    /// Tokens that are read in an epoch.
    pub tokens: usize,
    /// Steps of the optimizer.
    pub steps: usize,
    /// Tokens of a forward pass.
    pub batch_tokens: usize,
    /// What it holds in memory.
    pub memory: MemoryForecast,
}

/// What a run holds in memory, phase by phase, by an estimate; phases never overlap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MemoryForecast {
    /// The phases, each on a device.
    pub phases: Vec<PhaseMemory>,
    /// Settings that take less, each beside those before it.
    pub savings: Vec<Saving>,
}

/// What a device holds in a phase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PhaseMemory {
    /// The phase.
    pub phase: &'static str,
    /// The device, if it is another than the run's.
    pub device: Option<String>,
    /// What it holds.
    pub memory: Memory,
}

/// A setting that takes less memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Saving {
    /// As it follows `--set`.
    pub setting: String,
    /// Bytes on the run's device, at the largest moment.
    pub peak: u64,
}

/// Settings that take less: as they follow `--set`, and what they do to a configuration.
pub type Savings<C> = Vec<(String, Box<dyn Fn(&mut C)>)>;

impl MemoryForecast {
    /// That of a configuration whose phases `of` knows, on a device with such memory, the last of them an update.
    pub fn new<C: Clone>(
        config: &C,
        savings: Savings<C>,
        room: Room,
        of: impl Fn(&C) -> Vec<PhaseMemory>,
    ) -> Self {
        let of = |config: &C| {
            let mut phases = of(config);
            if room.is_host {
                phases.extend(phases.last().map(PhaseMemory::saving));
            }
            phases
        };
        let (mut changed, mut found) = (config.clone(), Vec::new());
        // What takes no less by itself may, when something else is no longer the largest.
        loop {
            let before = peak(&of(&changed));
            let less = savings.iter().find_map(|(setting, change)| {
                let mut changed = changed.clone();
                change(&mut changed);
                let peak = peak(&of(&changed));
                (peak < before).then(|| (setting.clone(), peak, changed))
            });
            let Some((setting, peak, with)) = less else {
                break;
            };
            changed = with;
            found.push(Saving { setting, peak });
        }
        Self {
            phases: of(config),
            savings: found,
        }
    }

    /// Bytes on the run's device, at the largest moment.
    pub fn peak(&self) -> u64 {
        peak(&self.phases)
    }

    /// The settings, one after the other, with which it is no more than so many bytes; none if there are none.
    pub fn fitting(&self, bytes: u64) -> Option<&[Saving]> {
        let last = self.savings.iter().position(|saving| saving.peak <= bytes);
        last.map(|last| &self.savings[..=last])
    }
}

impl PhaseMemory {
    /// Masters and moments, where they wait in host memory.
    pub fn optimizer_in_host_memory(model: &ModelConfig) -> Self {
        Self {
            phase: "optimizer",
            device: Some("the host".to_owned()),
            memory: model.memory_of_optimizer(),
        }
    }

    /// A checkpoint behind an update on the processor. A part of it is copied into memory before it is written: the
    /// weights that are trained, or, larger, their moments. On a GPU it is copied elsewhere.
    fn saving(update: &Self) -> Self {
        let Memory {
            weights, moments, ..
        } = update.memory;
        Self {
            phase: "saving",
            device: None,
            memory: Memory {
                weights,
                moments,
                activations: moments,
                ..Memory::default()
            },
        }
    }
}

fn peak(phases: &[PhaseMemory]) -> u64 {
    let here = phases.iter().filter(|phase| phase.device.is_none());
    here.map(|phase| phase.memory.total()).max().unwrap_or(0)
}

/// What decides how much memory a supervised training takes.
#[derive(Debug, Clone, PartialEq)]
pub struct SupervisedMemory<'a> {
    /// The shape of the model.
    pub model: &'a ModelConfig,
    /// Its batches.
    pub batch: BatchConfig,
    /// The precision of its products.
    pub precision: Precision,
    /// Its adapters.
    pub lora: Option<LoraConfig>,
    /// Whether the optimizer waits in host memory.
    pub offload: Offload,
}

impl Forecast {
    /// That of a training on such examples.
    pub fn of<T>(
        examples: &[Sequence<T>],
        held_out: &[Sequence<T>],
        too_long: usize,
        steps: usize,
        training: &SupervisedMemory<'_>,
        room: Room,
    ) -> Self {
        let widths = [examples, held_out].map(longest);
        let savings: Savings<SupervisedMemory<'_>> = vec![
            (
                "batch.gradient_checkpointing=true".to_owned(),
                Box::new(|t| t.batch.gradient_checkpointing = true),
            ),
            (
                format!("batch.batch_tokens={}", widths[0]),
                Box::new(move |t| t.batch.batch_tokens = Some(widths[0])),
            ),
            (
                "optimizer.offload=always".to_owned(),
                Box::new(|t| t.offload = Offload::Always),
            ),
            (
                "lora.rank=16".to_owned(),
                Box::new(|t| t.lora = t.lora.clone().or(Some(LoraConfig::default()))),
            ),
            (
                "precision=\"bf16\"".to_owned(),
                Box::new(|t| t.precision = Precision::Bf16),
            ),
        ];
        Self {
            examples: examples.len(),
            held_out: held_out.len(),
            too_long,
            tokens: examples.iter().map(|text| text.tokens.len()).sum(),
            steps,
            batch_tokens: training.batch.tokens(),
            memory: MemoryForecast::new(training, savings, room, |training| {
                training.phases(widths, room)
            }),
        }
    }
}

/// Tokens of the longest text.
fn longest<T>(texts: &[Sequence<T>]) -> usize {
    let lengths = texts.iter().map(|text| text.tokens.len());
    lengths.max().unwrap_or(1)
}

impl SupervisedMemory<'_> {
    /// Tokens of a forward pass over such examples: as the settings say, or as many as a device has room for.
    pub fn tokens<T>(
        &self,
        examples: &[Sequence<T>],
        held_out: &[Sequence<T>],
        room: Room,
    ) -> usize {
        let widths = [examples, held_out].map(longest);
        let peak = |tokens| {
            let mut training = self.clone();
            training.batch.batch_tokens = Some(tokens);
            peak(&training.phases(widths, room))
        };
        let given = self.batch.batch_tokens;
        given.unwrap_or_else(|| tokens_that_fit(room, widths[0].max(widths[1]), peak))
    }

    /// Of examples of which the longest is so long, and of those to evaluate with.
    fn phases(&self, [longest, held_out]: [usize; 2], room: Room) -> Vec<PhaseMemory> {
        let offload = self.lora.is_none() && room.is_without(self.offload);
        let batch = &self.batch;
        let width = |longest| {
            if batch.packing {
                batch.max_length
            } else {
                longest
            }
        };
        let rows = |width: usize| (batch.tokens() / width).max(1);
        let (training, evaluation) = (width(longest), width(held_out));
        let training = self.model.memory_for_training(Workload {
            batch: rows(training).min(batch.train_batch_size) as u64,
            length: training as u64,
            gradient_checkpointing: batch.gradient_checkpointing,
            precision: self.precision,
            lora: self.lora.as_ref(),
            offload,
        });
        let (batch, length) = (rows(evaluation) as u64, evaluation as u64);
        let reading = self
            .model
            .memory_for_inference(self.precision, batch, length);
        let evaluation = Memory {
            weights: training.weights + self.model.merged(self.precision, self.lora.as_ref()),
            moments: training.moments,
            activations: reading.activations,
            logits: reading.logits,
            ..Memory::default()
        };
        let on = |phase, device, memory| PhaseMemory {
            phase,
            device,
            memory,
        };
        let mut phases = Vec::new();
        if offload {
            phases.push(PhaseMemory::optimizer_in_host_memory(self.model));
        }
        phases.push(on("evaluation", None, evaluation));
        phases.push(on("training", None, training));
        phases
    }
}
