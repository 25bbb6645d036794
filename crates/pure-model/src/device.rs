//! Choosing where a model is computed.
//!
//! Which backends a binary carries is decided when it is built, which of them runs when it starts.
//! All code takes its device from here: Burn's own `Device::default()` picks CUDA whenever it was
//! compiled in, GPU or not, and then panics at the first use. [`DeviceChoice::open`] asks what is
//! really there, and lets it compute something whose result is known: a card whose driver works may
//! lack what kernels are compiled with, and then its results are whatever its memory held.

use std::fmt;
use std::str::FromStr;

use burn::tensor::{Device, DeviceType, Tensor};
use serde::{Deserialize, Serialize};

use crate::panics::caught_on_device;
use crate::{Error, Precision, Room};

/// A kind of device, named as the feature that builds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceKind {
    /// The processor, through Burn's flex backend: always there.
    Cpu,
    /// NVIDIA GPUs.
    Cuda,
    /// AMD GPUs.
    Rocm,
    /// Apple GPUs.
    Metal,
    /// Any GPU with a Vulkan driver, through SPIR-V.
    Vulkan,
    /// Any GPU that wgpu drives, through WGSL.
    Wgpu,
}

impl DeviceKind {
    /// All kinds, the preferred first: the order of `auto`.
    const ALL: [Self; 6] = [
        Self::Cuda,
        Self::Rocm,
        Self::Metal,
        Self::Vulkan,
        Self::Wgpu,
        Self::Cpu,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
            Self::Rocm => "rocm",
            Self::Metal => "metal",
            Self::Vulkan => "vulkan",
            Self::Wgpu => "wgpu",
        }
    }

    /// Burn's name of the kind, if this binary was built with it.
    fn built(self) -> Option<DeviceType> {
        match self {
            Self::Cpu => Some(DeviceType::Flex),
            #[cfg(feature = "cuda")]
            Self::Cuda => Some(DeviceType::Cuda),
            #[cfg(feature = "rocm")]
            Self::Rocm => Some(DeviceType::Rocm),
            #[cfg(feature = "metal")]
            Self::Metal => Some(DeviceType::Metal),
            #[cfg(feature = "vulkan")]
            Self::Vulkan => Some(DeviceType::Vulkan),
            #[cfg(feature = "wgpu")]
            Self::Wgpu => Some(DeviceType::Wgpu),
            #[allow(unreachable_patterns, reason = "reached unless every backend is built")]
            _ => None,
        }
    }

    /// What to do about a device of this kind that fails.
    fn advice(self) -> &'static str {
        match self {
            Self::Cuda => {
                "CUDA's kernels are compiled when they run: they want NVRTC (libnvrtc) where libraries are \
                 found, and the toolkit's headers where CUDA_PATH points to, by default /usr/local/cuda. The \
                 CUDA toolkit has both; so have, without it, `pip install nvidia-cuda-nvrtc nvidia-cuda-runtime \
                 nvidia-cuda-crt nvidia-cuda-cccl`, CUDA_PATH=SITE/nvidia/cu13 and LD_LIBRARY_PATH=$CUDA_PATH/lib, \
                 SITE being where pip says it put them. `--device cpu` does without"
            }
            Self::Rocm => {
                "ROCm's kernels are compiled when they run: they want the HIP toolkit where ROCM_PATH points \
                 to, by default /opt/rocm. `--device cpu` does without"
            }
            _ => "Update its driver; `--device cpu` does without",
        }
    }

    fn devices(self) -> Vec<Device> {
        self.built()
            .map(|kind| Device::enumerate(kind).into_vec())
            .unwrap_or_default()
    }
}

/// A device that is present.
#[derive(Debug, Clone)]
pub struct PresentDevice {
    /// Its kind.
    pub kind: DeviceKind,
    /// Its number among those of its kind.
    pub index: usize,
    /// What it calls itself.
    pub description: String,
    /// Whether it is hardware made for this, and not a processor that plays one.
    pub is_accelerator: bool,
    /// Whether it computes in [`Precision::Bf16`].
    pub computes_bf16: bool,
    device: Device,
}

