//! What each phase of a run holds in memory.
//!
//! Phases never overlap. Weights, and moments of what learns, stay from phase to phase, or wait in host memory.

use pure_model::{Checkpoint, Memory, Offload, Precision, Room, Workload};
use pure_run::PhaseMemory;

use crate::config::PolicyConfig;
use crate::training::PolicyTraining;

impl PolicyTraining {
    /// What each phase holds, on each device that takes part in it.
    pub(crate) fn phases(&self, config: &PolicyConfig, room: Room) -> Vec<PhaseMemory> {
        let (shape, lora) = (self.checkpoint.config(), config.lora.as_ref());
        let width = self.width(config);
        let rows = |tokens: usize| (tokens / width).max(1) as u64;
        let reading = |model: &Checkpoint, precision: Option<Precision>, tokens: usize| {
            let precision = precision.unwrap_or(config.precision);
            let model = model.config();
            model.memory_for_inference(precision, rows(tokens), width as u64)
        };
        let offload = lora.is_none() && room.is_without(config.optimizer.offload);
        let mini_batch = config.update.mini_batch_size.unwrap_or(config.answers());
        let update = shape.memory_for_training(Workload {
            batch: rows(config.update.tokens()).min(mini_batch as u64),
            length: width as u64,
            gradient_checkpointing: config.update.gradient_checkpointing,
            precision: config.precision,
            lora,
            offload,
        });
        let is_base = lora.is_some() && config.reference.is_base();
        let reference = (config.needs_reference() && !is_base).then(|| {
            let own = &config.reference;
            let model = self.reference.as_ref().unwrap_or(&self.checkpoint);
            let memory = reading(model, own.precision, config.update.tokens());
            ("reference", own.device, own.offload, memory)
        });
        let prm = self.reward_model.as_ref().map(|(prm, _)| prm);
        let prm = prm.zip(config.reward_model.as_ref());
        let implicit = config.implicit().is_some();
        // A head of a reward model gives two logits, an implicit one those of its vocabulary.
        let with_head = |memory: Memory| match implicit {
            true => memory,
            false => Memory {
                logits: 0,
                ..memory
            },
        };
        let scoring = prm.map(|(model, own)| {
            let memory = with_head(reading(model, own.precision, own.batch_tokens));
            ("scoring", own.device, own.offload, memory)
        });
        // A reward model that learns stays where it is, and so do its moments.
        let teaching = prm.and_then(|(model, own)| {
            let online = own.online.as_ref()?;
            let memory = model.config().memory_for_training(Workload {
                batch: rows(online.batch_tokens).min(config.answers() as u64),
                length: width as u64,
                gradient_checkpointing: online.gradient_checkpointing,
                precision: own.precision.unwrap_or(config.precision),
                lora: None,
                offload: room.is_without(online.optimizer.offload),
            });
            let keeps_frozen = online.compare_with_frozen || implicit;
            Some((own.device, with_head(memory), keeps_frozen))
        });
        let scoring = scoring.map(|(name, device, offload, memory)| match teaching {
            None => (name, device, offload, memory),
            Some((_, learning, is_compared)) => {
                let frozen = if is_compared { memory.weights } else { 0 };
                let memory = Memory {
                    weights: learning.weights.saturating_add(frozen),
                    moments: learning.moments,
                    ..memory
                };
                (name, device, Offload::Never, memory)
            }
        });
        let others: Vec<_> = scoring.into_iter().chain(reference).collect();
        // What is loaded stays, or waits in host memory for its phase.
        let beside = others
            .iter()
            .filter(|(_, own, offload, _)| own.is_none() && !room.is_without(*offload));
        let beside = beside.map(|(.., memory)| (memory.weights, memory.moments));
        let (weights, moments) = beside.fold((update.weights, update.moments), |sum, memory| {
            (
                sum.0.saturating_add(memory.0),
                sum.1.saturating_add(memory.1),
            )
        });
        let kept = Memory {
            weights,
            moments,
            ..Memory::default()
        };
        let sampling = shape.memory_for_inference(config.precision, rows(width), width as u64);
        let rollouts = Memory {
            weights: kept
                .weights
                .saturating_add(shape.merged(config.precision, lora)),
            cache: config.rollouts.kv_cache_mib.saturating_mul(1 << 20),
            activations: sampling.activations,
            ..kept
        };
        let phase = |phase, device: Option<String>, memory| PhaseMemory {
            phase,
            device,
            memory,
        };
        let mut phases = vec![phase("rollouts", None, rollouts)];
        phases.extend(others.into_iter().map(|(name, own, offload, memory)| {
            let waits = own.is_none() && room.is_without(offload);
            let brought = if waits { memory.weights } else { 0 };
            let here = Memory {
                weights: kept.weights.saturating_add(brought),
                activations: memory.activations,
                logits: memory.logits,
                ..kept
            };
            let there = Memory { cache: 0, ..memory };
            let memory = if own.is_none() { here } else { there };
            phase(name, own.map(|device| device.to_string()), memory)
        }));
        if offload {
            phases.push(PhaseMemory::optimizer_in_host_memory(shape));
        }
        let waits = config.online().map(|online| online.optimizer.offload);
        if let (Some((prm, _)), true) = (
            &self.reward_model,
            waits.is_some_and(|o| room.is_without(o)),
        ) {
            phases.push(PhaseMemory::optimizer_in_host_memory(prm.config()));
        }
        let Memory {
            weights, moments, ..
        } = kept;
        let beside_others = |memory| Memory {
            weights,
            moments,
            ..memory
        };
        phases.extend(teaching.map(|(own, memory, _)| match own {
            None => phase("teaching", None, beside_others(memory)),
            Some(device) => phase("teaching", Some(device.to_string()), memory),
        }));
        phases.push(phase("update", None, beside_others(update)));
        phases
    }
}
