//! What waits in host memory while nobody needs it. The phases of an iteration never overlap, so a GPU need not hold
//! all models, and the optimizer, at a time; bringing one over costs its bytes on the bus, once a phase.

use burn::module::Module;
use burn::tensor::Device;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::device::is_processor;

/// Whether something waits in host memory. On the processor nothing does: it is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Offload {
    /// Where the device has no room for all at a time.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Offload {
    /// Where something waits that belongs to a device.
    pub fn place(self, device: &Device) -> Device {
        match self == Self::Always && !is_processor(device) {
            true => Device::flex(),
            false => device.clone(),
        }
    }
}

/// The memory of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Whether it is host memory itself, so that nothing need wait there.
    pub is_host: bool,
    /// Its bytes, where they are known.
    pub bytes: Option<u64>,
}

impl Room {
    /// Host memory, however much there is.
    pub const HOST: Self = Self {
        is_host: true,
        bytes: None,
    };

    /// Whether something waits elsewhere.
    pub fn is_without(self, offload: Offload) -> bool {
        offload == Offload::Always && !self.is_host
    }

    /// Decides what is left open: something waits if so many bytes are too many.
    pub fn decide(self, offload: &mut Offload, bytes: u64) {
        if *offload == Offload::Auto && self.is_tight(bytes) {
            *offload = Offload::Always;
        }
    }

    /// Whether so many bytes are known to be too many.
    pub fn is_tight(self, bytes: u64) -> bool {
        self.bytes.is_some_and(|there| bytes > there)
    }
}

/// A model that is used for a phase at a time.
#[derive(Debug)]
pub struct Held<M> {
    model: M,
    /// Where it is used, if it waits elsewhere.
    device: Option<Device>,
}

impl<M: Module> Held<M> {
    /// A model that is used on a device; where it waits is where it is.
    pub fn new(model: M, device: &Device) -> Self {
        let is_there = model.devices().iter().all(|place| place == device);
        Self {
            model,
            device: (!is_there).then(|| device.clone()),
        }
    }

    /// Does something with it, where it is used.
    pub fn with<R>(&self, phase: impl FnOnce(&M) -> R) -> R {
        let Some(device) = &self.device else {
            return phase(&self.model);
        };
        let there = self.model.clone().to_device(device);
        let result = phase(&there);
        drop(there);
        device.memory_cleanup();
        result
    }
}