impl PresentDevice {
    /// All devices that this binary can use here, the one that `auto` takes first.
    pub fn all() -> Vec<Self> {
        let mut all: Vec<_> = DeviceKind::ALL
            .into_iter()
            .flat_map(Self::of_kind)
            .collect();
        // A software GPU is slower than the processor it runs on.
        all.sort_by_key(|device| match (device.is_accelerator, device.kind) {
            (true, _) => 0,
            (false, DeviceKind::Cpu) => 1,
            (false, _) => 2,
        });
        all
    }

    fn of_kind(kind: DeviceKind) -> impl Iterator<Item = Self> {
        let describe = move |(index, device): (usize, Device)| {
            let (description, is_accelerator) = describe(kind, &device);
            Self {
                kind,
                index,
                description,
                is_accelerator,
                computes_bf16: device.supports_dtype(Precision::Bf16.dtype()),
                device,
            }
        };
        kind.devices().into_iter().enumerate().map(describe)
    }

    /// Burn's handle of it.
    pub fn device(&self) -> Device {
        self.device.clone()
    }

    /// Its memory. How much that is tells the system of the processor's, on Linux, and NVIDIA's tool of its cards'.
    pub fn room(&self) -> Room {
        Room {
            is_host: self.kind == DeviceKind::Cpu,
            bytes: self.memory(),
        }
    }

    fn memory(&self) -> Option<u64> {
        match self.kind {
            DeviceKind::Cpu => {
                let facts = std::fs::read_to_string("/proc/meminfo").ok()?;
                let total = facts
                    .lines()
                    .find_map(|line| line.strip_prefix("MemTotal:"))?;
                let kib: u64 = total.trim().strip_suffix(" kB")?.parse().ok()?;
                kib.checked_mul(1 << 10)
            }
            DeviceKind::Cuda => {
                let which = format!("--id={}", self.index);
                let asked = [
                    "--query-gpu=memory.total",
                    "--format=csv,noheader,nounits",
                    &which,
                ];
                let said = std::process::Command::new("nvidia-smi")
                    .args(asked)
                    .output()
                    .ok()?;
                let mib: u64 = std::str::from_utf8(&said.stdout)
                    .ok()?
                    .trim()
                    .parse()
                    .ok()?;
                mib.checked_mul(1 << 20)
            }
            _ => None,
        }
    }

    /// Whether it computes: a small matrix product and a sum are compared with what they must be.
    ///
    /// # Errors
    ///
    /// [`Error::DeviceFails`] with what was seen.
    pub fn check(&self) -> Result<(), Error> {
        let reason = match caught_on_device(|| computed(&self.device)) {
            Ok(Ok(numbers)) if numbers == KNOWN => return Ok(()),
            Ok(Ok(numbers)) => format!("of {KNOWN:?} it made {numbers:?}"),
            Ok(Err(reason)) | Err(reason) => reason,
        };
        let words: Vec<&str> = reason.split_whitespace().collect();
        Err(Error::DeviceFails {
            device: self.to_string(),
            reason: words.join(" "),
            advice: self.kind.advice(),
        })
    }

    /// Gives the device, if it computes in `precision`.
    ///
    /// # Errors
    ///
    /// [`Error::PrecisionUnsupported`] if it does not.
    pub fn for_precision(&self, precision: Precision) -> Result<Device, Error> {
        if precision == Precision::Bf16 && !self.computes_bf16 {
            return Err(Error::PrecisionUnsupported {
                device: self.to_string(),
                precision,
            });
        }
        Ok(self.device())
    }
}

impl fmt::Display for PresentDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            DeviceKind::Cpu => f.write_str("cpu"),
            kind => write!(f, "{}:{}", kind.name(), self.index),
        }
    }
}

/// What [`computed`] gives on a sound device: whole numbers, which no rounding changes.
const KNOWN: [f32; 5] = [19.0, 22.0, 43.0, 50.0, 134.0];

/// A product of two matrices, and the sum of its numbers. Nothing of it is random.
fn computed(device: &Device) -> Result<Vec<f32>, String> {
    let a = Tensor::<2>::from_floats([[1.0, 2.0], [3.0, 4.0]], device);
    let b = Tensor::<2>::from_floats([[5.0, 6.0], [7.0, 8.0]], device);
    let product = a.matmul(b);
    let sum = product.clone().sum();
    let all = Tensor::cat(vec![product.flatten(0, 1), sum], 0);
    let numbers = all.try_into_data().map_err(|error| error.to_string())?;
    numbers.try_into_vec().map_err(|error| format!("{error:?}"))
}

