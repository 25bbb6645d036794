//! The gate to instructions that not every processor has, and all of this folder's `unsafe`: a value of [`Fused`]
//! or of [`Dot`] is proof that they are there. What is computed with them is in `kernels`.
#![expect(
    unsafe_code,
    reason = "instructions that not every processor has, vectors in memory"
)]

mod memory;
mod units;

use std::arch::x86_64::__cpuid;

pub(super) use self::memory::{as_bf16, ask, load, load_pairs, store, store_pairs};

/// Multiply-add of 16 f32, and what goes with it: AVX-512.
#[derive(Clone, Copy)]
pub(super) struct Fused(());

impl Fused {
    pub fn detect() -> Option<Self> {
        let is_there = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl");
        is_there.then_some(Self(()))
    }
}

/// `vdpbf16ps`: AVX-512 BF16.
#[derive(Clone, Copy)]
pub(super) struct Dot(Fused);

impl Dot {
    pub fn detect() -> Option<Self> {
        let fused = Fused::detect()?;
        is_x86_feature_detected!("avx512bf16").then_some(Self(fused))
    }

    /// Whether it does more than [`Fused`] in the same time: on AMD's processors, not on Intel's.
    pub fn is_fast(self) -> bool {
        let vendor = __cpuid(0);
        [vendor.ebx, vendor.edx, vendor.ecx]
            .map(u32::to_le_bytes)
            .concat()
            == b"AuthenticAMD"
    }
}
