//! What a GPU computes, beside what the processor does.
//!
//! `PURE_DEVICE` names the device, as `--device` does. These tests are ignored unless asked for: without a GPU backend
//! there is nothing to compare.
//!
//! ```sh
//! PURE_DEVICE=wgpu cargo test --profile quick --features wgpu --test it -- --ignored gpu
//! ```

mod kernels;
mod sampling;
mod training;

use burn::tensor::Device;
use pure_model::{DeviceKind, PresentDevice};

use crate::golden_models;

/// The device beside the processor.
fn device() -> Device {
    let present = present();
    assert_ne!(
        present.kind,
        DeviceKind::Cpu,
        "PURE_DEVICE names the GPU to test, such as wgpu or cuda"
    );
    present.device()
}

fn present() -> PresentDevice {
    golden_models::present()
}