/// Whether tensors of a device are computed by the processor's own backend.
pub(crate) fn is_processor(device: &Device) -> bool {
    *device == Device::flex()
}

fn describe(kind: DeviceKind, device: &Device) -> (String, bool) {
    #[cfg(feature = "gpu")]
    if kind != DeviceKind::Cpu {
        return match device.identity() {
            Some(identity) => (identity.name, identity.physical.is_some()),
            None => (format!("{device:?}"), false),
        };
    }
    let (_, _) = (kind, device);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    (
        format!("{threads} threads, {}", std::env::consts::ARCH),
        false,
    )
}

/// What `--device` takes: `auto`, or a kind with an optional number, as in `cuda:1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum DeviceChoice {
    /// A GPU that is really there, else the processor.
    #[default]
    Auto,
    /// The device of this kind with this number.
    Exactly(DeviceKind, usize),
}

impl DeviceChoice {
    /// Finds the device and [checks](PresentDevice::check) it.
    ///
    /// # Errors
    ///
    /// [`Error::DeviceNotBuilt`] if the binary lacks its backend, [`Error::DeviceAbsent`] if there
    /// is none, [`Error::DeviceFails`] if it does not compute as it should.
    pub fn open(self) -> Result<PresentDevice, Error> {
        let device = self.find()?;
        device.check()?;
        Ok(device)
    }

    fn find(self) -> Result<PresentDevice, Error> {
        let present = match self {
            // Lazily: to look at a device is to open it.
            Self::Auto => DeviceKind::ALL
                .into_iter()
                .flat_map(PresentDevice::of_kind)
                .find(|device| device.is_accelerator || device.kind == DeviceKind::Cpu),
            Self::Exactly(kind, _) if kind.built().is_none() => {
                return Err(Error::DeviceNotBuilt {
                    asked: kind.name().to_owned(),
                });
            }
            Self::Exactly(kind, index) => PresentDevice::of_kind(kind).nth(index),
        };
        present.ok_or_else(|| {
            let present: Vec<_> = PresentDevice::all()
                .iter()
                .map(ToString::to_string)
                .collect();
            Error::DeviceAbsent {
                asked: self.to_string(),
                present: present.join(", "),
            }
        })
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Exactly(kind, 0) => f.write_str(kind.name()),
            Self::Exactly(kind, index) => write!(f, "{}:{index}", kind.name()),
        }
    }
}

impl TryFrom<String> for DeviceChoice {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<DeviceChoice> for String {
    fn from(choice: DeviceChoice) -> Self {
        choice.to_string()
    }
}

impl FromStr for DeviceChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        let (name, index) = text.split_once(':').unwrap_or((text, "0"));
        let kind = DeviceKind::ALL.into_iter().find(|kind| kind.name() == name);
        match (kind, index.parse()) {
            (Some(kind), Ok(index)) => Ok(Self::Exactly(kind, index)),
            (None, _) => Err(format!(
                "`{name}` is no device; known are auto, cpu, cuda, wgpu, vulkan, metal and rocm, \
                 each with a number if need be, as in cuda:1"
            )),
            (_, Err(_)) => Err(format!("`{index}` is not the number of a device")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_read_and_written_the_same() {
        for text in [
            "auto", "cpu", "cuda", "cuda:1", "wgpu", "vulkan:2", "metal", "rocm",
        ] {
            assert_eq!(text.parse::<DeviceChoice>().unwrap().to_string(), text);
        }
        assert!("tpu".parse::<DeviceChoice>().unwrap_err().contains("`tpu`"));
        assert!(
            "cuda:x"
                .parse::<DeviceChoice>()
                .unwrap_err()
                .contains("`x`")
        );
    }

    #[test]
    fn the_processor_is_always_there() {
        let cpu = DeviceChoice::Exactly(DeviceKind::Cpu, 0).open().unwrap();
        assert_eq!(cpu.to_string(), "cpu");
        assert!(DeviceChoice::Auto.open().is_ok());
    }

    #[test]
    fn an_absent_device_is_an_error_that_lists_what_is_there() {
        let error = DeviceChoice::Exactly(DeviceKind::Cpu, 7)
            .open()
            .unwrap_err();
        assert!(error.to_string().contains("`cpu:7`"), "{error}");
        assert!(error.to_string().contains("present: cpu"), "{error}");
    }
}
